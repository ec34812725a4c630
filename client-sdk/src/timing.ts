import { deadlinePassed } from './errors.js'

/** Time and chance, so that tests can hold them. */
export interface Env {
  now(): number
  random(): number
  /** Runs it once. `background`: alone it does not keep a Node process alive. Returns the way to stop. */
  after(ms: number, run: () => void, background?: boolean): Stop
}
export type Stop = () => void

const longestMs = 2 ** 31 - 1

export const realEnv: Env = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run, background = false) {
    const timer = setTimeout(run, Math.min(ms, longestMs))
    if (background && isUnrefable(timer)) timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Capped exponential with full jitter: 0 to min(maxMs, minMs * 2^attempt). */
export function backoffMs(attempt: number, minMs: number, maxMs: number, env: Env): number {
  return Math.round(env.random() * Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30)))
}

/** Rejects with the signal's reason. */
export function sleep(env: Env, ms: number, signal?: AbortSignal): Promise<void> {
  return abortable(signal, (done) => env.after(ms, done))
}

/** Waits for a shared promise without owning it: an abort ends the wait alone. */
export function waitFor<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise
  return abortable(signal, (done, fail) => {
    // oxlint-disable-next-line promise/no-callback-in-promise
    promise.then(done, fail)
    return () => {}
  })
}

/** A promise that an abort rejects with its reason; `start` returns what stops the work. */
export function abortable<T>(
  signal: AbortSignal | undefined,
  start: (done: (value: T) => void, fail: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(reasonOf(signal))
      return
    }
    const settle = <V>(how: (value: V) => void) => {
      return (value: V) => {
        signal?.removeEventListener('abort', onAbort)
        how(value)
      }
    }
    const stop = start(settle(resolve), settle(reject))
    function onAbort(): void {
      stop()
      if (signal !== undefined) reject(reasonOf(signal))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error(String(reason))
}

export interface Scope {
  readonly signal: AbortSignal
  remainingMs(): number
  close(): void
}

/** A signal that follows the caller's and also fires at the deadline, with SkeinError `deadline`. Close it. */
export function scopeOf(env: Env, timeoutMs: number, parent?: AbortSignal): Scope {
  const controller = new AbortController()
  const endsAtMs = env.now() + timeoutMs
  const follow = () => controller.abort(parent?.reason)
  const stop = env.after(timeoutMs, () => controller.abort(deadlinePassed()))
  if (parent?.aborted === true) follow()
  parent?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    remainingMs: () => endsAtMs - env.now(),
    close() {
      stop()
      parent?.removeEventListener('abort', follow)
    },
  }
}

function isUnrefable(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer
}
