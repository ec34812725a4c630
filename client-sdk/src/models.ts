/*
 * The public types of @skein/client, written by hand so that the package's declarations import nothing.
 * A test holds them equal to the contracts. This file: what the server speaks of.
 */

export type FeedName = 'home' | 'notifications' | 'public' | `user:${string}` | `tag:${string}` | `thread:${string}`
/** Where a subscription goes on from so that nothing is missed. Opaque; save it, pass it as `from`. */
export type Cursor = string
/** A place in a feed's history. Opaque. */
export type PageCursor = string

export interface UserCard {
  id: string
  handle: string
  name: string
}

export interface Relation {
  following: boolean
  followedBy: boolean
  blocking: boolean
  blockedBy: boolean
  muting: boolean
}

export interface Profile extends UserCard {
  bio: string
  createdAtMs: number
  counts: { followers: number; following: number; posts: number }
  viewer?: Relation
}

export interface Me extends UserCard {
  bio: string
  createdAtMs: number
  role: 'user' | 'operator'
}

export type TextEntity =
  | { type: 'mention'; start: number; end: number; userId: string; handle: string }
  | { type: 'tag'; start: number; end: number; tag: string }
  | { type: 'link'; start: number; end: number; url: string }

export interface PostCounts {
  replies: number
  reposts: number
  quotes: number
  likes: number
}

export interface QuotedPost {
  id: string
  author: UserCard
  text: string
  entities: TextEntity[]
  createdAtMs: number
  editedAtMs?: number
  deletedAtMs?: number
}

export interface Post {
  id: string
  author: UserCard
  /** Grows with every edit and with the delete. */
  rev: number
  text: string
  /** Offsets in UTF-16 code units, in order, not overlapping. */
  entities: TextEntity[]
  createdAtMs: number
  editedAtMs?: number
  /** Deleted by its author: the text is empty. */
  deletedAtMs?: number
  replyTo?: { id: string; author: UserCard }
  /** Ancestors, the root first. */
  path: string[]
  tags: string[]
  counts: PostCounts
  /** The reader's own marks; absent for anonymous readers and, until read, on posts that arrived live. */
  viewer?: { liked: boolean; reposted: boolean; bookmarked: boolean }
  quote?: QuotedPost | { id: string; hidden: true }
}

/** One line of a feed; feeds are ordered by `id`, newest first. */
export interface FeedItem {
  id: string
  post: Post
  repostedBy?: UserCard
}

export type NotificationType = 'mention' | 'reply' | 'quote' | 'repost' | 'like' | 'follow'

export interface Notification {
  id: string
  type: NotificationType
  atMs: number
  actor: UserCard
  post?: Post
}

export interface Trend {
  tag: string
  posts: number
  authors: number
  series: number[]
}

export interface PersonItem {
  id: string
  user: UserCard & { bio: string }
  viewer?: Relation
}

export interface Suggestion {
  user: UserCard & { bio: string }
  followedBy: UserCard[]
  followers: number
}

export interface SessionInfo {
  id: string
  current: boolean
  client: string
  createdAtMs: number
  lastUsedAtMs: number
}

export interface ServerInfo {
  name: string
  version: string
  wireVersion: number
  people: number
  postMaxGraphemes: number
  signUpOpen: boolean
}
