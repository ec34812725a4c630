import { z } from 'zod'
import { Handle, PostId, Tag } from './ids.js'

/** `home`, `notifications`: the token's own user. The others: anyone. */
export const FeedName = z
  .string()
  .max(80)
  .refine(
    (name) => parseFeed(name) !== null,
    'must be home, notifications, public, user:<handle>, tag:<tag> or thread:<post id>',
  )
export type FeedName = z.infer<typeof FeedName>

export type Feed =
  | { readonly kind: 'home' }
  | { readonly kind: 'notifications' }
  | { readonly kind: 'public' }
  | { readonly kind: 'user'; readonly handle: Handle }
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'thread'; readonly postId: PostId }

/** null when it names no feed. */
export function parseFeed(name: string): Feed | null {
  if (name === 'home' || name === 'notifications' || name === 'public') return { kind: name }
  const at = name.indexOf(':')
  const key = name.slice(at + 1)
  switch (name.slice(0, Math.max(at, 0))) {
    case 'user': {
      const handle = Handle.safeParse(key)
      return handle.success ? { kind: 'user', handle: handle.data } : null
    }
    case 'tag': {
      const tag = Tag.safeParse(key)
      return tag.success ? { kind: 'tag', tag: tag.data } : null
    }
    case 'thread': {
      const postId = PostId.safeParse(key)
      return postId.success ? { kind: 'thread', postId: postId.data } : null
    }
    default:
      return null
  }
}
