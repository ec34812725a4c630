import { AppError } from '@skein/contracts'
import type { ThrottleConfig } from './config.js'

/** Slows down guessing. Held in memory, by key (a handle, an account): never a lock that lasts. */
export interface Throttle {
  /**
   * Counts a try as failed before it is made, so that many at once gain nothing. @throws AppError rate_limited while the
   * key must wait; a try refused is not counted.
   */
  begin(key: string): Try
}

export interface Try {
  /** The password was right: the key is free again. */
  succeed(): void
  /** It was never tried. */
  undo(): void
}

interface Tries {
  readonly count: number
  readonly lastAtMs: number
}

/** @param now epoch ms */
export function createThrottle(config: ThrottleConfig, now: () => number): Throttle {
  const tries = new Map<string, Tries>()

  function held(key: string): Tries | undefined {
    const found = tries.get(key)
    return found !== undefined && now() - found.lastAtMs < config.forgetMs ? found : undefined
  }

  function put(key: string, next: Tries): void {
    tries.delete(key)
    tries.set(key, next)
    const [oldest] = tries.keys()
    if (tries.size > config.maxKeys && oldest !== undefined) tries.delete(oldest)
  }

  return {
    begin(key) {
      const before = held(key)
      const waitMs = before === undefined ? 0 : before.lastAtMs + delayOf(before.count, config) - now()
      if (waitMs > 0) throw new AppError('rate_limited', { retryAfterMs: waitMs })
      put(key, { count: (before?.count ?? 0) + 1, lastAtMs: now() })
      return {
        succeed: () => void tries.delete(key),
        undo: () => {
          const after = held(key)
          if (after !== undefined) put(key, { ...after, count: after.count - 1 })
        },
      }
    },
  }
}

/** How long to wait after so many failed tries. */
export function delayOf(failed: number, { freeTries, firstDelayMs, maxDelayMs }: ThrottleConfig): number {
  return failed < freeTries ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failed - freeTries, 30))
}
