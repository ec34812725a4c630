import { setTimeout as wait } from 'node:timers/promises'

/**
 * Calls `fn` until it does not throw and does not return `false`, and resolves to what it returned. Tries every few
 * milliseconds. @throws what the last try threw, once `timeoutMs` is over
 */
export async function eventually<T>(fn: () => T | Promise<T>, timeoutMs = 2_000): Promise<T> {
  const untilMs = Date.now() + timeoutMs
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      const value = await fn()
      if (value !== false) return value
      if (Date.now() >= untilMs) throw new Error(`still false after ${timeoutMs} ms`)
    } catch (thrown) {
      if (Date.now() >= untilMs) throw thrown
    }
    await wait(pauseMs)
  }
}
