import type { TagUse } from '../store/post-store.js'
import { os, type PostRpc } from './post-rpc.js'

/** An answer is given again for this long, to whoever asks about the same time. */
const maxAgeMs = 2_000
const limitMax = 50

interface Held {
  readonly atMs: number
  readonly sinceMs: number
  readonly uses: Promise<TagUse[]>
}

export function tagsTrending({ store, clock }: PostRpc) {
  let held: Held | undefined

  function isFresh({ atMs, sinceMs }: Held, nowMs: number, wantedMs: number): boolean {
    return Math.abs(nowMs - atMs) < maxAgeMs && Math.abs(wantedMs - sinceMs) < maxAgeMs
  }

  return os.tags.trending.handler(async ({ input: { sinceMs, limit } }) => {
    const nowMs = clock.now()
    if (held === undefined || !isFresh(held, nowMs, sinceMs))
      held = { atMs: nowMs, sinceMs, uses: store.trending({ sinceMs, nowMs, limit: limitMax }) }
    return { items: (await held.uses).slice(0, limit) }
  })
}
