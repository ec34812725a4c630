import { systemClock, type Clock } from './clock.js'
import type { Logger } from './log.js'
import { createTimedSignal, orAborted } from './timed-signal.js'

export interface Part {
  /** Resolves when ready. */
  readonly start?: () => Promise<void> | void
  /** `signal` aborts when its time is over. */
  readonly close?: (signal: AbortSignal) => Promise<void> | void
}

export interface Lifecycle {
  /** Parts start in the order they were added and close in the reverse. @throws Error once closing began */
  add(name: string, part: Part): void
  /** Starts what was added. When a part fails, or closing begins meanwhile, what was started is closed. @throws what the part threw */
  start(): Promise<void>
  /** Idempotent. Each part has `graceMs`; one that fails or takes longer is logged, and the next is closed. Never rejects. */
  close(): Promise<void>
}

export interface LifecycleOptions {
  readonly log: Logger
  /** For each part. */
  readonly graceMs: number
  readonly clock?: Clock
}

type Added = { readonly name: string; readonly part: Part }

export function createLifecycle({ log, graceMs, clock = systemClock }: LifecycleOptions): Lifecycle {
  const waiting: Added[] = []
  const started: Added[] = []
  let starting: Promise<void> = Promise.resolve()
  let closing: Promise<void> | undefined

  async function startAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (closing !== undefined) throw new Error('closed while starting')
      // Counted before it is ready: a part that failed half-way has things to close.
      started.push(next)
      await next.part.start?.()
      log.debug({ part: next.name }, 'a part started')
    }
  }

  async function closeOne({ name, part }: Added): Promise<void> {
    const onTimeout = (): Error => new Error(`not closed in ${graceMs} ms`)
    const timed = createTimedSignal({ clock, timeoutMs: graceMs, onTimeout })
    try {
      await orAborted(Promise.resolve(part.close?.(timed.signal)), timed.signal)
      log.debug({ part: name }, 'a part closed')
    } catch (error) {
      log.error({ part: name, error }, 'a part did not close')
    } finally {
      timed.end()
    }
  }

  async function closeAll(): Promise<void> {
    for (let last = started.pop(); last !== undefined; last = started.pop()) await closeOne(last)
    // A part that was just starting when closing began.
    await starting.catch(() => undefined)
    for (let last = started.pop(); last !== undefined; last = started.pop()) await closeOne(last)
  }

  function close(): Promise<void> {
    return (closing ??= closeAll())
  }

  return {
    add(name, part) {
      if (closing !== undefined) throw new Error(`${name}: added after closing began`)
      waiting.push({ name, part })
    },
    async start() {
      starting = startAll()
      try {
        await starting
      } catch (thrown) {
        await close()
        throw thrown
      }
    },
    close,
  }
}

export interface SignalOptions {
  readonly log: Logger
  /** Ends the process: `process.exit` when absent. */
  readonly exit?: (code: number) => void
  readonly process?: Pick<NodeJS.Process, 'on' | 'off'>
}

/**
 * On SIGTERM or SIGINT: closes, then ends the process with 0. A second signal ends it at once with 1. Returns what takes
 * the listeners away.
 */
export function onSignal(close: () => Promise<void>, options: SignalOptions): () => void {
  const { log, exit = (code: number) => process.exit(code), process: target = process } = options
  let isClosing = false
  const listener = (signal: NodeJS.Signals): void => {
    if (isClosing) {
      log.warn({ signal }, 'a second signal: ending at once')
      exit(1)
      return
    }
    isClosing = true
    log.info({ signal }, 'closing')
    close().then(
      () => exit(0),
      (error: unknown) => {
        log.error({ error }, 'closing failed')
        exit(1)
      },
    )
  }
  target.on('SIGTERM', listener)
  target.on('SIGINT', listener)
  return () => {
    target.off('SIGTERM', listener)
    target.off('SIGINT', listener)
  }
}
