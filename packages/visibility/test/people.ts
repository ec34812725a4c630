import { EntryId, Handle, PostId, UserId, type PostRecord, type UserCard } from '@skein/contracts'
import { viewerOf, type Viewer } from '../src/index.js'

export function idNumber(n: number): string {
  return `01J${String(n).padStart(23, '0')}`
}
export function userId(n: number): UserId {
  return UserId.parse(idNumber(n))
}
export function postId(n: number): PostId {
  return PostId.parse(idNumber(n))
}
export function entryId(n: number): EntryId {
  return EntryId.parse(idNumber(n))
}

export const me = userId(1)
export const friend = userId(2)
export const otherFriend = userId(3)
export const stranger = userId(4)
export const blocked = userId(5)
export const blocker = userId(6)
export const muted = userId(7)

/** Me: follows two friends and, though muted, one more; blocks one, is blocked by one. */
export const viewer: Viewer = viewerOf({
  userId: me,
  follows: [{ id: friend }, { id: otherFriend }, { id: muted }],
  blocking: [{ id: blocked }],
  blockedBy: [{ id: blocker }],
  mutes: [{ id: muted }],
})

export function postBy(authorId: UserId, more: Partial<PostRecord> = {}): PostRecord {
  return {
    id: postId(100),
    authorId,
    rev: 1,
    text: 'hello',
    entities: [],
    createdAtMs: 1,
    path: [],
    mentions: [],
    tags: [],
    counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
    ...more,
  }
}

export function replyTo(parentAuthor: UserId): Pick<PostRecord, 'replyTo' | 'path'> {
  return { replyTo: { id: postId(90), authorId: parentAuthor }, path: [postId(90)] }
}

export function cardOf(id: UserId): UserCard {
  return { id, handle: Handle.parse(`u${Number(id.slice(3))}_`), name: `Person ${Number(id.slice(3))}` }
}
