import type { Cursor } from './types.js'

/*
 * Cursors are opaque to users. This package reads version `s1` (a position a lane) only to spare itself repeats when two
 * subscribers of one feed stand at different places; cursors it cannot read or compare are handled without comparing.
 */

interface Place {
  epoch: string
  seq: number
}

/** Whether everything up to `a` is within what is up to `b`; null when they cannot be compared. */
export function isWithin(a: Cursor, b: Cursor): boolean | null {
  if (a === b) return true
  const pairs = pairsOf(a, b)
  return pairs === null ? null : pairs.every(([x, y]) => x.seq <= y.seq)
}

/** The furthest of both in every lane; `b` when they cannot be compared. */
export function furthest(a: Cursor, b: Cursor): Cursor {
  return combine(a, b, Math.max) ?? b
}

/** The least of both in every lane; null when they cannot be compared. */
export function least(a: Cursor, b: Cursor): Cursor | null {
  return a === b ? a : combine(a, b, Math.min)
}

function combine(a: Cursor, b: Cursor, choose: (x: number, y: number) => number): Cursor | null {
  const pairs = pairsOf(a, b)
  if (pairs === null) return null
  return `s1.${pairs.map(([x, y]) => `${x.epoch}-${choose(x.seq, y.seq).toString(36)}`).join('.')}`
}

function pairsOf(a: Cursor, b: Cursor): [Place, Place][] | null {
  const left = placesOf(a)
  const right = placesOf(b)
  if (left === null || left.length !== right?.length) return null
  const pairs: [Place, Place][] = []
  for (const [index, place] of left.entries()) {
    const other = right[index]
    if (other?.epoch !== place.epoch) return null
    pairs.push([place, other])
  }
  return pairs
}

function placesOf(cursor: Cursor): Place[] | null {
  const [version, ...parts] = cursor.split('.')
  const places = parts.map((part) => {
    const [epoch = '', seq = ''] = part.split('-')
    return { epoch, seq: Number.parseInt(seq, 36) }
  })
  return version === 's1' && places.length > 0 && places.every((p) => p.seq >= 0) ? places : null
}
