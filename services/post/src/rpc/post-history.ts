import { AppError } from '@skein/contracts'
import { os, type PostRpc } from './post-rpc.js'

/** Revisions answered, the newest ones. */
const historyMax = 100

export function postHistory({ store }: PostRpc) {
  return os.posts.history.handler(async ({ input: { id } }) => {
    const [post] = await store.byIds([id], null)
    if (post === undefined) throw new AppError('not_found')
    if (post.deletedAtMs !== undefined) throw new AppError('gone')
    return { items: await store.history(id, historyMax) }
  })
}
