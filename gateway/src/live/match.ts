import type {
  Feed,
  LogEvent,
  NotificationType,
  PostEvent,
  RelationEvent,
  RepostEvent,
  LikeEvent,
  UserId,
} from '@skein/contracts'
import { isHidden, isNoticeVisible, isVisible, noticeTypeOf, type Candidate, type Viewer } from '@skein/visibility'
import type { Rendered } from './render.js'

/** What a subscription asks for, its key resolved: a person's id for `user`, the tag, the post's id. */
export interface FeedKey {
  readonly kind: Feed['kind']
  /** '' for home, notifications and public. */
  readonly key: string
}

/** Feeds that are always the token's own user's. */
export function isPersonal(kind: Feed['kind']): boolean {
  return kind === 'home' || kind === 'notifications'
}

/** A change between two people. */
export function isRelation(event: LogEvent): event is RelationEvent {
  return event.kind === 'follow' || event.kind === 'block' || event.kind === 'mute'
}

const nothing: readonly string[] = []

/** What replay left out of a post before this revision: nothing; edits, so that what was held before is unknown; all. */
export type LeftOut = 'nothing' | 'edits' | 'all'

/**
 * The bodies that an entry becomes for one feed of one viewer: the same rule for live and for replay. When replay left
 * out the first revision too, a newer one is sent as a line.
 */
export function match(rendered: Rendered, feed: FeedKey, viewer: Viewer | null, leftOut: LeftOut): readonly string[] {
  const { event } = rendered.entry
  switch (event.kind) {
    case 'post':
      if (event.post.deletedAtMs !== undefined) return one(rendered.deletedPost(event.post.id))
      if (event.rev === 1) return lineOf(rendered, event, feed, viewer)
      if (leftOut === 'all') return asNew(rendered, event, feed, viewer)
      return edited(rendered, event, feed, viewer, leftOut === 'nothing')
    case 'repost':
      return reposted(rendered, event, feed, viewer)
    case 'like':
      return feed.kind === 'notifications' && viewer?.id === event.postAuthorId
        ? noticed(rendered, event, 'like', viewer)
        : nothing
    case 'follow':
    case 'block':
    case 'mute':
      return related(rendered, event, feed, viewer)
    case 'user':
    case 'session':
      return nothing
  }
}

function one(body: string | null): readonly string[] {
  return body === null ? nothing : [body]
}

/** Whether a line belongs to the feed's key at all; who may see it is the filter's. */
function belongs(candidate: Candidate, feed: FeedKey): boolean {
  switch (feed.kind) {
    case 'home':
    case 'public':
      return true
    case 'user':
      return candidate.actorId === feed.key
    case 'tag':
      return candidate.post.tags.some((tag) => tag === feed.key)
    case 'thread':
      return !candidate.repost && candidate.post.path.some((id) => id === feed.key)
    case 'notifications':
      return false
  }
}

function shows(candidate: Candidate, feed: FeedKey, viewer: Viewer | null): boolean {
  return feed.kind !== 'notifications' && belongs(candidate, feed) && isVisible(feed.kind, candidate, viewer)
}

function lineOf(rendered: Rendered, { post }: PostEvent, feed: FeedKey, viewer: Viewer | null): readonly string[] {
  if (feed.kind !== 'notifications') {
    return shows({ actorId: post.authorId, repost: false, post }, feed, viewer) ? one(rendered.post(viewer)) : nothing
  }
  const type = viewer && noticeTypeOf(post, viewer.id)
  return viewer && type && isNoticeVisible(post.authorId, viewer) ? one(rendered.notification(type, viewer)) : nothing
}

/** A line like a new one; and what quotes it may have been replayed with the words before. */
function asNew(rendered: Rendered, event: PostEvent, feed: FeedKey, viewer: Viewer | null): readonly string[] {
  const line = lineOf(rendered, event, feed, viewer)
  const isHeldInQuotes = event.quotedIn !== undefined && !isHidden(viewer, event.post.authorId)
  return isHeldInQuotes ? [...line, ...one(rendered.edit(viewer))] : line
}

/**
 * An edit rewrites the post wherever it is held. An edit may also bring a line into a feed (a new tag, a new mention) or
 * take it out: then the line is sent, or taken away, too.
 */
function edited(
  rendered: Rendered,
  event: PostEvent,
  feed: FeedKey,
  viewer: Viewer | null,
  isFormerKnown: boolean,
): readonly string[] {
  const { post } = event
  if (isHidden(viewer, post.authorId) && feed.kind !== 'user') return nothing
  const edit = one(rendered.edit(viewer))
  const line = lineOf(rendered, event, feed, viewer)
  switch (feed.kind) {
    case 'tag': {
      if (!isFormerKnown) return [...edit, ...(line.length > 0 ? line : [rendered.goneEntry(post.id)])]
      const was = event.formerTags?.some((tag) => tag === feed.key) ?? false
      const quoted = event.quotedIn?.tags.some((tag) => tag === feed.key) ?? false
      if (line.length > 0) return was ? edit : quoted ? [...edit, ...line] : line
      return [...(quoted ? edit : nothing), ...(was ? [rendered.goneEntry(post.id)] : nothing)]
    }
    case 'notifications':
      return line.length > 0 ? [...edit, ...line] : [...edit, rendered.goneEntry(post.id)]
    case 'home':
      if (post.replyTo === undefined) return edit
      return line.length > 0 ? [...edit, ...line] : [...edit, rendered.goneEntry(post.id)]
    case 'public':
    case 'user':
    case 'thread':
      return edit
  }
}

function reposted(rendered: Rendered, event: RepostEvent, feed: FeedKey, viewer: Viewer | null): readonly string[] {
  if (feed.kind === 'notifications')
    return viewer?.id === event.postAuthorId ? noticed(rendered, event, 'repost', viewer) : nothing
  if (feed.kind !== 'home' && !(feed.kind === 'user' && feed.key === event.actorId)) return nothing
  if (!event.on) return [rendered.goneEntry(event.edgeId)]
  if (event.post === undefined) return nothing
  return shows({ actorId: event.actorId, repost: true, post: event.post }, feed, viewer)
    ? one(rendered.post(viewer))
    : nothing
}

function noticed(
  rendered: Rendered,
  event: RepostEvent | LikeEvent | RelationEvent,
  type: NotificationType,
  viewer: Viewer,
): readonly string[] {
  if (event.actorId === viewer.id) return nothing
  if (!event.on) return [rendered.goneEntry(event.edgeId)]
  return isNoticeVisible(event.actorId, viewer) ? one(rendered.notification(type, viewer)) : nothing
}

function related(rendered: Rendered, event: RelationEvent, feed: FeedKey, viewer: Viewer | null): readonly string[] {
  if (viewer === null) return nothing
  if (event.kind === 'follow') {
    if (feed.kind === 'home' && event.actorId === viewer.id) return [changed(rendered, event.on, event.targetId)]
    return feed.kind === 'notifications' && event.targetId === viewer.id
      ? noticed(rendered, event, 'follow', viewer)
      : nothing
  }
  if (event.actorId === viewer.id) return [changed(rendered, !event.on, event.targetId)]
  return event.kind === 'block' && event.targetId === viewer.id
    ? [changed(rendered, !event.on, event.actorId)]
    : nothing
}

function changed(rendered: Rendered, added: boolean, id: UserId): string {
  return added ? rendered.sources([id], []) : rendered.sources([], [id])
}

/** Whether an entry of this kind can ever become a message: the others are not worth a place in a scan. */
export function isDeliverable(event: LogEvent): boolean {
  return event.kind !== 'user' && event.kind !== 'session'
}
