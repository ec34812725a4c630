import type { Trend } from '@skein/contracts'
import type { Clock } from '@skein/platform'
import { asNobody, type CallOptions, type PostReads } from '../ports.js'

export interface Trends {
  /** The first `limit` of the last 24 h. */
  top(limit: number, call: CallOptions): Promise<Trend[]>
  clear(): void
}

export interface TrendsOptions {
  readonly post: PostReads
  readonly clock: Pick<Clock, 'now'>
  readonly ttlMs: number
}

const dayMs = 24 * 3_600_000
const keptItems = 20

/** Trends, asked for once in `ttlMs` for all readers. A failure is not kept. */
export function createTrends({ post, clock, ttlMs }: TrendsOptions): Trends {
  let kept: { readonly trends: Promise<Trend[]>; readonly untilMs: number } | undefined

  async function read(call: CallOptions): Promise<Trend[]> {
    const { items } = await post.tags.trending({ sinceMs: clock.now() - dayMs, limit: keptItems }, asNobody(call))
    return items
  }

  return {
    async top(limit, call) {
      if (kept === undefined || kept.untilMs <= clock.now()) {
        kept = { trends: read(call), untilMs: clock.now() + ttlMs }
      }
      const mine = kept
      try {
        return (await mine.trends).slice(0, limit)
      } catch (cause) {
        if (kept === mine) kept = undefined
        throw cause
      }
    },
    clear() {
      kept = undefined
    },
  }
}
