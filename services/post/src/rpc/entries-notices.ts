import { actorOf, os, type PostRpc } from './post-rpc.js'

export function entriesNotices({ store }: PostRpc) {
  return os.entries.notices.handler(async ({ input: { types, ...range }, context }) => ({
    items: await store.entries.notices(actorOf(context), range, types),
  }))
}
