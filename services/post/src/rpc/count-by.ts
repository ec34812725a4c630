import { os, type PostRpc } from './post-rpc.js'

export function countBy({ store }: PostRpc) {
  return os.posts.countBy.handler(async ({ input }) => ({ posts: await store.countBy(input.userId) }))
}
