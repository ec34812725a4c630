import { readTag } from '../domain/entities.js'
import { os, type PostRpc } from './post-rpc.js'

export function entriesByTag({ store }: PostRpc) {
  return os.entries.byTag.handler(async ({ input: { tag, ...range } }) => ({
    items: await store.entries.byTag(readTag(tag) ?? tag, range),
  }))
}
