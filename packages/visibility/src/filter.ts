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

interface Rule {
  /** What is known before the post is read. Never false where `line` is true. */
  actor(viewer: Viewer | null, actorId: UserId): boolean
  /** Of a post that is not deleted; a thread is asked of deleted ones too. */
  line(viewer: Viewer | null, candidate: Candidate): boolean
}

const searched: Rule = {
  actor: isShown,
  line: (viewer, candidate) => !candidate.repost && isShownWhole(viewer, candidate),
}
const kept: Rule = {
  actor: isUnblocked,
  line: (viewer, { actorId, post }) => isUnblocked(viewer, actorId) && isUnblocked(viewer, post.authorId),
}
const rules: Readonly<Record<FilteredFeed, Rule>> = {
  home: {
    actor: (viewer, actorId) => viewer !== null && isSource(viewer, actorId) && isShown(viewer, actorId),
    line: (viewer, candidate) =>
      viewer !== null &&
      isSource(viewer, candidate.actorId) &&
      isShownWhole(viewer, candidate) &&
      (candidate.repost || isForViewer(viewer, candidate.post)),
  },
  public: {
    actor: isShown,
    line: (viewer, candidate) =>
      !candidate.repost && candidate.post.replyTo === undefined && isShownWhole(viewer, candidate),
  },
  tag: searched,
  search: searched,
  thread: {
    actor: isShown,
    line: (viewer, { repost, post }) => !repost && isShown(viewer, post.authorId),
  },
  user: kept,
  bookmarks: kept,
}

/**
 * Whether this viewer (null: anonymous) may see this line in this feed. Says nothing of whether the line belongs to the
 * feed's key (the tag, the handle, the thread). Pure; the only filter there is.
 */
export function isVisible(feed: FilteredFeed, candidate: Candidate, viewer: Viewer | null): boolean {
  if (candidate.post.deletedAtMs !== undefined && feed !== 'thread') return false
  return rules[feed].line(viewer, candidate)
}

/**
 * Whether any line that `actorId` put into this feed may be visible to the viewer: saves reading the posts of those that
 * cannot be. Never false where `isVisible` would be true.
 */
export function isActorVisible(feed: FilteredFeed, actorId: UserId, viewer: Viewer | null): boolean {
  return rules[feed].actor(viewer, actorId)
}

/** Whether an action of `actorId` notifies the viewer: never one's own, never across a block or a mute. */
export function isNoticeVisible(actorId: UserId, viewer: Viewer): boolean {
  return actorId !== viewer.id && isShown(viewer, actorId)
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

function isShown(viewer: Viewer | null, id: UserId): boolean {
  return !isHidden(viewer, id)
}

function isUnblocked(viewer: Viewer | null, id: UserId): boolean {
  return viewer === null || id === viewer.id || !viewer.blocked(id)
}

function isSource(viewer: Viewer, id: UserId): boolean {
  return id === viewer.id || viewer.follows(id)
}

/** Who put it there, who wrote it and whom it answers; the last never hides what the viewer wrote. */
function isShownWhole(viewer: Viewer | null, { actorId, post }: Candidate): boolean {
  if (viewer === null) return true
  return (
    isShown(viewer, actorId) &&
    isShown(viewer, post.authorId) &&
    (post.replyTo === undefined || post.authorId === viewer.id || isShown(viewer, post.replyTo.authorId))
  )
}

/** A reply is for those who follow both ends, or are named in it. */
function isForViewer(viewer: Viewer, post: PostRecord): boolean {
  if (post.replyTo === undefined || post.authorId === viewer.id) return true
  return (
    (isSource(viewer, post.authorId) && isSource(viewer, post.replyTo.authorId)) || post.mentions.includes(viewer.id)
  )
}
