import { z } from 'zod'
import { EntryId, PostId, Tag, UserId } from './ids.js'
import { limits } from './limits.js'
import { NotificationType, PostCounts, PostRecord, PostRevision } from './models.js'
import { safe, write } from './rpc.js'

const atMs = z.int().nonnegative()

/** Ids strictly older than `before` (the newest first) or strictly newer than `after` (the nearest to it, returned newest first). */
export const Range = z.strictObject({
  limit: z.int().min(1).max(500),
  before: EntryId.optional(),
  after: EntryId.optional(),
})
export type Range = z.infer<typeof Range>

/** One line of a feed before its post is read: enough to order, page and join. */
export const Skeleton = z.object({
  id: EntryId,
  postId: PostId,
  /** Who put it there: the author, or the reposter when `repost`. */
  actorId: UserId,
  repost: z.boolean(),
})
export type Skeleton = z.infer<typeof Skeleton>
export const Skeletons = z.object({ items: z.array(Skeleton) })

export const CreatePostInput = z.strictObject({
  text: z.string().max(limits.postMaxChars),
  replyTo: PostId.optional(),
  quoteOf: PostId.optional(),
})
export const IdempotencyKey = z
  .string()
  .min(8)
  .max(limits.idempotencyKeyMaxChars)
  .regex(/^[\w.:-]+$/, 'must be letters, digits and . : _ -')

const setEdge = safe.input(z.strictObject({ id: PostId, on: z.boolean() })).output(z.object({ post: PostRecord }))

/** Posts and what people do with them. Writes act for the actor of the access token alone. */
export const postContract = {
  posts: {
    /**
     * Acknowledged means durable and appended. The same key by the same author returns the first post.
     * @throws idempotency_conflict; invalid (empty, too many graphemes); not_found, gone or blocked for replyTo and quoteOf
     */
    create: write
      .input(CreatePostInput.extend({ idempotencyKey: IdempotencyKey.optional() }))
      .output(z.object({ post: PostRecord, created: z.boolean() })),
    /** @throws forbidden; gone; not_found */
    edit: safe
      .input(z.strictObject({ id: PostId, text: z.string().max(limits.postMaxChars) }))
      .output(z.object({ post: PostRecord })),
    /** Deleting twice is fine. @throws forbidden; not_found */
    delete: safe.input(z.strictObject({ id: PostId })).output(z.object({ post: PostRecord })),
    /** Oldest first. @throws gone; not_found */
    history: safe.input(z.strictObject({ id: PostId })).output(z.object({ items: z.array(PostRevision) })),
    /** In the order asked for; unknown ids are left out, deleted ones come without text. `viewer` when there is an actor. */
    byIds: safe
      .input(z.strictObject({ ids: z.array(PostId).max(500) }))
      .output(z.object({ items: z.array(PostRecord) })),
    countBy: safe.input(z.strictObject({ userId: UserId })).output(z.object({ posts: z.int() })),
    like: setEdge,
    repost: setEdge,
    bookmark: setEdge,
  },
  /**
   * Skeletons, newest first; fewer than `limit` only when there are no more. Deleted posts and undone edges are never
   * among them (but see `below`).
   */
  entries: {
    /** Posts and reposts by any of the actors, merged over the whole range, back to the first ever. */
    byActors: safe
      .input(
        Range.extend({
          actorIds: z.array(UserId).max(limits.actorsMaxIds),
          replies: z.enum(['include', 'exclude', 'only']).default('include'),
        }),
      )
      .output(Skeletons),
    /** Posts that are not replies, by anyone. */
    public: safe.input(Range).output(Skeletons),
    byTag: safe.input(Range.extend({ tag: Tag })).output(Skeletons),
    /** Everything below a post (not itself). Deleted ones that have replies are among them. */
    below: safe.input(Range.extend({ postId: PostId })).output(Skeletons),
    bookmarks: safe.input(Range).output(Skeletons),
    search: safe.input(Range.extend({ q: z.string().min(1).max(limits.searchMaxChars) })).output(Skeletons),
    /** What others did that concerns the actor: mention, reply, quote, repost, like. One line an action. */
    notices: safe.input(Range.extend({ types: z.array(NotificationType).optional() })).output(
      z.object({
        items: z.array(z.object({ id: EntryId, type: NotificationType, actorId: UserId, postId: PostId, atMs })),
      }),
    ),
  },
  tags: {
    /** Tags used since, by different authors then posts; `series` as in Trend. */
    trending: safe.input(z.strictObject({ sinceMs: atMs, limit: z.int().min(1).max(50) })).output(
      z.object({
        items: z.array(z.object({ tag: Tag, posts: z.int(), authors: z.int(), series: z.array(z.int()) })),
      }),
    ),
    search: safe
      .input(z.strictObject({ prefix: z.string().max(limits.tagMaxChars), limit: z.int().min(1).max(50) }))
      .output(z.object({ items: z.array(z.object({ tag: Tag, posts: z.int() })) })),
  },
}

/** Published by the post service when counts were re-counted, at most once a second a post. May be lost. */
export const StatsMessage = z.object({ postId: PostId, authorId: UserId, path: z.array(PostId), counts: PostCounts })
export type StatsMessage = z.infer<typeof StatsMessage>
