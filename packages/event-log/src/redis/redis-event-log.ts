import { AppError, type LogEvent, type Position } from '@skein/contracts'
import { silentLogger, systemRandom, type Clock, type Logger, type Random } from '@skein/platform'
import { whenRedisReady } from '@skein/platform/redis'
import { laneOf, type EventLog, type ReadResult, type Tail, type TailOptions } from '../event-log.js'
import { LogTail } from '../log-tail.js'
import { laneKeys } from './keys.js'
import { AppendJob, LaneAppender } from './lane-appender.js'
import { parseLaneMessage } from './lane-message.js'
import { createLaneScripts, type LaneScripts, type LaneState, type RedisClient } from './lane-scripts.js'
import { LaneSubscription } from './lane-subscription.js'

/*
 * The log in Redis, shared by all processes. Redis may forget: whenever its process is another (restart, failover, an
 * older file put back) or the lane's meta is gone, the next producer opens a new epoch, and no position of an old epoch is
 * ever taken for one of the new. Publishing may lose: a hole, a heartbeat or silence makes the tails read again. While
 * Redis is away appends fail at once or within a second, and tails wait and go on by themselves.
 */

const appendTimeoutMs = 1_000
/** Looks without a word of the lane, after which the log is read and the subscription confirmed. */
const silentLooks = 4

export interface RedisEventLogOptions {
  /** For commands, failing at once while Redis is away, with a command timeout. Stays the caller's. */
  readonly redis: RedisClient
  /** For subscriptions, waiting while Redis is away, with a command timeout. Stays the caller's. */
  readonly subscriber: RedisClient
  /** Fixed for the life of an installation. */
  readonly lanes: number
  /** Entries kept in each lane, and up to a sixteenth more. */
  readonly maxEntries: number
  /** Of all keys and channels: `skein` when absent. */
  readonly prefix?: string
  /** Producers append, open epochs and send heartbeats; readers never write. */
  readonly role: 'producer' | 'reader'
  readonly clock: Clock
  readonly random?: Random
  readonly log?: Logger
  /** A lane that was silent for this long gets a heartbeat at the next look; tails look after four times as long. 1 s when absent. */
  readonly pollMs?: number
}

interface Lane {
  readonly index: number
  readonly appender: LaneAppender
  /** When its channel was last heard here, or looked at in vain. */
  heardAtMs: number
  /** When this process last reached it as a producer. */
  reachedAtMs: number
  /** Something may have been published that was not heard. */
  isStale: boolean
  looking: Promise<void> | undefined
  beating: Promise<void> | undefined
}

/**
 * Resolves when Redis answered, or without it after 2 s: the log then works as soon as Redis does.
 * @throws AppError internal when the log in Redis has another number of lanes.
 */
export async function createRedisEventLog(options: RedisEventLogOptions): Promise<EventLog> {
  const log = new RedisEventLog(options)
  try {
    await whenRedisReady(options.redis, 2_000)
    await log.heads()
  } catch (error) {
    if (error instanceof AppError && error.code === 'internal') {
      await log.close()
      throw error
    }
    options.log?.warn({ err: error }, 'the log does not answer yet')
  }
  return log
}

class RedisEventLog implements EventLog {
  readonly lanes: number
  readonly #isProducer: boolean
  readonly #clock: Clock
  readonly #log: Logger
  readonly #pollMs: number
  readonly #scripts: LaneScripts
  readonly #subscription: LaneSubscription
  readonly #lanes: readonly Lane[]
  readonly #tails = new Set<LogTail>()
  readonly #stopPolling: () => void
  #isAway = false
  #closed = false

  constructor(options: RedisEventLogOptions) {
    const { lanes, clock, random = systemRandom, prefix = 'skein', pollMs = 1_000 } = options
    this.lanes = lanes
    this.#isProducer = options.role === 'producer'
    this.#clock = clock
    this.#log = options.log ?? silentLogger
    this.#pollMs = pollMs
    const createEpoch = (): string => Buffer.from(random.bytes(6)).toString('hex')
    this.#scripts = createLaneScripts({ ...options, prefix, createEpoch })
    this.#lanes = Array.from({ length: lanes }, (_, index) => this.#createLane(index))
    const channels = this.#lanes.map(({ index }) => laneKeys(prefix, index).channel)
    this.#subscription = new LaneSubscription(options.subscriber, channels, {
      onMessage: (lane, text) => this.#hear(lane, text),
      onChange: (isUp) => this.#markStale(isUp),
    })
    this.#stopPolling = clock.every(pollMs, () => this.#poll())
  }

  append(events: readonly LogEvent[]): Promise<Position[]> {
    if (events.length === 0) return Promise.resolve([])
    if (!this.#isProducer) return Promise.reject(new AppError('internal', { message: 'A reader does not append.' }))
    if (this.#closed) return Promise.reject(closedError())
    const lanes = events.map((event) => this.#lane(laneOf(event.subject, this.lanes)))
    if (lanes.some(({ appender }) => appender.isFull))
      return Promise.reject(new AppError('overloaded', { retryAfterMs: appendTimeoutMs }))
    const job = new AppendJob(events.length)
    for (const [index, event] of events.entries()) lanes[index]?.appender.add({ job, index, event })
    const cancel = this.#clock.after(appendTimeoutMs, () => job.fail(new AppError('delayed')))
    return job.promise.finally(cancel)
  }

  async heads(): Promise<Position[]> {
    return (await this.#states()).map(({ head }) => head)
  }

  async floors(): Promise<Position[]> {
    return (await this.#states()).map(({ floor }) => floor)
  }

  async read(lane: number, after: Position, limit: number): Promise<ReadResult> {
    const reply = await this.#reach(() => this.#scripts.read(lane, after, limit))
    const { head, floor } = reply ?? (await this.#openEpoch(lane))
    if (after.epoch !== head.epoch) return { kind: 'gap', reason: 'epoch', head }
    if (after.seq > head.seq) return { kind: 'gap', reason: 'ahead', head }
    const found = reply?.entries ?? []
    // Below the floor, or where something else than this log took entries away.
    const isWhole = found.length === Math.min(limit, head.seq - after.seq) && found.at(-1)?.seq === lastOf(after, found)
    if (after.seq < floor.seq || !isWhole) return { kind: 'gap', reason: 'trimmed', head }
    const { epoch } = head
    const entries = found.flatMap(({ seq, event }) =>
      event === undefined ? [] : [{ lane, position: { epoch, seq }, event }],
    )
    if (entries.length < found.length) this.#log.warn({ lane }, 'the log holds events that this version does not know')
    return { kind: 'entries', entries, upTo: { epoch, seq: found.at(-1)?.seq ?? after.seq }, head }
  }

  async tail(options: TailOptions): Promise<Tail> {
    if (this.#closed) throw closedError()
    await this.#reach(() => this.#subscription.confirm())
    if (this.#isClosed()) throw closedError()
    const onClose = (closed: LogTail): void => void this.#tails.delete(closed)
    const tail = new LogTail(this, options, { clock: this.#clock, log: this.#log, onClose })
    this.#tails.add(tail)
    try {
      await tail.start()
    } catch (error) {
      await tail.close()
      throw error
    }
    return tail
  }

  /** What was appended before is awaited, for a second or so. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopPolling()
    this.#subscription.close()
    await Promise.all([...this.#tails].map((tail) => tail.close()))
    for (const { appender, looking, beating } of this.#lanes) {
      await appender.idle
      await looking
      await beating
    }
  }

  #createLane(index: number): Lane {
    const appender = new LaneAppender(async (pairs) => {
      const { positions } = await this.#scripts.append(index, pairs)
      this.#lane(index).reachedAtMs = this.#clock.now()
      return positions
    })
    const nowMs = this.#clock.now()
    const idle = { isStale: false, looking: undefined, beating: undefined }
    return { index, appender, heardAtMs: nowMs, reachedAtMs: nowMs, ...idle }
  }

  #lane(index: number): Lane {
    const lane = this.#lanes[index]
    if (lane === undefined) throw new RangeError(`lane ${index} of ${this.lanes}`)
    return lane
  }

  #isClosed(): boolean {
    return this.#closed
  }

  #states(): Promise<LaneState[]> {
    return Promise.all(this.#lanes.map(({ index }) => this.#state(index)))
  }

  async #state(lane: number): Promise<LaneState> {
    return (await this.#reach(() => this.#scripts.read(lane, undefined, 0))) ?? (await this.#openEpoch(lane))
  }

  async #openEpoch(lane: number): Promise<LaneState> {
    if (!this.#isProducer)
      throw new AppError('unavailable', { message: 'The log has no valid epoch yet: it waits for a producer.' })
    return this.#reach(() => this.#scripts.append(lane, []))
  }

  async #reach<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (cause) {
      if (cause instanceof AppError) throw cause
      throw new AppError('unavailable', { message: 'The event log does not answer.', cause })
    }
  }

  #hear(index: number, text: string): void {
    const message = parseLaneMessage(index, text)
    if (message === undefined)
      return this.#log.warn({ lane: index }, 'the channel of the log holds what is not of the log')
    this.#lane(index).heardAtMs = this.#clock.now()
    for (const tail of this.#tails) {
      tail.offer(message.entries)
      tail.notice(index, message.head)
    }
  }

  #markStale(isUp: boolean): void {
    for (const lane of this.#lanes) {
      lane.isStale = true
      if (isUp) this.#look(lane)
    }
  }

  #poll(): void {
    const nowMs = this.#clock.now()
    for (const lane of this.#lanes) {
      const isQuiet = nowMs - Math.max(lane.heardAtMs, lane.reachedAtMs) >= this.#pollMs
      if (this.#isProducer && isQuiet && lane.appender.idle === undefined) this.#beat(lane)
      if (lane.isStale || nowMs - lane.heardAtMs >= silentLooks * this.#pollMs) this.#look(lane)
    }
  }

  #beat(lane: Lane): void {
    lane.beating ??= this.#scripts
      .append(lane.index, [])
      .then(
        () => {
          lane.reachedAtMs = this.#clock.now()
          this.#noteAnswer(undefined)
        },
        (error: unknown) => this.#noteAnswer(error),
      )
      .finally(() => (lane.beating = undefined))
  }

  #look(lane: Lane): void {
    if (this.#tails.size > 0) lane.looking ??= this.#lookNow(lane).finally(() => (lane.looking = undefined))
  }

  /** Subscribed first, then read, so that nothing falls between. A dead subscription does not keep the log from being read. */
  async #lookNow(lane: Lane): Promise<void> {
    const isSubscribed = await this.#subscription.confirm().then(
      () => true,
      () => false,
    )
    try {
      const { head } = await this.#state(lane.index)
      lane.isStale = !isSubscribed
      lane.heardAtMs = this.#clock.now()
      for (const tail of this.#tails) tail.notice(lane.index, head)
      this.#noteAnswer(undefined)
    } catch (error) {
      lane.isStale = true
      this.#noteAnswer(error)
    }
  }

  /** Says once that the log went away, and once that it is back. */
  #noteAnswer(error: unknown): void {
    const isAway = error !== undefined
    if (isAway && !this.#isAway) this.#log.warn({ err: error }, 'the log does not answer')
    if (!isAway && this.#isAway) this.#log.info({}, 'the log answers again')
    this.#isAway = isAway
  }
}

/** Where a reading ends that has no hole. */
function lastOf(after: Position, found: readonly { seq: number }[]): number | undefined {
  return found.length === 0 ? undefined : after.seq + found.length
}

function closedError(): AppError {
  return new AppError('unavailable', { message: 'The event log is closed.' })
}
