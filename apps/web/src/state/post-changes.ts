import type { Client, Post, PostCounts } from '@skein/client'

export type PostChange =
  | { type: 'post'; post: Post }
  | { type: 'counts'; postId: string; counts: PostCounts }
  | { type: 'gone'; postId: string }

/** Tells lists that are read once (search, bookmarks) what happened to the posts in them. Live views know by themselves. */
export interface PostChanges {
  tell(change: PostChange): void
  listen(listener: (change: PostChange) => void): () => void
}

export function createPostChanges(client: Pick<Client, 'on'>): PostChanges {
  const listeners = new Set<(change: PostChange) => void>()
  const tell: PostChanges['tell'] = (change) => {
    for (const listener of listeners) listener(change)
  }
  client.on('stats', ({ postId, counts }) => tell({ type: 'counts', postId, counts }))
  return {
    tell,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A list's post after a change; null when it goes. Returns the same object when nothing changed. */
export function applyChange(post: Post, change: PostChange): Post | null {
  switch (change.type) {
    case 'gone':
      return change.postId === post.id ? null : post
    case 'counts':
      return change.postId === post.id ? { ...post, counts: change.counts } : post
    case 'post':
      return change.post.id === post.id ? change.post : post
  }
}

export type MarkKind = 'like' | 'repost' | 'bookmark'

/** The post as it looks the moment a mark is set or taken. */
export function withMark(post: Post, kind: MarkKind, on: boolean): Post {
  const marks = post.viewer ?? { liked: false, reposted: false, bookmarked: false }
  const by = (was: boolean) => Number(on) - Number(was)
  switch (kind) {
    case 'like':
      return {
        ...post,
        viewer: { ...marks, liked: on },
        counts: { ...post.counts, likes: Math.max(0, post.counts.likes + by(marks.liked)) },
      }
    case 'repost':
      return {
        ...post,
        viewer: { ...marks, reposted: on },
        counts: { ...post.counts, reposts: Math.max(0, post.counts.reposts + by(marks.reposted)) },
      }
    case 'bookmark':
      return { ...post, viewer: { ...marks, bookmarked: on } }
  }
}
