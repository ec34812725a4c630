import { os, type PostRpc } from './post-rpc.js'

export function entriesPublic({ store }: PostRpc) {
  return os.entries.public.handler(async ({ input }) => ({ items: await store.entries.public(input) }))
}
