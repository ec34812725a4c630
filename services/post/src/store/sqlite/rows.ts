import {
  EntryId,
  NotificationType,
  PostId,
  type PostRevision,
  type StatsMessage,
  Tag,
  TextEntity,
  UserId,
  type PostRecord,
  type Skeleton,
} from '@skein/contracts'
import { z } from 'zod'
import type { Edge } from '../../domain/posts.js'
import type { Notice } from '../post-store.js'

function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)
}

const bit = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1)
const count = z.int().nonnegative()
const at = z.int().nonnegative()

/** Columns of a post `p`, its counts `c`, and the kinds of edges that the person bound as ?1 has on it. */
export const postColumns = `p.id, p.author, p.rev, p.text, p.entities, p.mentions, p.tags, p.created_at, p.edited_at,
  p.deleted_at, p.reply_to, p.reply_to_author, p.path, p.quote_of, p.quote_of_author,
  coalesce(c.replies, 0) AS replies, coalesce(c.reposts, 0) AS reposts, coalesce(c.quotes, 0) AS quotes,
  coalesce(c.likes, 0) AS likes,
  (SELECT json_group_array(e.kind) FROM post_edges e WHERE e.actor = ?1 AND e.post = p.id AND e.is_on = 1) AS flags`

const PostRow = z.object({
  id: PostId,
  author: UserId,
  rev: z.int().positive(),
  text: z.string(),
  entities: json(z.array(TextEntity)),
  mentions: json(z.array(UserId)),
  tags: json(z.array(Tag)),
  created_at: at,
  edited_at: at.nullable(),
  deleted_at: at.nullable(),
  reply_to: PostId.nullable(),
  reply_to_author: UserId.nullable(),
  path: json(z.array(PostId)),
  quote_of: PostId.nullable(),
  quote_of_author: UserId.nullable(),
  replies: count,
  reposts: count,
  quotes: count,
  likes: count,
  flags: json(z.array(z.string())),
})

function refOf(id: PostId | null, authorId: UserId | null): { id: PostId; authorId: UserId } | undefined {
  return id === null || authorId === null ? undefined : { id, authorId }
}

/** The post in a row of `postColumns`; with flags when somebody asks. */
export function toPost(row: unknown, viewerId: UserId | null): PostRecord {
  const post = PostRow.parse(row)
  const { id, author, rev, text, entities, mentions, tags, path, replies, reposts, quotes, likes, flags } = post
  const replyTo = refOf(post.reply_to, post.reply_to_author)
  const quoteOf = refOf(post.quote_of, post.quote_of_author)
  return {
    id,
    authorId: author,
    rev,
    text,
    entities,
    createdAtMs: post.created_at,
    ...(post.edited_at === null ? {} : { editedAtMs: post.edited_at }),
    ...(post.deleted_at === null ? {} : { deletedAtMs: post.deleted_at }),
    ...(replyTo === undefined ? {} : { replyTo }),
    path,
    ...(quoteOf === undefined ? {} : { quoteOf }),
    mentions,
    tags,
    counts: { replies, reposts, quotes, likes },
    ...(viewerId === null ? {} : { viewer: flagsOf(flags) }),
  }
}

function flagsOf(kinds: readonly string[]): NonNullable<PostRecord['viewer']> {
  const has = (kind: string): boolean => kinds.includes(kind)
  return { liked: has('like'), reposted: has('repost'), bookmarked: has('bookmark') }
}

const SkeletonRow = z.object({ id: EntryId, actor: UserId, post: PostId, repost: bit })

export function toSkeleton(row: unknown): Skeleton {
  const { id, actor, post, repost } = SkeletonRow.parse(row)
  return { id, postId: post, actorId: actor, repost }
}

const EntryRow = SkeletonRow.extend({ reply: bit })

export function toEntry(row: unknown): { readonly skeleton: Skeleton; readonly reply: boolean } {
  const { id, actor, post, repost, reply } = EntryRow.parse(row)
  return { skeleton: { id, postId: post, actorId: actor, repost }, reply }
}

const MergedRow = SkeletonRow.extend({ looked: count })

/** `looked`: how many entries it was chosen from. */
export function toMerged(row: unknown): { readonly skeleton: Skeleton; readonly looked: number } {
  const { id, actor, post, repost, looked } = MergedRow.parse(row)
  return { skeleton: { id, postId: post, actorId: actor, repost }, looked }
}

const HeadRow = z.object({ actor: UserId, head: EntryId })
export type Head = z.infer<typeof HeadRow>
export const toHead = (row: unknown): Head => HeadRow.parse(row)

const NoticeRow = z.object({ id: EntryId, type: NotificationType, actor: UserId, post: PostId, at })

export function toNotice(row: unknown): Notice {
  const { id, type, actor, post, at } = NoticeRow.parse(row)
  return { id, type, actorId: actor, postId: post, atMs: at }
}

const EdgeRow = z.object({ on: bit, rev: z.int().positive(), edgeId: EntryId })
export const toEdge = (row: unknown): Edge | null => (row === undefined ? null : EdgeRow.parse(row))

const StatsRow = z.object({
  post: PostId,
  author: UserId,
  path: json(z.array(PostId)),
  replies: count,
  reposts: count,
  quotes: count,
  likes: count,
})

export function toStats(row: unknown): StatsMessage {
  const { post, author, path, ...counts } = StatsRow.parse(row)
  return { postId: post, authorId: author, path, counts }
}

const RevisionRow = z.object({ rev: z.int().positive(), text: z.string(), at })

export function toRevision(row: unknown): PostRevision {
  const { rev, text, at } = RevisionRow.parse(row)
  return { rev, text, atMs: at }
}

const TagRow = z.object({ tag: Tag, posts: count })
export const toTagTotal = (row: unknown): { tag: Tag; posts: number } => TagRow.parse(row)

const StepRow = TagRow.extend({ authors: count, step: z.int(), n: count })
export type TagStep = z.infer<typeof StepRow>
export const toTagStep = (row: unknown): TagStep => StepRow.parse(row)

const KeyRow = z.object({ id: PostId, body_hash: z.string() })

export function toKeyed(row: unknown): { readonly id: PostId; readonly bodyHash: string } | null {
  if (row === undefined) return null
  const { id, body_hash } = KeyRow.parse(row)
  return { id, bodyHash: body_hash }
}

/** The ids in a row of one column `ids`, made by json_group_array. */
const IdsRow = z.object({ ids: json(z.array(UserId)) })
export const toUserIds = (row: unknown): UserId[] => IdsRow.parse(row).ids

const QuotesRow = z.object({
  quotes: json(z.array(z.object({ id: PostId, tags: z.array(Tag), path: z.array(PostId) }))),
})
/** Where the quotes of a post stand, from a row of one column `quotes`. */
export const toQuotes = (row: unknown) => QuotesRow.parse(row).quotes

const PostIdRow = z.object({ post: PostId })
export const toPostId = (row: unknown): PostId => PostIdRow.parse(row).post

const NumberRow = z.object({ n: z.int() })
/** The number in a row of one column `n`. */
export const toNumber = (row: unknown): number => NumberRow.parse(row).n

const NewestRow = z.object({ newest: EntryId })
export const toNewest = (row: unknown): EntryId | null => (row === undefined ? null : NewestRow.parse(row).newest)

const ThreadRow = z.object({ path: json(z.array(PostId)), busy: bit })
export const toThreadEnd = (row: unknown): { path: PostId[]; busy: boolean } | null =>
  row === undefined ? null : ThreadRow.parse(row)
