import type { FeedItem, FeedPage, Skeleton } from '@skein/contracts'
import { isActorVisible, isVisible, type FilteredFeed } from '@skein/visibility'
import type { Feed, LineRange } from '../domain/read-lines.js'
import { readPage, type Place } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import type { Read } from './begin-read.js'
import { present, readRecords } from './posts.js'

export interface PostFeed {
  /** What the filter knows it as. */
  readonly kind: FilteredFeed
  /** Its lines by id alone, as the post service lists them. */
  readonly list: (range: LineRange) => Promise<{ readonly items: readonly Skeleton[] }>
}

const skeletonsMax = 500

/** The one pipeline of every feed of posts: skeletons, their posts, the filter, the client's form. */
function postFeed(parts: Parts, read: Read, { kind, list }: PostFeed): Feed<Skeleton, FeedItem> {
  return {
    maxLines: skeletonsMax,
    lines: async (range) => (await list(range)).items,
    mayShow: ({ actorId }) => isActorVisible(kind, actorId, read.viewer),
    async show(lines) {
      const records = await readRecords(
        parts,
        lines.map((line) => line.postId),
        read.call,
      )
      const visible = lines.flatMap((line) => {
        const post = records.get(line.postId)
        const candidate = post && { actorId: line.actorId, repost: line.repost, post }
        return candidate && isVisible(kind, candidate, read.viewer) ? [{ line, post: candidate.post }] : []
      })
      if (visible.length === 0) return []
      const presented = await present(
        parts,
        read,
        visible.map(({ post }) => post),
        visible.flatMap(({ line }) => (line.repost ? [line.actorId] : [])),
      )
      return visible.flatMap(({ line, post: record }): FeedItem[] => {
        const post = presented.post(record)
        if (post === undefined) return []
        if (!line.repost) return [{ id: line.id, post }]
        const repostedBy = presented.card(line.actorId)
        return repostedBy === undefined ? [] : [{ id: line.id, post, repostedBy }]
      })
    },
  }
}

/** One page of a feed of posts, with the cursor to subscribe from. */
export async function readFeedPage(parts: Parts, read: Read, place: Place, feed: PostFeed): Promise<FeedPage> {
  const page = await readPage(postFeed(parts, read, feed), place, read.budget)
  if (page.items.length < place.limit && page.next !== null && !('after' in place)) {
    parts.logger.warn({ requestId: read.call.context.requestId, feed: feed.kind }, 'a page was left short')
  }
  return { ...page, cursor: read.cursor }
}
