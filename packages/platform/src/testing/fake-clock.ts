import { setImmediate as turn } from 'node:timers/promises'
import type { Cancel, Clock } from '../clock.js'

export interface FakeClock extends Clock {
  /** Lets time pass: timers fire in order, each at its own "now". What they started has not settled yet. */
  advance(ms: number): void
  /** The same, letting promises settle between timers and at the end. */
  run(ms: number): Promise<void>
  /** Timers that are waiting. */
  readonly pending: number
}

type Timer = { atMs: number; readonly order: number; readonly fn: () => void; readonly everyMs: number | undefined }

/** A clock that stands still until told. */
export function fakeClock(startMs = 1_700_000_000_000): FakeClock {
  const timers = new Set<Timer>()
  let nowMs = startMs
  let order = 0

  function add(ms: number, fn: () => void, everyMs?: number): Cancel {
    const timer: Timer = { atMs: nowMs + Math.max(0, ms), order: order++, fn, everyMs }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  function fireNext(untilMs: number): boolean {
    const [next] = [...timers]
      .filter(({ atMs }) => atMs <= untilMs)
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order)
    if (next === undefined) return false
    nowMs = Math.max(nowMs, next.atMs)
    if (next.everyMs === undefined) timers.delete(next)
    else next.atMs += next.everyMs
    next.fn()
    return true
  }

  return {
    now: () => nowMs,
    after: (ms, fn) => add(ms, fn),
    every: (ms, fn) => add(ms, fn, Math.max(1, ms)),
    get pending() {
      return timers.size
    },
    advance(ms) {
      const untilMs = nowMs + ms
      while (fireNext(untilMs)) continue
      nowMs = untilMs
    },
    async run(ms) {
      const untilMs = nowMs + ms
      do await turn()
      while (fireNext(untilMs))
      nowMs = untilMs
      await turn()
    },
  }
}
