import { EntryId, PostId, UserId, type Skeleton } from '@skein/contracts'
import { createHash } from 'node:crypto'
import type { ViewerEdges } from '@skein/contracts'

/*
 * A member of a home: fixed-width ids, so that members sort as their entries. `<id><actor>p` is a post, `<id><actor>r<post>`
 * a repost, `<id><actor>x` an undone one, which wins over `r` in whatever order they came. `!` stands first and says that
 * the set is whole.
 */
const width = 26

export type HomeEntry = Skeleton & { readonly undone?: boolean }

export function encodeHomeEntry({ id, actorId, postId, repost, undone }: HomeEntry): string {
  if (undone === true) return `${id}${actorId}x`
  return repost ? `${id}${actorId}r${postId}` : `${id}${actorId}p`
}

/** undefined for what is no entry. */
export function decodeHomeEntry(member: string): HomeEntry | undefined {
  const id = EntryId.safeParse(member.slice(0, width)).data
  const actorId = UserId.safeParse(member.slice(width, 2 * width)).data
  const kind = member.charAt(2 * width)
  const postId = PostId.safeParse(kind === 'r' ? member.slice(2 * width + 1) : id).data
  if (id === undefined || actorId === undefined || postId === undefined) return undefined
  return { id, postId, actorId, repost: kind !== 'p', ...(kind === 'x' ? { undone: true } : {}) }
}

/** Of whom the viewer follows at which revision: differs after every follow and unfollow, also there and back. */
export function sourcesDigest({ follows }: ViewerEdges): string {
  const text = follows.map(({ id, rev }) => `${id}@${rev}`).sort()
  return createHash('sha1').update(text.join()).digest('base64url')
}
