import { os, type PostRpc } from './post-rpc.js'

export function tagsSearch({ store }: PostRpc) {
  return os.tags.search.handler(async ({ input: { prefix, limit } }) => ({
    items: await store.tagsWith(
      prefix
        .replace(/^[#＃]/, '')
        .toLowerCase()
        .normalize('NFC'),
      limit,
    ),
  }))
}
