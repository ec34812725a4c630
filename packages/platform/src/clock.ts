/** Undoes a timer. Calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void

/** Where "now" and every timer come from. */
export interface Clock {
  /** Epoch milliseconds, UTC, an integer. */
  now(): number
  /** Runs `fn` once, not before `ms` (at most 24 days). Keeps the process alive until it ran or was cancelled. */
  after(ms: number, fn: () => void): Cancel
  /** Runs `fn` every `ms`, first after `ms`. Does not keep the process alive. */
  every(ms: number, fn: () => void): Cancel
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.max(0, ms))
    return () => clearTimeout(timer)
  },
  every(ms, fn) {
    const timer = setInterval(fn, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
