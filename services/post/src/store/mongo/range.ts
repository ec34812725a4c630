import type { Range } from '@skein/contracts'
import { aboveAllIds, belowAllIds } from '../../domain/ids.js'
import { op } from './schema.js'

/** A range as a query takes it. Both ends are exclusive. */
export interface Bounds {
  readonly after: string
  readonly before: string
  /** 1: the oldest first, for a range with `after`. */
  readonly order: 1 | -1
  readonly limit: number
}

export function boundsOf({ limit, before, after }: Range): Bounds {
  return { after: after ?? belowAllIds, before: before ?? aboveAllIds, order: after === undefined ? -1 : 1, limit }
}

export function within({ after, before }: Bounds): { $gt: string; $lt: string } {
  return op({ $gt: after, $lt: before })
}

/** The first of several lists that are each in the bounds' order. */
export function merge<T extends { readonly id: string }>(
  lists: readonly (readonly T[])[],
  { order, limit }: Bounds,
): T[] {
  return lists
    .flat()
    .sort((a, b) => (a.id < b.id ? -order : order))
    .slice(0, limit)
}

/**
 * Reads on until the page is full or nothing is left, because `keep` may leave out lines whose post is deleted. Newest
 * first, whatever the order of reading.
 */
export async function fillPage<T extends { readonly id: string }>(
  bounds: Bounds,
  read: (bounds: Bounds) => Promise<T[]>,
  keep: (lines: T[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let rest = bounds; ;) {
    const lines = await read(rest)
    found.push(...(await keep(lines)))
    const last = lines.at(-1)
    if (last === undefined || lines.length < bounds.limit || found.length >= bounds.limit) break
    rest = { ...rest, ...(bounds.order === 1 ? { after: last.id } : { before: last.id }) }
  }
  const page = found.slice(0, bounds.limit)
  return bounds.order === 1 ? page.reverse() : page
}

/** In the order of the items, so many at a time. */
export async function inBatches<T, R>(items: readonly T[], size: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += size)
    results.push(...(await Promise.all(items.slice(start, start + size).map(run))))
  return results
}
