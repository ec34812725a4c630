import { least } from './cursor.js'
import type { CallOptions, Cursor, PageCursor, Post } from './types.js'

/** A page of lines as every feed has it, and what some have beside. */
export interface LinePage<T> {
  items: T[]
  next: PageCursor | null
  cursor: Cursor
  post?: Post
  ancestors?: Post[]
  readUpTo?: string | null
  unread?: number
}
export type FetchPage<T> = (at: { limit: number; before?: PageCursor }, options: CallOptions) => Promise<LinePage<T>>

/** What is held before the read. */
export interface Held {
  count: number
  /** The newest id; '' when nothing is held. */
  top: string
  /** The oldest id, when there is more below it. */
  floor: string | null
}

export interface Range<T> {
  lines: T[]
  next: PageCursor | null
  /** Where to subscribe from: no page knows less. */
  cursor: Cursor
  first: LinePage<T>
}

/** More than this many new lines are not read in one go. */
const newMax = 1_000
const pageMax = 100

/**
 * Reads from the newest down to the floor of what is held, so that the whole can be put in its place. It stops early,
 * with `next` set, when more than 1,000 lines are new. `held` null: one page only.
 */
export async function readRange<T extends { readonly id: string }>(
  fetchPage: FetchPage<T>,
  pageSize: number,
  held: Held | null,
  options: CallOptions,
): Promise<Range<T>> {
  const limit = held === null ? pageSize : Math.min(pageMax, Math.max(pageSize, held.count + pageSize))
  const first = await fetchPage({ limit }, options)
  const range: Range<T> = { lines: [...first.items], next: first.next, cursor: first.cursor, first }
  if (held === null) return range
  while (!isEnough(range, held)) {
    const page = await fetchPage({ limit, before: range.next ?? '' }, options)
    range.lines.push(...page.items)
    range.next = page.next
    range.cursor = least(range.cursor, page.cursor) ?? range.cursor
  }
  return range
}

function isEnough<T extends { readonly id: string }>({ lines, next }: Range<T>, held: Held): boolean {
  const last = lines.at(-1)?.id
  if (next === null || held.floor === '' || lines.length >= newMax + held.count) return true
  if (last === undefined) return false
  return (held.floor !== null && last <= held.floor) || (last > held.top && lines.length >= newMax)
}
