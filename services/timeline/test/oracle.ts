import type { Skeleton, UserId } from '@skein/contracts'
import { isNoticeVisible, isVisible, viewerOf, type FilteredFeed } from '@skein/visibility'
import { newestFirst, type Model } from './model.js'
import { tag } from './random-model.js'

/** The ids of a whole feed as its reader sees it, newest first, straight from the model. */
export function visibleIds(
  model: Model,
  kind: FilteredFeed,
  lines: readonly Skeleton[],
  reader: UserId | undefined,
): string[] {
  const viewer = reader === undefined ? null : viewerOf(model.edgesOf(reader))
  return lines
    .filter(({ actorId, postId }) => model.cards.has(actorId) && model.cards.has(model.record(postId).authorId))
    .filter((line) => isVisible(kind, { ...line, post: model.record(line.postId) }, viewer))
    .map(({ id }) => id)
}

export function homeIds(model: Model, reader: UserId): string[] {
  return visibleIds(
    model,
    'home',
    model.lines(() => true, { reposts: true }),
    reader,
  )
}
export function publicIds(model: Model, reader: UserId | undefined): string[] {
  return visibleIds(
    model,
    'public',
    model.lines(({ replyTo }) => replyTo === undefined),
    reader,
  )
}
export function tagIds(model: Model, reader: UserId | undefined): string[] {
  return visibleIds(
    model,
    'tag',
    model.lines(({ tags }) => tags.some((t) => t === tag)),
    reader,
  )
}
export function searchIds(model: Model, reader: UserId | undefined, q: string): string[] {
  return visibleIds(
    model,
    'search',
    model.lines(({ text }) => text.includes(q)),
    reader,
  )
}
export function userIds(model: Model, reader: UserId | undefined, person: UserId): string[] {
  const lines = model.lines(() => true, { reposts: true }).filter(({ actorId }) => actorId === person)
  return visibleIds(model, 'user', lines, reader)
}
export function bookmarkIds(model: Model, reader: UserId): string[] {
  return visibleIds(model, 'bookmarks', model.bookmarksOf(reader), reader)
}
export function belowIds(model: Model, reader: UserId | undefined, postId: string): string[] {
  const lines = model.lines(({ path }) => path.some((id) => id === postId), { deleted: true })
  return visibleIds(model, 'thread', lines, reader)
}
export function noticeIds(model: Model, reader: UserId, only: 'all' | 'mentions' = 'all'): string[] {
  const viewer = viewerOf(model.edgesOf(reader))
  return [...model.noticesOf(reader), ...(only === 'all' ? model.followNoticesOf(reader) : [])]
    .sort(newestFirst)
    .filter(({ type }) => only === 'all' || ['mention', 'reply', 'quote'].includes(type))
    .filter(
      ({ actorId, postId }) =>
        isNoticeVisible(actorId, viewer) &&
        model.cards.has(actorId) &&
        (postId === undefined || !model.isDeleted(postId)),
    )
    .map(({ id }) => id)
}
