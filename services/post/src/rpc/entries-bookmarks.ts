import { actorOf, os, type PostRpc } from './post-rpc.js'

export function entriesBookmarks({ store }: PostRpc) {
  return os.entries.bookmarks.handler(async ({ input, context }) => ({
    items: await store.entries.bookmarks(actorOf(context), input),
  }))
}
