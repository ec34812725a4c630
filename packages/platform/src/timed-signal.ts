import type { Clock } from './clock.js'

export interface TimedSignal {
  readonly signal: AbortSignal
  /** Must be called when the work is over: frees the timer and the listener on the parent. */
  end(): void
}

export interface TimedSignalOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Its abort, with its reason, is passed on. */
  readonly parent?: AbortSignal | undefined
  /** The reason of the abort when the time is over. */
  readonly onTimeout: () => unknown
}

/**
 * A signal that aborts after a time or with its parent, whichever is first. Made of one controller and one timer, because
 * the joined form of the platform is not dependable on Node 20.
 */
export function createTimedSignal({ clock, timeoutMs, parent, onTimeout }: TimedSignalOptions): TimedSignal {
  const controller = new AbortController()
  const follow = (): void => controller.abort(parent?.reason)
  if (parent?.aborted === true) follow()
  else parent?.addEventListener('abort', follow, { once: true })
  const cancel = clock.after(timeoutMs, () => controller.abort(onTimeout()))
  return {
    signal: controller.signal,
    end() {
      cancel()
      parent?.removeEventListener('abort', follow)
    },
  }
}

/** Settles as the work does, or rejects with the reason of the abort when that comes first. The work is not stopped by it. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(reasonOf(signal))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}

/** The reason of an abort, as an error. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
