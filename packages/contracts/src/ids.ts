import { z } from 'zod'
import { limits } from './limits.js'

/** A ULID: 48 bits of time, 80 random; sorts as text. It orders the display and never resumes anything. */
const ulidText = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID')

export const UserId = ulidText.brand<'UserId'>()
export type UserId = z.infer<typeof UserId>

export const PostId = ulidText.brand<'PostId'>()
export type PostId = z.infer<typeof PostId>

/** The id of one line of a feed: a post's own id, or the id of the repost, like, follow or bookmark that put it there. */
export const EntryId = ulidText.brand<'EntryId'>()
export type EntryId = z.infer<typeof EntryId>

export const SessionId = ulidText.brand<'SessionId'>()
export type SessionId = z.infer<typeof SessionId>

/** Lower case, unique, never changed. */
export const Handle = z
  .string()
  .regex(/^[a-z0-9_]{2,24}$/, 'must be 2 to 24 of a-z, 0-9 and _')
  .brand<'Handle'>()
export type Handle = z.infer<typeof Handle>

/** Without the `#`, lower case, letters, digits and _ of any script. */
export const Tag = z
  .string()
  .min(1)
  .max(limits.tagMaxChars)
  .regex(/^[\p{L}\p{M}\p{N}_]+$/u, 'must be letters, digits or _')
  .brand<'Tag'>()
export type Tag = z.infer<typeof Tag>
