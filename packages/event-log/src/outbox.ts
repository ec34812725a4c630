import { AppError, type LogEvent, type Position } from '@skein/contracts'
import type { Cancel, Clock, Logger } from '@skein/platform'

/*
 * For databases that are not the log: a change and the note that its event is owed are one atomic write. The relay appends
 * what is owed and takes the note away; a crash between leaves the note, and the sweeper finds it. So an event may be
 * appended again after its note outlived it, which its id and revision make harmless.
 */

/** What one document owes, as it stands now. */
export interface Owed {
  readonly events: readonly LogEvent[]
  /** Takes away the notes of these events and of nothing newer. */
  settle(): Promise<void>
}

export interface OutboxSource<Key> {
  /** Documents whose notes are due at `nowMs` or before, the longest waiting first. */
  due(nowMs: number, limit: number): Promise<readonly Key[]>
  /** The events owed now, made from the state at this moment; null when nothing is owed. */
  read(key: Key): Promise<Owed | null>
  /** When the longest waiting note became due; null when there is none. */
  oldestDueMs(): Promise<number | null>
}

export interface OutboxOptions<Key> {
  readonly source: OutboxSource<Key>
  /** @throws AppError delayed when the log does not answer in time */
  readonly append: (events: readonly LogEvent[]) => Promise<readonly Position[]>
  readonly clock: Clock
  readonly log: Logger
  /** How often the sweeper looks: 1 s when absent. */
  readonly sweepEveryMs?: number
}

export interface Outbox<Key> {
  /**
   * Appends what the document owes. Resolves once that is in the log; the notes are taken away behind it.
   * @throws AppError delayed: it stays owed, and the sweeper or the same request again completes it.
   */
  relay(key: Key): Promise<void>
  /** Sweeps from now on. */
  start(): void
  /** How long the longest waiting note has been due. For metrics. */
  ageMs(): Promise<number>
  /** Ends sweeping and awaits what is in flight. Idempotent. */
  close(): Promise<void>
}

/** A note younger than this is its writer's own to relay. */
export const outboxGraceMs = 2_000

const sweepMaxDocuments = 200

export function createOutbox<Key>(options: OutboxOptions<Key>): Outbox<Key> {
  return new SweptOutbox(options)
}

class SweptOutbox<Key> implements Outbox<Key> {
  readonly #options: OutboxOptions<Key>
  readonly #inFlight = new Set<Promise<unknown>>()
  #stop: Cancel | undefined
  #sweeping: Promise<void> | undefined

  constructor(options: OutboxOptions<Key>) {
    this.#options = options
  }

  async relay(key: Key): Promise<void> {
    const owed = await this.#options.source.read(key)
    if (owed === null) return
    await this.#options.append(owed.events)
    this.#behind(owed.settle())
  }

  start(): void {
    this.#stop ??= this.#options.clock.every(this.#options.sweepEveryMs ?? 1_000, () => this.#sweepOnce())
  }

  async ageMs(): Promise<number> {
    const dueMs = await this.#options.source.oldestDueMs()
    return dueMs === null ? 0 : Math.max(0, this.#options.clock.now() - dueMs)
  }

  async close(): Promise<void> {
    this.#stop?.()
    await this.#sweeping
    await Promise.allSettled(this.#inFlight)
  }

  /** A failure leaves the note, which the sweeper finds. */
  #behind(work: Promise<unknown>): void {
    const done = work
      .catch((err: unknown) => this.#options.log.debug({ err }, 'a note of the outbox stays for the sweeper'))
      .finally(() => this.#inFlight.delete(done))
    this.#inFlight.add(done)
  }

  #sweepOnce(): void {
    this.#sweeping ??= this.#sweep()
      .catch((err: unknown) => this.#options.log.warn({ err }, 'the outbox could not be swept'))
      .finally(() => (this.#sweeping = undefined))
  }

  /** In order of waiting. The log or the database being away ends the round: it would refuse the rest too. */
  async #sweep(): Promise<void> {
    const keys = await this.#options.source.due(this.#options.clock.now(), sweepMaxDocuments)
    let relayed = 0
    for (const key of keys) if (await this.#relayed(key)) relayed += 1
    if (relayed > 0) this.#options.log.info({ count: relayed }, 'the outbox was swept')
  }

  /** False for a document that cannot be relayed: what waits behind it must not wait for it. */
  async #relayed(key: Key): Promise<boolean> {
    try {
      await this.relay(key)
      return true
    } catch (err) {
      if (isAway(err)) throw err
      this.#options.log.error({ err, key }, 'what a document owes cannot be relayed')
      return false
    }
  }
}

function isAway(thrown: unknown): boolean {
  return thrown instanceof AppError && (thrown.code === 'delayed' || thrown.code === 'unavailable')
}
