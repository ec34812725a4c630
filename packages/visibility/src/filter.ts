import type { Feed, NotificationType, PostRecord, UserId } from '@skein/contracts'
import type { Viewer } from './viewer.js'

/** One line of a feed with its post: what page reads and live delivery both ask about. */
export interface Candidate {
  /** The author, or the reposter when `repost`. */
  readonly actorId: UserId
  readonly repost: boolean
  readonly post: PostRecord
}

export type FilteredFeed = Exclude<Feed['kind'], 'notifications'> | 'bookmarks' | 'search'

/**
 * Whether this viewer (null: anonymous) may see this line in this feed. Says nothing of whether the line belongs to the
 * feed's key (the tag, the handle, the thread). Pure; the only filter there is.
 */
export function isVisible(feed: FilteredFeed, candidate: Candidate, viewer: Viewer | null): boolean {
  const { post, actorId, repost } = candidate
  if (post.deletedAtMs !== undefined && feed !== 'thread') return false
  switch (feed) {
    case 'home':
      return (
        viewer !== null &&
        isSource(viewer, actorId) &&
        !isHiddenByAny(viewer, candidate) &&
        (repost || isAddressable(viewer, post))
      )
    case 'public':
      return !repost && post.replyTo === undefined && !isHiddenByAny(viewer, candidate)
    case 'tag':
    case 'search':
      return !repost && !isHiddenByAny(viewer, candidate)
    case 'thread':
      return !isHidden(viewer, post.authorId)
    case 'user':
    case 'bookmarks':
      return viewer === null || !(viewer.blocked(actorId) || viewer.blocked(post.authorId))
  }
}

/** Whether an action of `actorId` notifies the viewer: never one's own, never across a block or a mute. */
export function isNoticeVisible(actorId: UserId, viewer: Viewer): boolean {
  return actorId !== viewer.id && !isHidden(viewer, actorId)
}

/** What a new post is to the viewer: the strongest of reply, quote, mention; null when it does not concern them. */
export function noticeTypeOf(post: PostRecord, viewerId: UserId): NotificationType | null {
  if (post.authorId === viewerId || post.deletedAtMs !== undefined) return null
  if (post.replyTo?.authorId === viewerId) return 'reply'
  if (post.quoteOf?.authorId === viewerId) return 'quote'
  return post.mentions.includes(viewerId) ? 'mention' : null
}

/** Blocked either way or muted. Nobody is hidden from themselves or from an anonymous reader. */
export function isHidden(viewer: Viewer | null, id: UserId): boolean {
  return viewer !== null && id !== viewer.id && (viewer.blocked(id) || viewer.mutes(id))
}

function isSource(viewer: Viewer, id: UserId): boolean {
  return id === viewer.id || viewer.follows(id)
}

function isHiddenByAny(viewer: Viewer | null, { actorId, post }: Candidate): boolean {
  return (
    isHidden(viewer, actorId) ||
    isHidden(viewer, post.authorId) ||
    (post.replyTo !== undefined && isHidden(viewer, post.replyTo.authorId))
  )
}

/** A reply is for those who follow both ends, or are named in it. */
function isAddressable(viewer: Viewer, post: PostRecord): boolean {
  if (post.replyTo === undefined || post.authorId === viewer.id) return true
  return (
    (isSource(viewer, post.authorId) && isSource(viewer, post.replyTo.authorId)) || post.mentions.includes(viewer.id)
  )
}
