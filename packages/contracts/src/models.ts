import { z } from 'zod'
import { limits } from './limits.js'
import { EntryId, Handle, PostId, SessionId, Tag, UserId } from './ids.js'

const atMs = z.int().nonnegative()
const count = z.int().nonnegative()

export const UserCard = z.object({ id: UserId, handle: Handle, name: z.string() })
export type UserCard = z.infer<typeof UserCard>

/** How the person who asks stands to another. */
export const Relation = z.object({
  following: z.boolean(),
  followedBy: z.boolean(),
  blocking: z.boolean(),
  blockedBy: z.boolean(),
  muting: z.boolean(),
})
export type Relation = z.infer<typeof Relation>

export const Profile = UserCard.extend({
  bio: z.string(),
  createdAtMs: atMs,
  counts: z.object({ followers: count, following: count, posts: count }),
  /** Absent for an anonymous reader. */
  viewer: Relation.optional(),
})
export type Profile = z.infer<typeof Profile>

export const Role = z.enum(['user', 'operator'])
export type Role = z.infer<typeof Role>

export const Me = UserCard.extend({ bio: z.string(), createdAtMs: atMs, role: Role })
export type Me = z.infer<typeof Me>

/** What sign-up, sign-in and refresh hand out. The refresh token is opaque and used once. */
export const SessionTokens = z.object({
  sessionId: SessionId,
  accessToken: z.string(),
  accessExpiresAtMs: atMs,
  refreshToken: z.string(),
  refreshExpiresAtMs: atMs,
})
export type SessionTokens = z.infer<typeof SessionTokens>

export const SessionInfo = z.object({
  id: SessionId,
  current: z.boolean(),
  client: z.string(),
  createdAtMs: atMs,
  lastUsedAtMs: atMs,
})
export type SessionInfo = z.infer<typeof SessionInfo>

/** A part of a post's text that is more than text. Offsets are UTF-16 code units, end exclusive, in order, not overlapping. */
export const TextEntity = z.discriminatedUnion('type', [
  z.object({ type: z.literal('mention'), start: count, end: count, userId: UserId, handle: Handle }),
  z.object({ type: z.literal('tag'), start: count, end: count, tag: Tag }),
  z.object({ type: z.literal('link'), start: count, end: count, url: z.string() }),
])
export type TextEntity = z.infer<typeof TextEntity>

export const PostCounts = z.object({ replies: count, reposts: count, quotes: count, likes: count })
export type PostCounts = z.infer<typeof PostCounts>

export const PostFlags = z.object({ liked: z.boolean(), reposted: z.boolean(), bookmarked: z.boolean() })
export type PostFlags = z.infer<typeof PostFlags>

const PostRef = z.object({ id: PostId, authorId: UserId })

/**
 * A post as the post service knows it, people by id only. A deleted post keeps its ids (the thread hangs on them) and
 * loses its text, entities, tags and mentions.
 */
export const PostRecord = z.object({
  id: PostId,
  authorId: UserId,
  /** 1 when created; grows with each edit and with the delete. */
  rev: z.int().positive(),
  text: z.string(),
  entities: z.array(TextEntity),
  createdAtMs: atMs,
  editedAtMs: atMs.optional(),
  deletedAtMs: atMs.optional(),
  replyTo: PostRef.optional(),
  /** Ancestors, the root first: the root and the nearest, `limits.pathMaxIds` at most. Empty for a post that replies to nothing. */
  path: z.array(PostId),
  quoteOf: PostRef.optional(),
  /** People named in the text who exist. */
  mentions: z.array(UserId),
  tags: z.array(Tag),
  counts: PostCounts,
  /** The asking person's own edges; absent for an anonymous reader and in events. */
  viewer: PostFlags.optional(),
})
export type PostRecord = z.infer<typeof PostRecord>

const postShape = {
  id: PostId,
  author: UserCard,
  rev: z.int().positive(),
  text: z.string(),
  entities: z.array(TextEntity),
  createdAtMs: atMs,
  editedAtMs: atMs.optional(),
  /** Present when the author deleted it: the text is empty then. */
  deletedAtMs: atMs.optional(),
  replyTo: z.object({ id: PostId, author: UserCard }).optional(),
  path: z.array(PostId),
  tags: z.array(Tag),
  counts: PostCounts,
  viewer: PostFlags.optional(),
}

/** A post inside another: it shows no further quote. */
export const QuotedPost = z.object({
  id: PostId,
  author: UserCard,
  text: z.string(),
  entities: z.array(TextEntity),
  createdAtMs: atMs,
  editedAtMs: atMs.optional(),
  deletedAtMs: atMs.optional(),
})
export type QuotedPost = z.infer<typeof QuotedPost>

/** A post as clients see it. */
export const Post = z.object({
  ...postShape,
  /** `hidden`: a block or mute of the reader stands between; the text is not sent. */
  quote: z.union([QuotedPost, z.object({ id: PostId, hidden: z.literal(true) })]).optional(),
})
export type Post = z.infer<typeof Post>

/** One line of a feed. Feeds are ordered by `id`, newest first. */
export const FeedItem = z.object({ id: EntryId, post: Post, repostedBy: UserCard.optional() })
export type FeedItem = z.infer<typeof FeedItem>

export const NotificationType = z.enum(['mention', 'reply', 'quote', 'repost', 'like', 'follow'])
export type NotificationType = z.infer<typeof NotificationType>

export const Notification = z.object({
  id: EntryId,
  type: NotificationType,
  atMs,
  actor: UserCard,
  /** Mention, reply, quote: the new post. Repost, like: the reader's own post. Follow: absent. */
  post: Post.optional(),
})
export type Notification = z.infer<typeof Notification>

/** `tags` of the last 24 h, by the number of different authors, then posts. */
export const Trend = z.object({
  tag: Tag,
  posts: count,
  authors: count,
  /** Posts in each of 12 two-hour steps, the oldest first. */
  series: z.array(count),
})
export type Trend = z.infer<typeof Trend>

export const Suggestion = z.object({
  user: UserCard.extend({ bio: z.string() }),
  /** Up to 3 of the reader's followed who follow this person; empty when suggested for being much followed. */
  followedBy: z.array(UserCard),
  followers: count,
})
export type Suggestion = z.infer<typeof Suggestion>

/** A person in a list of followers, of the followed, or of search. `id` pages the list. */
export const PersonItem = z.object({
  id: EntryId,
  user: UserCard.extend({ bio: z.string() }),
  viewer: Relation.optional(),
})
export type PersonItem = z.infer<typeof PersonItem>

/** An opaque place in a feed's history: `before` it is older, `after` it newer. */
export const PageCursor = z.string().max(64)
export type PageCursor = z.infer<typeof PageCursor>

/** An opaque position in the event log, one part a lane: where to subscribe from so that nothing is missed. */
export const LogCursor = z.string().max(limits.cursorMaxChars)
export type LogCursor = z.infer<typeof LogCursor>

export const PageInput = z.strictObject({
  limit: z.int().min(1).max(limits.pageMaxItems).default(limits.pageDefaultItems),
  before: PageCursor.optional(),
  after: PageCursor.optional(),
})
export type PageInput = z.infer<typeof PageInput>

/**
 * A page of anything. `items` newest first. `next`: pass as `before` for older ones, null at the very end. `prev`: pass
 * as `after` for newer ones, null when the page is empty and nothing is newer. A page is short only at an end.
 */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: PageCursor.nullable(), prev: PageCursor.nullable() })
}

export const FeedPage = pageOf(FeedItem).extend({ cursor: LogCursor })
export type FeedPage = z.infer<typeof FeedPage>

export const ThreadPage = FeedPage.extend({
  post: Post,
  /** From the root down to the parent; deleted ones are there, without their text. Hidden ones are left out. */
  ancestors: z.array(Post),
})
export type ThreadPage = z.infer<typeof ThreadPage>

export const NotificationPage = pageOf(Notification).extend({
  cursor: LogCursor,
  /** Everything up to this id has been seen; null when nothing has. */
  readUpTo: EntryId.nullable(),
  /** Unread ones, counted to 100 at most. */
  unread: count,
})
export type NotificationPage = z.infer<typeof NotificationPage>

export const PeoplePage = pageOf(PersonItem)
export type PeoplePage = z.infer<typeof PeoplePage>

export const PostRevision = z.object({ rev: z.int().positive(), text: z.string(), atMs })
export type PostRevision = z.infer<typeof PostRevision>
