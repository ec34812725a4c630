import { seededRandom } from '@skein/platform/testing'

/** Chance that can be repeated. */
export interface Chance {
  readonly seed: number
  /** 0 ≤ x < 1 */
  next(): number
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  pick<T>(items: readonly T[]): T
}

/** From the variable SEED, or another one each time. */
export const seed = (): number => Number(process.env['SEED'] ?? Date.now() % 0x7fffffff)

/** Prints its seed, so that a failure can be repeated. */
export function createChance(own = seed()): Chance {
  console.log(`      seed ${own}`)
  const random = seededRandom(own)
  const next = () => random.next()
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    seed: own,
    next,
    between,
    pick(items) {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
