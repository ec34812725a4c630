import { collapse } from '@skein/visibility/collapse'
import type { ReplyFilter } from './api.js'
import type { FeedItem, FeedName, Notification, OutgoingPost, Post } from './types.js'

/** What a view must know of its lines; everything else is the same for all. */
export interface ViewKind<T extends { readonly id: string }> {
  readonly feed: FeedName
  postOf(line: T): Post | undefined
  withPost(line: T, post: Post): T
  /** Who wrote or did it: a line of somebody removed goes at once. */
  peopleOf(line: T): string[]
  /** What is shown of all lines. */
  collapse(lines: readonly T[]): readonly T[]
  /** What the server's live feed brings and this view leaves out. */
  accepts(line: T): boolean
  /** The line that a post of one's own becomes here, if it belongs here. */
  ownLine(post: Post, myHandle: string | undefined): T | null
  isOutgoingShown(post: OutgoingPost, holds: (postId: string) => boolean): boolean
  /** Whether its post may be older than the line: the reader may have marked it before. */
  isOld(line: T): boolean
  /** A deleted post stays as an empty place while something hangs on it. */
  readonly keepsDeleted: boolean
  /** Whether lines of somebody removed go before the feed is read again. */
  readonly dropsAtOnce: boolean
}

export function postKind(feed: FeedName, replies: ReplyFilter = 'include'): ViewKind<FeedItem> {
  const isThread = feed.startsWith('thread:')
  const accepts = (line: FeedItem) =>
    replies === 'include' || (line.repostedBy === undefined && line.post.path.length > 0) === (replies === 'only')
  return {
    feed,
    postOf: (line) => line.post,
    withPost: (line, post) => ({ ...line, post }),
    peopleOf: ({ post, repostedBy }) => (repostedBy === undefined ? [post.author.id] : [post.author.id, repostedBy.id]),
    collapse,
    accepts,
    ownLine(post, myHandle) {
      const line = { id: post.id, post }
      return isOwnHere(feed, post, myHandle) && accepts(line) ? line : null
    },
    isOutgoingShown: ({ replyTo }, holds) => feed === 'home' || (isThread && replyTo !== undefined && holds(replyTo)),
    isOld: (line) => line.repostedBy !== undefined,
    keepsDeleted: isThread,
    dropsAtOnce: !feed.startsWith('user:'),
  }
}

const mentionTypes: readonly string[] = ['mention', 'reply', 'quote']

export function notificationKind(only: 'all' | 'mentions'): ViewKind<Notification> {
  return {
    feed: 'notifications',
    postOf: (line) => line.post,
    withPost: (line, post) => ({ ...line, post }),
    peopleOf: (line) => [line.actor.id],
    collapse: (lines) => lines,
    accepts: (line) => only === 'all' || mentionTypes.includes(line.type),
    ownLine: () => null,
    isOutgoingShown: () => false,
    isOld: (line) => line.type === 'like' || line.type === 'repost',
    keepsDeleted: false,
    dropsAtOnce: true,
  }
}

function isOwnHere(feed: FeedName, post: Post, myHandle: string | undefined): boolean {
  const key = feed.slice(feed.indexOf(':') + 1)
  if (feed === 'home') return true
  if (feed === 'public') return post.path.length === 0
  if (feed.startsWith('user:')) return key === myHandle
  if (feed.startsWith('tag:')) return post.tags.includes(key)
  return feed.startsWith('thread:') && post.path.includes(key)
}
