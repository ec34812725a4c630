import type { PostCounts, PostId, PostRecord, UserId } from '@skein/contracts'
import { addressedBy } from '../src/domain/notices.js'
import type { EdgeKind } from '../src/store/post-store.js'

export interface ModelEdge {
  readonly kind: EdgeKind
  readonly actorId: UserId
  readonly post: PostRecord
  /** Of the time it was put on last, as the model counts. */
  readonly order: number
  readonly atMs: number
}

/** A line as the model knows it: `order` stands for the id of an edge, which the store alone gives. */
export interface ModelLine {
  readonly order: number
  readonly postId: PostId
  readonly actorId: UserId
}

export interface ModelNotice extends ModelLine {
  readonly type: string
  readonly userId: UserId
}

/** Posts and edges in plain lists; every list is a filter over everything. Orders grow with each change, as ids must. */
export class Model {
  readonly posts = new Map<PostId, { post: PostRecord; order: number }>()
  readonly edges = new Map<string, ModelEdge>()
  #order = 0

  put(post: PostRecord): void {
    const { viewer: _viewer, ...plain } = post
    this.posts.set(post.id, { post: plain, order: this.posts.get(post.id)?.order ?? ++this.#order })
    if (post.deletedAtMs === undefined) return
    for (const [key, edge] of this.edges)
      if (edge.kind === 'bookmark' && edge.post.id === post.id) this.edges.delete(key)
  }

  setEdge(kind: EdgeKind, actorId: UserId, post: PostRecord, on: boolean, atMs: number): void {
    const key = `${kind}:${actorId}:${post.id}`
    if (!on) this.edges.delete(key)
    else if (!this.edges.has(key)) this.edges.set(key, { kind, actorId, post, order: ++this.#order, atMs })
  }

  alive(): { post: PostRecord; order: number }[] {
    return [...this.posts.values()].filter(({ post }) => post.deletedAtMs === undefined)
  }

  #edgesOf(kind: EdgeKind): ModelEdge[] {
    return [...this.edges.values()].filter(
      (edge) => edge.kind === kind && this.posts.get(edge.post.id)?.post.deletedAtMs === undefined,
    )
  }

  byActors(actorIds: readonly UserId[], replies: 'include' | 'exclude' | 'only'): ModelLine[] {
    const posts = this.where((post) => actorIds.includes(post.authorId) && fits(post, replies))
    const reposts =
      replies === 'only' ? [] : this.#edgesOf('repost').filter(({ actorId }) => actorIds.includes(actorId))
    return newestFirst([...posts, ...reposts.map(({ order, post, actorId }) => ({ order, postId: post.id, actorId }))])
  }

  where(holds: (post: PostRecord) => boolean): ModelLine[] {
    return newestFirst(
      this.alive()
        .filter(({ post }) => holds(post))
        .map(({ post, order }) => ({ order, postId: post.id, actorId: post.authorId })),
    )
  }

  below(ancestor: PostId): ModelLine[] {
    const isKept = (post: PostRecord): boolean =>
      post.deletedAtMs === undefined || this.alive().some((other) => other.post.path.includes(post.id))
    return newestFirst(
      [...this.posts.values()]
        .filter(({ post }) => post.path.includes(ancestor) && isKept(post))
        .map(({ post, order }) => ({ order, postId: post.id, actorId: post.authorId })),
    )
  }

  bookmarks(actorId: UserId): ModelLine[] {
    const edges = this.#edgesOf('bookmark').filter((edge) => edge.actorId === actorId)
    return newestFirst(edges.map(({ order, post }) => ({ order, postId: post.id, actorId: post.authorId })))
  }

  notices(userId: UserId): ModelNotice[] {
    const posts = this.alive().flatMap(({ post, order }) =>
      addressedBy(post).map((to) => ({ ...to, order, postId: post.id, actorId: post.authorId })),
    )
    const edges = [...this.#edgesOf('like'), ...this.#edgesOf('repost')].map(({ kind, actorId, post, order }) => ({
      userId: post.authorId,
      type: kind,
      order,
      postId: post.id,
      actorId,
    }))
    const others = edges.filter((edge) => edge.actorId !== edge.userId)
    return newestFirst([...posts, ...others].filter((notice) => notice.userId === userId))
  }

  counts(id: PostId): PostCounts {
    const edges = (kind: EdgeKind): number =>
      [...this.edges.values()].filter((edge) => edge.kind === kind && edge.post.id === id).length
    return {
      replies: this.alive().filter(({ post }) => post.replyTo?.id === id).length,
      quotes: this.alive().filter(({ post }) => post.quoteOf?.id === id).length,
      reposts: edges('repost'),
      likes: edges('like'),
    }
  }
}

function fits(post: PostRecord, replies: 'include' | 'exclude' | 'only'): boolean {
  return replies === 'include' || (post.replyTo !== undefined) === (replies === 'only')
}

function newestFirst<T extends ModelLine>(lines: T[]): T[] {
  return lines.sort((a, b) => b.order - a.order)
}
