import { os, viewerOf, type PostRpc } from './post-rpc.js'

export function postsByIds({ store }: PostRpc) {
  return os.posts.byIds.handler(async ({ input, context }) => ({
    items: await store.byIds(input.ids, viewerOf(context)),
  }))
}
