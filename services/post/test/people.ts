import { EntryId, Handle, PostId, UserId, type Range, type UserCard } from '@skein/contracts'
import { findEntities } from '../src/domain/entities.js'
import { resolveContent } from '../src/domain/content.js'
import type { PostDraft } from '../src/store/post-store.js'

export const startMs = 1_700_000_000_000

/** The person of this number: handle `p<n>`. */
export function userId(n: number): UserId {
  return UserId.parse(`01H${String(n).padStart(23, '0')}`)
}

export function cardOf(n: number): UserCard {
  return { id: userId(n), handle: Handle.parse(`p${n}`), name: `Person ${n}` }
}

export const everyone: readonly UserCard[] = Array.from({ length: 30 }, (_, n) => cardOf(n))

/** An id nothing has. */
export const noPost = PostId.parse('01H00000000000000000000ZZZ')
export const asEntry = (id: string): EntryId => EntryId.parse(id)

let nowMs = startMs
/** A time later than any before. */
export function laterMs(): number {
  return (nowMs += 1_000)
}

/** A draft whose mentions are those of `everyone`. */
export function draftOf(author: number, text: string, rest: Partial<PostDraft> = {}): PostDraft {
  const content = resolveContent(text, findEntities(text), everyone, () => false)
  return { ...content, authorId: userId(author), atMs: laterMs(), ...rest }
}

export const all: Range = { limit: 500 }
