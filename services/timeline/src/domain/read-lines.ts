import type { EntryId } from '@skein/contracts'
import type { Budget } from './budget.js'
import type { Going, Line } from './merge-newest.js'

/** A feed as the walk reads it. */
export interface Feed<L extends Line<EntryId>, T extends Line<EntryId>> {
  /** The most `lines` may be asked for. */
  readonly maxLines: number
  /** The lines nearest to the bound, newest first; fewer than `limit` only at the end of the feed. */
  lines(range: LineRange): Promise<readonly L[]>
  /** false when the line alone says that it will not be shown. */
  mayShow(line: L): boolean
  /** The lines as they are shown, in the same order; those that are not visible are left out. */
  show(lines: readonly L[]): Promise<readonly T[]>
}

/** Strictly older than `before`, or strictly newer than `after`. */
export interface LineRange {
  readonly limit: number
  readonly before?: EntryId
  readonly after?: EntryId
}

/** `from` is exclusive, absent: from the newest. `want`: how many shown lines to find. */
export type Walk =
  | { readonly going: 'older'; readonly from: EntryId | undefined; readonly want: number }
  | { readonly going: 'newer'; readonly from: EntryId; readonly want: number }

export interface Found<T> {
  /** The nearest to the start first; never more than wanted. */
  readonly shown: readonly T[]
  /** Nothing lies behind what was looked at: what is missing from `want` is not there. */
  readonly ended: boolean
  /** Everything from the start to this id was looked at; absent in an empty feed. */
  readonly reached: EntryId | undefined
}

/** More ids than posts are asked for: ids are cheaper, and what is filtered out has to be replaced. */
const idsFor = (want: number): number => want + Math.max(8, want >> 1)
const postsFor = (want: number): number => want + (want >> 2)

/**
 * Reads on until the wanted number of lines is shown, the feed ends, or the budget is spent. Each round looks at twice
 * what the last one did, so that a long filtered stretch costs few rounds.
 */
export async function readLines<L extends Line<EntryId>, T extends Line<EntryId>>(
  feed: Feed<L, T>,
  walk: Walk,
  budget: Budget,
): Promise<Found<T>> {
  const shown: T[] = []
  let queue: L[] = []
  let ended = false
  let end = walk.from
  let reached: EntryId | undefined
  let ids = 0
  let posts = 0
  while (shown.length < walk.want && !(ended && queue.length === 0) && (ids === 0 || budget.goesOn())) {
    const startedAtMs = budget.now()
    const missing = walk.want - shown.length
    let looked = 0
    if (queue.length === 0) {
      ids = Math.min(feed.maxLines, Math.max(idsFor(missing), 2 * ids))
      const lines = await feed.lines({ limit: ids, ...boundOf(walk.going, end) })
      ended = lines.length < ids
      end = lines.at(walk.going === 'older' ? -1 : 0)?.id ?? end
      looked = lines.length
      queue = lines.filter((line) => feed.mayShow(line))
      if (walk.going === 'newer') queue.reverse()
    }
    posts = Math.max(postsFor(missing), 2 * posts)
    const taken = queue.splice(0, posts)
    if (taken.length > 0) shown.push(...(await feed.show(taken)))
    reached = queue.length === 0 ? end : (taken.at(-1)?.id ?? reached)
    budget.spend(startedAtMs, Math.max(1, looked))
  }
  return { shown: shown.slice(0, walk.want), ended: ended && queue.length === 0, reached }
}

function boundOf(going: Going, id: EntryId | undefined): { before?: EntryId; after?: EntryId } {
  if (id === undefined) return {}
  return going === 'older' ? { before: id } : { after: id }
}
