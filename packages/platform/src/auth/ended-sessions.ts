import type { Clock } from '../clock.js'

/** Sessions that ended while access tokens of theirs may still be alive. Kept in memory until those expired. */
export interface EndedSessions {
  /** Idempotent; the later of two ends counts. */
  end(sessionId: string, untilMs: number): void
  has(sessionId: string): boolean
  readonly size: number
}

const sweepEveryMs = 60_000

/** Forgets by itself, at most once a minute, when a session is added. */
export function createEndedSessions({ clock }: { readonly clock: Clock }): EndedSessions {
  const untilById = new Map<string, number>()
  let nextSweepAtMs = clock.now() + sweepEveryMs

  function sweep(nowMs: number): void {
    if (nowMs < nextSweepAtMs) return
    nextSweepAtMs = nowMs + sweepEveryMs
    for (const [id, untilMs] of untilById) if (untilMs <= nowMs) untilById.delete(id)
  }

  return {
    end(sessionId, untilMs) {
      const nowMs = clock.now()
      sweep(nowMs)
      if (untilMs > nowMs) untilById.set(sessionId, Math.max(untilMs, untilById.get(sessionId) ?? 0))
    },
    has: (sessionId) => (untilById.get(sessionId) ?? 0) > clock.now(),
    get size() {
      return untilById.size
    },
  }
}
