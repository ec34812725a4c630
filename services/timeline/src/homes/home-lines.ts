import type { EntryId, Skeleton } from '@skein/contracts'
import type { LineRange } from '../domain/read-lines.js'
import type { PostFeed } from '../reads/post-feed.js'
import type { StoredHome } from './home-store.js'

type List = PostFeed['list']

/** A stored home as the lines of a feed: from it as far as it is complete, older ones from the database. */
export function storedLines(home: StoredHome, database: List): List {
  return async (range) => ({ items: range.after === undefined ? await older(range) : await newer(range, range.after) })

  async function older({ limit, before }: LineRange): Promise<Skeleton[]> {
    const items: Skeleton[] = []
    for (let from = before; items.length < limit;) {
      const found = await home.lines({ limit: limit - items.length, ...(from === undefined ? {} : { before: from }) })
      items.push(...(found?.items ?? []))
      if (found?.end !== undefined && found.end.floor === undefined) break
      if (items.length === limit) break
      if (found === undefined || found.end !== undefined) {
        const bound = lesser(from, found?.end?.floor)
        const rest = await database({ limit: limit - items.length, ...(bound === undefined ? {} : { before: bound }) })
        items.push(...rest.items)
        break
      }
      from = found.reached
    }
    return items
  }

  async function newer({ limit }: LineRange, after: EntryId): Promise<readonly Skeleton[]> {
    let items: Skeleton[] = []
    for (let from = after; items.length < limit;) {
      const found = await home.lines({ limit: limit - items.length, after: from })
      if (found === undefined) return (await database({ limit, after })).items
      items = [...found.items, ...items]
      if (found.end !== undefined || found.reached === undefined) break
      from = found.reached
    }
    return items
  }
}

function lesser(a: EntryId | undefined, b: EntryId | undefined): EntryId | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a < b ? a : b
}
