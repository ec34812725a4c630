import { AppError } from '@skein/contracts'
import { placeOf } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginRead } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { os } from './os.js'

/** Posts and reposts of a person. A mute does not hide them from who asks; a block either way does. */
export function userMethod(parts: Parts) {
  return os.feeds.user.handler(async ({ input: { handle, replies, ...page }, context, signal }) => {
    const place = placeOf(page)
    const read = await beginRead(parts, { context, signal })
    const person = await parts.people.byHandle(handle, read.call)
    if (person === undefined) throw new AppError('not_found')
    if (read.viewer !== null && read.viewer.blocked(person.id)) throw new AppError('blocked')
    const feed: PostFeed = {
      kind: 'user',
      list: (range) => parts.post.entries.byActors({ ...range, actorIds: [person.id], replies }, read.call),
    }
    return readFeedPage(parts, read, place, feed)
  })
}
