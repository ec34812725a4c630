import { AppError, type Post, type PostId, type PostRecord, type ThreadPage } from '@skein/contracts'
import { isVisible } from '@skein/visibility'
import { placeOf } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginRead, type Read } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { present, readRecords } from '../reads/posts.js'
import { os } from './os.js'

/** A post, what is above it and a page of everything below it. */
export function threadMethod(parts: Parts) {
  return os.feeds.thread.handler(async ({ input: { postId, ...page }, context, signal }): Promise<ThreadPage> => {
    const place = placeOf(page)
    const read = await beginRead(parts, { context, signal })
    const feed: PostFeed = {
      kind: 'thread',
      list: (range) => parts.post.entries.below({ ...range, postId }, read.call),
    }
    const focus = await readFocus(parts, read, postId)
    const [above, below] = await Promise.all([readAbove(parts, read, focus), readFeedPage(parts, read, place, feed)])
    return { ...below, ...above }
  })
}

/** The post asked for: shown though it is deleted or its author muted, never across a block. */
async function readFocus(parts: Parts, read: Read, postId: PostId): Promise<PostRecord> {
  const focus = (await readRecords(parts, [postId], read.call)).get(postId)
  if (focus === undefined) throw new AppError('not_found')
  if (read.viewer !== null && read.viewer.blocked(focus.authorId)) throw new AppError('blocked')
  return focus
}

async function readAbove(
  parts: Parts,
  read: Read,
  focus: PostRecord,
): Promise<{ readonly post: Post; readonly ancestors: Post[] }> {
  const records = await readRecords(parts, focus.path, read.call)
  const above = focus.path.flatMap((id) => {
    const post = records.get(id)
    const candidate = post && { actorId: post.authorId, repost: false, post }
    return candidate && isVisible('thread', candidate, read.viewer) ? [candidate.post] : []
  })
  const presented = await present(parts, read, [focus, ...above])
  const post = presented.post(focus)
  if (post === undefined) throw new AppError('not_found')
  return { post, ancestors: above.flatMap((record) => presented.post(record) ?? []) }
}
