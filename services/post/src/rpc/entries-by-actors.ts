import { os, type PostRpc } from './post-rpc.js'

export function entriesByActors({ store }: PostRpc) {
  return os.entries.byActors.handler(async ({ input: { actorIds, replies, ...range } }) => ({
    items: await store.entries.byActors(actorIds, range, replies),
  }))
}
