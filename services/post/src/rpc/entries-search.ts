import { searchWords } from '../domain/search-words.js'
import { os, type PostRpc } from './post-rpc.js'

export function entriesSearch({ store }: PostRpc) {
  return os.entries.search.handler(async ({ input: { q, ...range } }) => ({
    items: await store.entries.search(searchWords(q), range),
  }))
}
