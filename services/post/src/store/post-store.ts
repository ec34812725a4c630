import type {
  EntryId,
  NotificationType,
  PostId,
  PostRecord,
  PostRevision,
  Range,
  ReplyFilter,
  Skeleton,
  StatsMessage,
  Tag,
  UserId,
} from '@skein/contracts'
import type { PostContent } from '../domain/content.js'

export interface PostDraft extends PostContent {
  readonly authorId: UserId
  readonly atMs: number
  readonly replyTo?: PostId | undefined
  readonly quoteOf?: PostId | undefined
  /** With the hash of the request's body. */
  readonly idempotency?: { readonly key: string; readonly bodyHash: string } | undefined
}

export type CreateOutcome =
  | { readonly kind: 'created'; readonly post: PostRecord }
  /** The author used this key for the same body: the post it made, as it is now. */
  | { readonly kind: 'repeated'; readonly post: PostRecord }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'missing' | 'gone'; readonly field: 'replyTo' | 'quoteOf' }

export interface PostEdit extends PostContent {
  readonly id: PostId
  readonly authorId: UserId
  readonly atMs: number
}

export type EditOutcome =
  | { readonly kind: 'edited' | 'unchanged'; readonly post: PostRecord }
  | { readonly kind: 'missing' | 'forbidden' | 'gone' }

export interface PostRemoval {
  readonly id: PostId
  readonly authorId: UserId
  readonly atMs: number
}

export type RemoveOutcome =
  | { readonly kind: 'removed' | 'unchanged'; readonly post: PostRecord }
  | { readonly kind: 'missing' | 'forbidden' }

export type EdgeKind = 'like' | 'repost' | 'bookmark'

export interface EdgeChange {
  readonly kind: EdgeKind
  readonly actorId: UserId
  readonly postId: PostId
  readonly on: boolean
  readonly atMs: number
}

export type EdgeOutcome =
  | { readonly kind: 'changed' | 'unchanged'; readonly post: PostRecord }
  | { readonly kind: 'missing' | 'gone' }

export interface Notice {
  readonly id: EntryId
  readonly type: NotificationType
  readonly actorId: UserId
  readonly postId: PostId
  readonly atMs: number
}

export interface TagUse {
  readonly tag: Tag
  readonly posts: number
  readonly authors: number
  /** Posts in each of 12 equal steps, the oldest first. */
  readonly series: number[]
}

export interface TrendQuery {
  readonly sinceMs: number
  readonly nowMs: number
  readonly limit: number
}

/**
 * Lines of feeds. Newest first, strictly inside the range: with `after` the nearest to it, else the newest. Short only
 * when there are no more. Deleted posts and undone edges are never among them (but see `below`). Every query has its index.
 */
export interface EntryQueries {
  /** Posts and reposts of the actors, back to the first ever. Costs about a seek an actor, whatever they wrote. */
  byActors(actorIds: readonly UserId[], range: Range, replies: ReplyFilter): Promise<Skeleton[]>
  /** Posts that are not replies. */
  public(range: Range): Promise<Skeleton[]>
  byTag(tag: Tag, range: Range): Promise<Skeleton[]>
  /** Posts whose `path` holds this one; deleted ones as long as something alive is below them. */
  below(postId: PostId, range: Range): Promise<Skeleton[]>
  bookmarks(actorId: UserId, range: Range): Promise<Skeleton[]>
  /** Posts that hold all of the words, as `searchWords` gives them. */
  search(words: readonly string[], range: Range): Promise<Skeleton[]>
  /** What others did that concerns a person: one line a post, one a like or repost. All types when none is named. */
  notices(userId: UserId, range: Range, types?: readonly NotificationType[]): Promise<Notice[]>
}

/**
 * Posts, their edges, and the queries of feeds. Every write is atomic with its event and resolves once both are durable;
 * a write that changes nothing appends nothing. A returned post is as the writer sees it: with their own `viewer` flags.
 * Ids grow per author, whatever the clock does. `rev` grows by one with each change of a post or an edge.
 * @throws AppError unavailable, overloaded
 */
export interface PostStore {
  readonly entries: EntryQueries

  /** Of two at once with one key, one creates. Its event holds the quoted post. */
  create(draft: PostDraft): Promise<CreateOutcome>
  /** Keeps the text before it. Its event names the spreaders and the former tags. */
  edit(edit: PostEdit): Promise<EditOutcome>
  /** Leaves a tombstone: see `tombstoneOf`. Its event names the spreaders and the former tags. */
  remove(removal: PostRemoval): Promise<RemoveOutcome>
  /**
   * Puts an edge on or off; on asks for a post that is not deleted. Bookmarks have no event. The counts returned hold this
   * change; of a post with very many edges they are the last counted ones and this change.
   */
  setEdge(change: EdgeChange): Promise<EdgeOutcome>

  /** In the order asked for, each as often; unknown ids are left out. With `viewer` flags when there is a viewer. */
  byIds(ids: readonly PostId[], viewerId: UserId | null): Promise<PostRecord[]>
  /** The post this author made with this key; its event is appended when this resolves, because it is an acknowledgement. */
  byKey(authorId: UserId, key: string): Promise<{ readonly post: PostRecord; readonly bodyHash: string } | null>
  /** The newest `limit` revisions, the oldest first; empty for an unknown or deleted post. */
  history(id: PostId, limit: number): Promise<PostRevision[]>
  /** Posts of a person that are not deleted. */
  countBy(authorId: UserId): Promise<number>

  /** By different authors, then posts, over the newest 50,000 uses of tags in the time. */
  trending(query: TrendQuery): Promise<TagUse[]>
  /** Tags that begin so, the most used first. */
  tagsWith(prefix: string, limit: number): Promise<{ readonly tag: Tag; readonly posts: number }[]>

  /** Posts whose edges changed since they were counted, the longest waiting first. */
  dirtyPosts(limit: number): Promise<PostId[]>
  /** Counts the edges of each, stores the counts, and gives them. */
  recount(ids: readonly PostId[]): Promise<StatsMessage[]>

  /**
   * Many posts at once, the oldest first for each author; what they answer or quote must be there. With `events` false
   * nobody is told: for filling a database before anyone reads it. In the order given.
   */
  importPosts(drafts: readonly PostDraft[], options: { readonly events: boolean }): Promise<PostRecord[]>
}
