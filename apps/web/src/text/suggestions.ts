import type { Suggestion } from '@skein/client'
import { countOf } from './counts.js'

/** Why somebody is suggested: who of one's own follows them, else what they say of themselves, else how many follow. */
export function aboutSuggestion({ user, followedBy, followers }: Suggestion): string {
  const names = followedBy.map((by) => firstName(by.name))
  if (names.length > 0) return `${listed(names)} ${names.length === 1 ? 'follows' : 'follow'} them`
  if (user.bio !== '') return user.bio
  return followers === 0 ? 'New here' : countOf(followers, 'follower')
}

/** The part of a name one would call across a room. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name
}

/** A; A and B; A, B and C. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
