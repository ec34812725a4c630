import {
  AppError,
  decodePageCursor,
  encodePageCursor,
  type EntryId,
  type PageCursor,
  type PageInput,
} from '@skein/contracts'
import type { Budget } from './budget.js'
import type { Line } from './merge-newest.js'
import { readLines, type Feed } from './read-lines.js'
import { idAbove, idBelow } from './ulid-neighbours.js'

export interface Page<T> {
  /** Newest first. */
  readonly items: T[]
  readonly next: PageCursor | null
  readonly prev: PageCursor | null
}

interface OlderPlace {
  readonly limit: number
  /** Absent: from the newest. */
  readonly before: EntryId | undefined
}
interface NewerPlace {
  readonly limit: number
  readonly after: EntryId
}
/** A page asked for. */
export type Place = OlderPlace | NewerPlace

/** @throws AppError bad_cursor; invalid when both sides are asked for */
export function placeOf({ limit, before, after }: PageInput): Place {
  if (before !== undefined && after !== undefined)
    throw new AppError('invalid', { fields: { after: 'cannot go with before' } })
  if (after !== undefined) return { limit, after: decodePageCursor(after) }
  return { limit, before: before === undefined ? undefined : decodePageCursor(before) }
}

/**
 * One page of a feed. It is short only at an end of the feed, or when the budget was spent: then its cursors go on from
 * where the read stopped. `next` is null exactly when nothing visible is older.
 */
export function readPage<L extends Line<EntryId>, T extends Line<EntryId>>(
  feed: Feed<L, T>,
  place: Place,
  budget: Budget,
): Promise<Page<T>> {
  return 'after' in place ? readNewer(feed, place, budget) : readOlder(feed, place, budget)
}

async function readOlder<L extends Line<EntryId>, T extends Line<EntryId>>(
  feed: Feed<L, T>,
  { limit, before }: OlderPlace,
  budget: Budget,
): Promise<Page<T>> {
  // One more than asked for: whether it is there decides `next`.
  const found = await readLines(feed, { going: 'older', from: before, want: limit + 1 }, budget)
  const items = found.shown.slice(0, limit)
  const full = found.shown.length > limit
  const last = full ? items.at(-1)?.id : found.ended ? undefined : found.reached
  const first = items[0]
  const prev = first === undefined ? await newerThanNothing(feed, before, budget) : first.id
  return { items, next: cursorOrNull(last), prev: cursorOrNull(prev) }
}

async function readNewer<L extends Line<EntryId>, T extends Line<EntryId>>(
  feed: Feed<L, T>,
  { limit, after }: NewerPlace,
  budget: Budget,
): Promise<Page<T>> {
  const above = idAbove(after) ?? undefined
  const [found, older] = await Promise.all([
    readLines(feed, { going: 'newer', from: after, want: limit }, budget),
    readLines(feed, { going: 'older', from: above, want: 1 }, budget),
  ])
  const items = found.shown.toReversed()
  const hasOlder = older.shown.length > 0 || !older.ended
  return {
    items,
    next: cursorOrNull(hasOlder ? (items.at(-1)?.id ?? above) : undefined),
    prev: cursorOrNull(items.length < limit && !found.ended ? found.reached : items[0]?.id),
  }
}

/** Of an empty page older than `before`: the place from which newer ones, the bound itself among them, are read. */
async function newerThanNothing<L extends Line<EntryId>, T extends Line<EntryId>>(
  feed: Feed<L, T>,
  before: EntryId | undefined,
  budget: Budget,
): Promise<EntryId | undefined> {
  const below = before === undefined ? null : idBelow(before)
  if (below === null) return undefined
  const newer = await readLines(feed, { going: 'newer', from: below, want: 1 }, budget)
  return newer.shown.length > 0 || !newer.ended ? below : undefined
}

function cursorOrNull(id: EntryId | undefined): PageCursor | null {
  return id === undefined ? null : encodePageCursor(id)
}
