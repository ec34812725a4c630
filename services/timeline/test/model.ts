import {
  EntryId,
  Handle,
  PostId,
  Tag,
  UserId,
  type Notification,
  type PostRecord,
  type Skeleton,
  type UserCard,
  type ViewerEdges,
} from '@skein/contracts'
import { noticeTypeOf } from '@skein/visibility'

/** The `n`th id: ids sort as their numbers. Odd numbers are left free, so that there are ids between. */
export function idOf(n: number): string {
  return `01J${String(2 * n).padStart(23, '0')}`
}

interface Edge {
  readonly id: EntryId
  readonly actorId: UserId
  readonly targetId: UserId
}
interface Repost {
  readonly id: EntryId
  readonly actorId: UserId
  readonly postId: PostId
}
export interface Notice {
  readonly id: EntryId
  readonly type: Notification['type']
  readonly actorId: UserId
  readonly postId?: PostId
  readonly atMs: number
}
export interface NewPost {
  readonly text?: string
  readonly replyTo?: PostId
  readonly quoteOf?: PostId
  readonly mentions?: UserId[]
  readonly tags?: string[]
}

/** Everything that the account and post services know, in plain lists: what feeds are held against. */
export class Model {
  readonly cards = new Map<UserId, UserCard>()
  readonly posts = new Map<PostId, PostRecord>()
  follows: Edge[] = []
  blocks: Edge[] = []
  mutes: Edge[] = []
  reposts: Repost[] = []
  likes: Repost[] = []
  bookmarks: Repost[] = []
  readonly markers = new Map<UserId, EntryId>()
  #last = 0

  nextId(): string {
    return idOf(++this.#last)
  }

  addUser(name: string): UserId {
    const id = UserId.parse(this.nextId())
    this.cards.set(id, { id, handle: Handle.parse(name), name: name.toUpperCase() })
    return id
  }

  post(authorId: UserId, { text = '', replyTo, quoteOf, mentions = [], tags = [] }: NewPost = {}): PostId {
    const id = PostId.parse(this.nextId())
    const parent = replyTo === undefined ? undefined : this.record(replyTo)
    const quoted = quoteOf === undefined ? undefined : this.record(quoteOf)
    this.posts.set(id, {
      id,
      authorId,
      rev: 1,
      text,
      entities: [],
      createdAtMs: this.#last,
      ...(parent ? { replyTo: { id: parent.id, authorId: parent.authorId } } : {}),
      path: parent ? [...parent.path, parent.id] : [],
      ...(quoted ? { quoteOf: { id: quoted.id, authorId: quoted.authorId } } : {}),
      mentions,
      tags: tags.map((tag) => Tag.parse(tag)),
      counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
    })
    return id
  }

  record(id: PostId): PostRecord {
    const record = this.posts.get(id)
    if (record === undefined) throw new Error(`the model has no post ${id}`)
    return record
  }

  delete(id: PostId): void {
    const { text: _text, ...record } = this.record(id)
    this.posts.set(id, { ...record, rev: record.rev + 1, text: '', mentions: [], tags: [], deletedAtMs: this.#last })
  }

  follow(actorId: UserId, targetId: UserId, on = true): void {
    this.follows = this.#edge(this.follows, actorId, targetId, on && !this.isBlocked(actorId, targetId))
  }
  mute(actorId: UserId, targetId: UserId, on = true): void {
    this.mutes = this.#edge(this.mutes, actorId, targetId, on)
  }
  block(actorId: UserId, targetId: UserId, on = true): void {
    this.blocks = this.#edge(this.blocks, actorId, targetId, on)
    if (!on) return
    this.follow(actorId, targetId, false)
    this.follow(targetId, actorId, false)
  }
  repost(actorId: UserId, postId: PostId, on = true): void {
    this.reposts = this.#mark(this.reposts, actorId, postId, on)
  }
  like(actorId: UserId, postId: PostId, on = true): void {
    this.likes = this.#mark(this.likes, actorId, postId, on)
  }
  bookmark(actorId: UserId, postId: PostId, on = true): void {
    this.bookmarks = this.#mark(this.bookmarks, actorId, postId, on)
  }

  #edge(edges: Edge[], actorId: UserId, targetId: UserId, on: boolean): Edge[] {
    if (actorId === targetId) return edges
    const held = edges.find((edge) => edge.actorId === actorId && edge.targetId === targetId)
    if (!on) return edges.filter((edge) => edge !== held)
    return held ? edges : [...edges, { id: EntryId.parse(this.nextId()), actorId, targetId }]
  }
  #mark(marks: Repost[], actorId: UserId, postId: PostId, on: boolean): Repost[] {
    const held = marks.find((mark) => mark.actorId === actorId && mark.postId === postId)
    if (!on) return marks.filter((mark) => mark !== held)
    return held ? marks : [...marks, { id: EntryId.parse(this.nextId()), actorId, postId }]
  }

  isBlocked(a: UserId, b: UserId): boolean {
    return this.blocks.some(
      ({ actorId, targetId }) => (actorId === a && targetId === b) || (actorId === b && targetId === a),
    )
  }

  edgesOf(userId: UserId): ViewerEdges {
    const to = (edges: Edge[]) => edges.filter((e) => e.actorId === userId).map((e) => ({ id: e.targetId, rev: 1 }))
    const blockedBy = this.blocks.filter((e) => e.targetId === userId).map((e) => ({ id: e.actorId, rev: 1 }))
    return { userId, follows: to(this.follows), blocking: to(this.blocks), blockedBy, mutes: to(this.mutes) }
  }

  isDeleted(id: PostId): boolean {
    return this.record(id).deletedAtMs !== undefined
  }

  /** Every line that may stand in any feed, newest first: posts and reposts, deleted posts only when asked for. */
  lines(of: (post: PostRecord) => boolean, { reposts = false, deleted = false } = {}): Skeleton[] {
    const own = [...this.posts.values()].map((post) => ({
      id: EntryId.parse(post.id),
      postId: post.id,
      actorId: post.authorId,
      repost: false,
    }))
    const reposted = reposts ? this.reposts.map((line) => ({ ...line, repost: true })) : []
    return [...own, ...reposted]
      .filter(({ postId }) => of(this.record(postId)) && (deleted || !this.isDeleted(postId)))
      .sort(newestFirst)
  }

  bookmarksOf(userId: UserId): Skeleton[] {
    return this.bookmarks
      .filter(({ actorId, postId }) => actorId === userId && !this.isDeleted(postId))
      .map(({ id, postId }) => ({ id, postId, actorId: this.record(postId).authorId, repost: false }))
      .sort(newestFirst)
  }

  noticesOf(userId: UserId): Notice[] {
    const posts = [...this.posts.values()].flatMap((post): Notice[] => {
      const type = noticeTypeOf(post, userId)
      if (type === null) return []
      return [{ id: EntryId.parse(post.id), type, actorId: post.authorId, postId: post.id, atMs: post.createdAtMs }]
    })
    const marks = (type: 'repost' | 'like', all: Repost[]): Notice[] =>
      all
        .filter(({ actorId, postId }) => actorId !== userId && this.record(postId).authorId === userId)
        .filter(({ postId }) => !this.isDeleted(postId))
        .map((mark) => ({ ...mark, type, atMs: 1 }))
    return [...posts, ...marks('repost', this.reposts), ...marks('like', this.likes)].sort(newestFirst)
  }

  followNoticesOf(userId: UserId): Notice[] {
    return this.follows
      .filter(({ targetId }) => targetId === userId)
      .map(({ id, actorId }): Notice => ({ id, type: 'follow', actorId, atMs: 1 }))
      .sort(newestFirst)
  }
}

export function newestFirst(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? 1 : -1
}
