import type { Trend } from '@skein/contracts'
import type { Clock } from '@skein/platform'
import { asNobody, type CallOptions, type PostReads } from '../ports.js'

export interface Trends {
  /** The first `limit` of the last 24 h. */
  top(limit: number, call: CallOptions): Promise<Trend[]>
  /** What another replica read just now: nobody here asks for as long as it is fresh. */
  hear(trends: readonly Trend[]): void
  clear(): void
}

export interface TrendsOptions {
  readonly post: PostReads
  readonly clock: Pick<Clock, 'now'>
  readonly ttlMs: number
  /** Told what was read here, to pass it on to the other replicas. Must not throw. */
  readonly onRead?: ((trends: readonly Trend[]) => void) | undefined
}

const dayMs = 24 * 3_600_000
const keptItems = 20

/** Trends, asked for once in `ttlMs` for all readers. A failure is not kept. */
export function createTrends({ post, clock, ttlMs, onRead }: TrendsOptions): Trends {
  let kept: { readonly trends: Promise<readonly Trend[]>; readonly untilMs: number } | undefined

  async function read(call: CallOptions): Promise<Trend[]> {
    const { items } = await post.tags.trending({ sinceMs: clock.now() - dayMs, limit: keptItems }, asNobody(call))
    onRead?.(items)
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
    hear(trends) {
      kept = { trends: Promise.resolve(trends), untilMs: clock.now() + ttlMs }
    },
    clear() {
      kept = undefined
    },
  }
}
