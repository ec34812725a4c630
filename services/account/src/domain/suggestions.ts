import type { Suggestion, UserCard, UserId } from '@skein/contracts'
import { toCard, toCardWithBio } from './users.js'

const viaMax = 3

/** A person whom the viewer neither is, follows, mutes nor blocks, nor is blocked by. */
export interface SuggestionCandidate {
  readonly user: UserCard & { readonly bio: string }
  readonly followers: number
  /** How many of the viewer's followed follow them; 0 when they are here for being much followed. */
  readonly paths: number
  /** Some of those. */
  readonly via: readonly UserId[]
}

/**
 * Friends of friends first, by the number of ways to them, then the much followed; equals by followers, then by handle.
 * Nobody twice.
 */
export function rankSuggestions(candidates: readonly SuggestionCandidate[], limit: number): SuggestionCandidate[] {
  const best = new Map<UserId, SuggestionCandidate>()
  for (const candidate of candidates) {
    const held = best.get(candidate.user.id)
    if (held === undefined || candidate.paths > held.paths) best.set(candidate.user.id, candidate)
  }
  return [...best.values()].sort(compare).slice(0, limit)
}

/** Names the first three of `via` that are in `cards`. */
export function toSuggestion(candidate: SuggestionCandidate, cards: ReadonlyMap<UserId, UserCard>): Suggestion {
  const followedBy = candidate.via
    .flatMap((id) => cards.get(id) ?? [])
    .slice(0, viaMax)
    .map(toCard)
  return { user: toCardWithBio(candidate.user), followedBy, followers: candidate.followers }
}

function compare(a: SuggestionCandidate, b: SuggestionCandidate): number {
  return b.paths - a.paths || b.followers - a.followers || (a.user.handle < b.user.handle ? -1 : 1)
}
