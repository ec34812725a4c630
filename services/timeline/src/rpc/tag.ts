import { placeOf } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginRead } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { os } from './os.js'

/** Posts and replies with a tag. */
export function tagMethod(parts: Parts) {
  return os.feeds.tag.handler(async ({ input: { tag, ...page }, context, signal }) => {
    const place = placeOf(page)
    const read = await beginRead(parts, { context, signal })
    const feed: PostFeed = { kind: 'tag', list: (range) => parts.post.entries.byTag({ ...range, tag }, read.call) }
    return readFeedPage(parts, read, place, feed)
  })
}
