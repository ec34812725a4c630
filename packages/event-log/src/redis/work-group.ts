import type { Clock, Logger } from '@skein/platform'
import type { Redis } from 'ioredis'
import { setTimeout as wait } from 'node:timers/promises'
import type { RedisClient } from './lane-scripts.js'
import {
  createGroupSource,
  type GroupSource,
  type GroupState,
  type WorkEntry,
  type WorkStream,
} from './work-group-source.js'

/** What came of one entry. `unknown`: left for a consumer of a newer version, without standing in the way of others. */
export type WorkResult = 'done' | 'unknown'

export interface WorkGroupOptions {
  readonly redis: RedisClient
  /** A connection of the group's own that waits while Redis is away; the group closes it. */
  readonly openBlocking: () => Redis
  readonly streams: readonly WorkStream[]
  readonly group: string
  /** One name per process. */
  readonly consumer: string
  /** The effect; may come more than once, and for entries in any order. What it throws is a failure. */
  readonly handle: (entry: WorkEntry, at: { readonly lane: number; readonly epoch: string }) => Promise<WorkResult>
  /** Failures that say nothing about the entry: it is tried again until they pass, and never buried. None when absent. */
  readonly isPassing?: (error: unknown) => boolean
  readonly createEra: () => string
  readonly clock: Pick<Clock, 'now'>
  readonly log: Logger
  /** How many entries are read at once, and handled at the same time: 16. */
  readonly batch?: number
  /** Of one entry, before it is put aside: 5. */
  readonly maxFailures?: number
  /** How long an entry may lie with a consumer before another one takes it over, and before a failed one is tried again: 15 s. */
  readonly minIdleMs?: number
  /** 10,000. */
  readonly deadMaxEntries?: number
  /** Before the entry is put aside; it is not while this rejects. */
  readonly onDead?: (entry: WorkEntry, lane: number) => Promise<void> | void
  /** The group was made anew: what lay before is not known. */
  readonly onReset?: (lane: number) => void
  /** Entries went unhandled; the era of the lane is another one already. */
  readonly onPassed?: (lane: number, count: number) => void
}

/**
 * Consumers that share the entries of streams: each entry is handled at least once by one of them, acknowledged after its
 * effect, and taken over from those that died. While Redis is away it waits.
 */
export interface WorkGroup {
  start(): void
  /** Per stream; undefined while the group does not exist in the present epoch. Rejects while Redis is away. */
  states(): Promise<(GroupState | undefined)[]>
  /** Whoever holds the era of this stream shall think that something was left out. */
  renewEra(lane: number): Promise<void>
  /** What is being handled ends first. */
  close(): Promise<void>
}

const blockMs = 500
const pauseMs = 200
const overdueMs = 500
/** Deliveries of an entry that never failed, as those of one that ends its process do not. */
const deliveriesPerFailure = 4

export function createWorkGroup(options: WorkGroupOptions): WorkGroup {
  const { redis, group, consumer, createEra, deadMaxEntries = 10_000 } = options
  const source = { redis, group, consumer, createEra, deadMaxEntries }
  const consumers = options.streams.map(
    (stream, lane) => new Consumer(lane, createGroupSource(stream, source), options),
  )
  return {
    start: () => {
      for (const each of consumers) each.start()
    },
    states: () => Promise.all(consumers.map((each) => each.source.state())),
    renewEra: async (lane) => consumers[lane]?.source.renewEra(),
    close: async () => {
      await Promise.all(consumers.map((each) => each.close()))
    },
  }
}

/** One stream's consumer in this process. */
class Consumer {
  readonly source: GroupSource
  readonly #lane: number
  readonly #options: WorkGroupOptions
  readonly #minIdleMs: number
  readonly #maxFailures: number
  readonly #batch: number
  #blocking: Redis | undefined
  #running: Promise<void> | undefined
  #closing = false
  #waiting = new AbortController()
  #isAway = false
  #epoch = ''
  #claimedAtMs = 0
  /** Entries that this version does not know. */
  readonly #unknown = new Set<string>()

  constructor(lane: number, source: GroupSource, options: WorkGroupOptions) {
    this.#lane = lane
    this.source = source
    this.#options = options
    this.#minIdleMs = options.minIdleMs ?? 15_000
    this.#maxFailures = options.maxFailures ?? 5
    this.#batch = options.batch ?? 16
  }

  start(): void {
    if (this.#running !== undefined || this.#closing) return
    this.#blocking = this.#options.openBlocking()
    this.#running = this.#run()
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#waiting.abort()
    this.#blocking?.disconnect()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      try {
        const found = await this.#takeAndHandle()
        await this.#claimWhenDue()
        if (found !== undefined) await this.#waitForMore(found)
        this.#noteAnswer(undefined)
      } catch (error) {
        if (this.#isClosing()) return
        this.#noteAnswer(error)
        await wait(pauseMs)
      }
    }
  }

  /** What was last delivered, when there is nothing new. */
  async #takeAndHandle(): Promise<string | undefined> {
    const taken = await this.source.take(this.#batch)
    if (taken === undefined) {
      await wait(pauseMs)
      return undefined
    }
    if (taken.epoch !== this.#epoch) this.#unknown.clear()
    this.#epoch = taken.epoch
    if (taken.isNew) this.#options.onReset?.(this.#lane)
    if (taken.passed !== undefined) this.#options.onPassed?.(this.#lane, taken.passed.to - taken.passed.from + 1)
    await this.#handleAll(taken.entries)
    return taken.entries.length < this.#batch ? taken.lastDelivered : undefined
  }

  async #claimWhenDue(): Promise<void> {
    const nowMs = this.#options.clock.now()
    if (nowMs - this.#claimedAtMs < this.#minIdleMs / 2) return
    this.#claimedAtMs = nowMs
    for (let after: string | undefined = ''; after !== undefined && !this.#closing;) {
      const claimed = await this.source.claim(this.#minIdleMs, after, [...this.#unknown])
      after = claimed.after
      if (claimed.gone > 0) this.#options.onPassed?.(this.#lane, claimed.gone)
      for (let at = 0; at < claimed.entries.length; at += this.#batch)
        await this.#handleAll(claimed.entries.slice(at, at + this.#batch))
    }
  }

  /** Until the stream grows, a new epoch begins to be seen, or claiming is due. */
  async #waitForMore(lastDelivered: string): Promise<void> {
    if (this.#closing) return
    const ms = Math.max(1, Math.min(blockMs, Math.ceil(this.#minIdleMs / 2)))
    this.#waiting = new AbortController()
    const more = this.#blocking?.xread('COUNT', 1, 'BLOCK', ms, 'STREAMS', this.source.stream, lastDelivered)
    // A connection that breaks may leave its blocking command without an answer.
    const overdue = wait(ms + overdueMs, undefined, { signal: this.#waiting.signal }).catch(() => undefined)
    try {
      await Promise.race([more, overdue])
    } finally {
      this.#waiting.abort()
    }
  }

  async #handleAll(entries: readonly WorkEntry[]): Promise<void> {
    const done = await Promise.all(entries.map((entry) => this.#handleOne(entry)))
    await this.source.acknowledge(entries.filter((_, i) => done[i]).map(({ id }) => id))
  }

  /** Whether it is to be acknowledged. */
  async #handleOne(entry: WorkEntry): Promise<boolean> {
    if (entry.deliveries > this.#maxFailures * deliveriesPerFailure) return this.#bury(entry, 'it ended its consumers')
    while (!this.#closing) {
      try {
        const result = await this.#options.handle(entry, { lane: this.#lane, epoch: this.#epoch })
        if (result === 'unknown') this.#unknown.add(entry.id)
        return result === 'done'
      } catch (error) {
        if (this.#options.isPassing?.(error) !== true) return this.#fail(entry, error)
        this.#options.log.debug({ err: error, entry: entry.id }, 'work waits')
        await wait(pauseMs)
        await this.source.keep(entry.id)
      }
    }
    return false
  }

  async #fail(entry: WorkEntry, error: unknown): Promise<boolean> {
    const { group, log } = this.#options
    log.warn({ err: error, group, entry: entry.id, deliveries: entry.deliveries }, 'work failed')
    return entry.deliveries < this.#maxFailures ? false : this.#bury(entry, String(error))
  }

  async #bury(entry: WorkEntry, why: string): Promise<false> {
    await this.#options.onDead?.(entry, this.#lane)
    await this.source.bury(entry, why)
    this.#options.log.error({ group: this.#options.group, entry: entry.id, why }, 'work was put aside')
    return false
  }

  #isClosing(): boolean {
    return this.#closing
  }

  #noteAnswer(error: unknown): void {
    const isAway = error !== undefined
    const { group, log } = this.#options
    if (isAway && !this.#isAway) log.warn({ err: error, group, lane: this.#lane }, 'work stands still')
    if (!isAway && this.#isAway) log.info({ group, lane: this.#lane }, 'work goes on')
    this.#isAway = isAway
  }
}
