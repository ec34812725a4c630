/** Anything a feed is ordered by. */
export interface Line<Id extends string = string> {
  readonly id: Id
}

/**
 * The `limit` lines nearest to the bound of two lists that are each complete up to their own length: the newest ones of
 * an older-going read, the oldest ones of a newer-going read. Takes and returns newest first.
 */
export function mergeNearest<T extends Line>(a: readonly T[], b: readonly T[], limit: number, going: Going): T[] {
  const merged: T[] = []
  let i = 0
  let j = 0
  for (;;) {
    const left = a[i]
    const right = b[j]
    const next = right === undefined || (left !== undefined && left.id > right.id) ? left : right
    if (next === undefined) break
    merged.push(next)
    if (next === left) i++
    else j++
  }
  return going === 'older' ? merged.slice(0, limit) : merged.slice(-limit)
}

/** The way a read goes from where it starts. */
export type Going = 'older' | 'newer'
