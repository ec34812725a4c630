import { placeOf } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginRead } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { os } from './os.js'

/** Posts and replies with the words asked for, newest first. */
export function searchMethod(parts: Parts) {
  return os.feeds.search.handler(async ({ input: { q, ...page }, context, signal }) => {
    const place = placeOf(page)
    const read = await beginRead(parts, { context, signal })
    const feed: PostFeed = { kind: 'search', list: (range) => parts.post.entries.search({ ...range, q }, read.call) }
    return readFeedPage(parts, read, place, feed)
  })
}
