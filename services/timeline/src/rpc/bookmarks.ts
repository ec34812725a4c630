import { placeOf } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginOwnRead } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { os } from './os.js'

/** What the reader kept, the last kept first. */
export function bookmarksMethod(parts: Parts) {
  return os.feeds.bookmarks.handler(async ({ input, context, signal }) => {
    const place = placeOf(input)
    const read = await beginOwnRead(parts, { context, signal })
    const feed: PostFeed = { kind: 'bookmarks', list: (range) => parts.post.entries.bookmarks(range, read.call) }
    return readFeedPage(parts, read, place, feed)
  })
}
