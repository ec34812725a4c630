import { isVisible } from '@skein/visibility'
import type { Parts } from '../parts.js'
import { beginRead } from '../reads/begin-read.js'
import { present, readRecords } from '../reads/posts.js'
import { os } from './os.js'

/** Posts by id, in the order asked for; those of a muted person too, since they were asked for. */
export function postsMethod(parts: Parts) {
  return os.posts.handler(async ({ input: { ids }, context, signal }) => {
    const read = await beginRead(parts, { context, signal })
    const records = await readRecords(parts, ids, read.call)
    const visible = ids.flatMap((id) => {
      const post = records.get(id)
      const candidate = post && { actorId: post.authorId, repost: false, post }
      return candidate && isVisible('user', candidate, read.viewer) ? [candidate.post] : []
    })
    const presented = await present(parts, read, visible)
    return { items: visible.flatMap((record) => presented.post(record) ?? []) }
  })
}
