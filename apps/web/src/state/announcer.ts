import { signal, type ReadonlySignal } from '@preact/signals'

export interface Announcer {
  /** What the polite status region holds. */
  readonly words: ReadonlySignal<string>
  /** Says it now, or when 10 s have passed since the last words; of several that wait, the newest is said. */
  say(words: string): void
}

export interface Timers {
  nowMs(): number
  after(ms: number, run: () => void): void
}

const everyMs = 10_000

export const browserTimers: Timers = { nowMs: () => Date.now(), after: (ms, run) => void setTimeout(run, ms) }

/** Speaks to a screen reader at most every 10 s. */
export function createAnnouncer(timers: Timers = browserTimers): Announcer {
  const words = signal('')
  let saidAtMs = -everyMs
  let waiting: string | null = null
  const speak = (text: string) => {
    saidAtMs = timers.nowMs()
    words.value = text
  }
  const later = () => {
    if (waiting !== null) speak(waiting)
    waiting = null
  }
  return {
    words,
    say(text) {
      const waitMs = saidAtMs + everyMs - timers.nowMs()
      if (waitMs <= 0) return speak(text)
      if (waiting === null) timers.after(waitMs, later)
      waiting = text
    },
  }
}
