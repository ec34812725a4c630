import { clientClosed, toSkeinError, type SkeinError } from './errors.js'
import { backoffMs, sleep, type Env } from './timing.js'
import type { CallOptions } from './types.js'

/** Why the held range is read (again), the weightiest last. */
const needs = ['sources', 'gap', 'all'] as const
export type Need = (typeof needs)[number]

/** When a view reads: one read at a time, what is needed by itself and again until it went well. */
export interface Reads {
  /** Nothing is to be read and nothing is being read. */
  readonly isDone: boolean
  /** To be read soon; the weightiest need wins. */
  want(need: Need): void
  /** Read now, for somebody who waits. @throws what the read throws */
  run(need: Need, call: CallOptions): Promise<void>
  /** Something else that must not meet a read. */
  exclusively<R>(run: () => Promise<R>): Promise<R>
  /** The next read by itself comes no sooner than in three seconds. */
  slowDown(): void
  /** The way is free again: no waiting. */
  wake(): void
}

export interface ReadsDeps {
  env: Env
  closing: AbortSignal
  read(need: Need, call: CallOptions): Promise<void>
  /** After each read, well or not. */
  onRead(): void
  /** Whether a failed read by itself is worth another try. */
  isWorthRetrying(error: SkeinError): boolean
}

const everyMs = 500
const everySlowMs = 3_000

export function createReads(deps: ReadsDeps): Reads {
  const { env, closing } = deps
  let need: Need | null = null
  let doing: Need | null = null
  let isMaintaining = false
  let isSlow = false
  let notBeforeMs = 0
  let pausing: AbortController | null = null
  let tail: Promise<unknown> = Promise.resolve()

  function exclusively<R>(run: () => Promise<R>): Promise<R> {
    const own = tail.then(() => {
      if (closing.aborted) throw clientClosed()
      return run()
    })
    tail = own.catch(() => {})
    return own
  }

  function run(what: Need, call: CallOptions): Promise<void> {
    return exclusively(async () => {
      const unmet = need
      doing = what
      need = null
      try {
        await deps.read(what, call)
      } catch (error) {
        need = stronger(need, unmet ?? what)
        throw error
      } finally {
        doing = null
        deps.onRead()
      }
    })
  }

  async function maintain(): Promise<void> {
    if (isMaintaining) return
    isMaintaining = true
    for (let failures = 0; ;) {
      await pause(notBeforeMs - env.now())
      const what: Need | null = need
      if (what === null || closing.aborted) break
      try {
        await run(what, { signal: closing })
        failures = 0
        notBeforeMs = env.now() + (isSlow ? everySlowMs : everyMs)
        isSlow = false
      } catch (error) {
        const failure = toSkeinError(error)
        if (closing.aborted || !deps.isWorthRetrying(failure)) break
        notBeforeMs = env.now() + Math.max(failure.retryAfterMs ?? 0, backoffMs(failures, 500, 20_000, env))
        failures += 1
      }
    }
    isMaintaining = false
  }

  async function pause(ms: number): Promise<void> {
    if (ms <= 0) return
    pausing = new AbortController()
    await sleep(env, ms, pausing.signal).catch(() => {})
    pausing = null
  }

  return {
    get isDone() {
      return need === null && doing === null
    },
    want(what) {
      need = stronger(need, what)
      void maintain()
    },
    run,
    exclusively,
    slowDown() {
      isSlow = true
    },
    wake: () => pausing?.abort(),
  }
}

function stronger(a: Need | null, b: Need): Need {
  return a === null || needs.indexOf(a) < needs.indexOf(b) ? b : a
}
