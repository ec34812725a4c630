import type { Env } from '../../src/timing.js'

/** Time that stands still until it is moved. */
export class FakeClock implements Env {
  #now = 1_000_000
  #timers = new Set<{ atMs: number; run: () => void }>()
  now = (): number => this.#now
  random = (): number => 0.5
  after = (ms: number, run: () => void): (() => void) => {
    const timer = { atMs: this.#now + ms, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
  /** Moves on by `ms`, running what falls due in its order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.atMs)
      due.run()
      await settle()
    }
    this.#now = endMs
    await settle()
  }
}

/** Lets every promise that can go on go on. */
export function settle(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}
