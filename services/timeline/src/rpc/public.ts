import { placeOf } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginRead } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { os } from './os.js'

/** Posts that are not replies, by anyone. */
export function publicMethod(parts: Parts) {
  return os.feeds.public.handler(async ({ input, context, signal }) => {
    const place = placeOf(input)
    const read = await beginRead(parts, { context, signal })
    const feed: PostFeed = { kind: 'public', list: (range) => parts.post.entries.public(range, read.call) }
    return readFeedPage(parts, read, place, feed)
  })
}
