import { z } from 'zod'
import { limits } from './limits.js'
import { EntryId, Handle, PostId, SessionId, Tag, UserId } from './ids.js'
import { PostRecord } from './models.js'

/*
 * An event is the state of one entity at a revision. `rev` grows in the same atomic write as the change, so applying an
 * event whose rev is not above the held one is a no-op: events may repeat and come late. Counts are not events.
 */
const base = {
  /** `entity@rev`: appending the same id twice appends once. */
  id: z.string().max(200),
  /** `kind:key`, for example `post:01J…` or `follow:actor:target`. */
  entity: z.string().max(160),
  /** Chooses the lane: the author of a post, the actor of an edge, the owner of a session or profile. */
  subject: UserId,
  rev: z.int().positive(),
  atMs: z.int().nonnegative(),
}

/** Live (rev 1), edited, or a tombstone (`post.deletedAtMs` set). */
export const PostEvent = z.object({
  ...base,
  kind: z.literal('post'),
  post: PostRecord,
  /** The quoted post as it was, when there is one. */
  quoted: PostRecord.optional(),
  /** Of a tombstone, and of an edit: who reposted or quoted it, or reposted a quote of it; null means too many, tell everyone. Tags it had before. */
  spreaders: z.array(UserId).max(limits.spreadersMaxIds).nullable().optional(),
  formerTags: z.array(Tag).optional(),
  /** Of the same two: people it named or quoted before. Absent when none. */
  formerMentions: z.array(UserId).optional(),
  /** Of the same two: the tags and threads in which quotes of it stand (of 1,000 quotes at most). Absent when none. */
  quotedIn: z.object({ tags: z.array(Tag), threads: z.array(PostId) }).optional(),
})
export type PostEvent = z.infer<typeof PostEvent>

const edge = { on: z.boolean(), edgeId: EntryId }

export const RepostEvent = z.object({
  ...base,
  kind: z.literal('repost'),
  ...edge,
  actorId: UserId,
  postId: PostId,
  postAuthorId: UserId,
  /** The reposted post (and what it quotes) when on, so that no reader of the log has to ask for it. */
  post: PostRecord.optional(),
  quoted: PostRecord.optional(),
})
export type RepostEvent = z.infer<typeof RepostEvent>

export const LikeEvent = z.object({
  ...base,
  kind: z.literal('like'),
  ...edge,
  actorId: UserId,
  postId: PostId,
  postAuthorId: UserId,
  post: PostRecord.optional(),
})
export type LikeEvent = z.infer<typeof LikeEvent>

/** follow, block, mute: from one person to another. A block also ends the follows both ways; each is an event of its own. */
export const RelationEvent = z.object({
  ...base,
  kind: z.enum(['follow', 'block', 'mute']),
  ...edge,
  actorId: UserId,
  targetId: UserId,
})
export type RelationEvent = z.infer<typeof RelationEvent>

export const UserEvent = z.object({
  ...base,
  kind: z.literal('user'),
  user: z.object({ id: UserId, handle: Handle, name: z.string(), bio: z.string() }),
})
export type UserEvent = z.infer<typeof UserEvent>

export const SessionEndReason = z.enum([
  'signed_out',
  'signed_out_everywhere',
  'password_changed',
  'token_reused',
  'suspended',
])
export type SessionEndReason = z.infer<typeof SessionEndReason>

export const SessionEvent = z.object({
  ...base,
  kind: z.literal('session'),
  sessionId: SessionId,
  userId: UserId,
  reason: SessionEndReason,
  /** When the last access token of this session expires by itself: until then its id must be remembered. */
  untilMs: z.int().nonnegative(),
})
export type SessionEvent = z.infer<typeof SessionEvent>

export const LogEvent = z.discriminatedUnion('kind', [
  PostEvent,
  RepostEvent,
  LikeEvent,
  RelationEvent,
  UserEvent,
  SessionEvent,
])
export type LogEvent = z.infer<typeof LogEvent>
