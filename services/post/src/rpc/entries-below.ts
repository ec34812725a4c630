import { os, type PostRpc } from './post-rpc.js'

export function entriesBelow({ store }: PostRpc) {
  return os.entries.below.handler(async ({ input: { postId, ...range } }) => ({
    items: await store.entries.below(postId, range),
  }))
}
