import { AppError, type LogEvent, type Position } from '@skein/contracts'
import { silentLogger, systemRandom, type Clock, type Logger, type Random, type Sqlite, type Tx } from '@skein/platform'
import type { Entry, EventLog, ReadResult, Tail, TailOptions } from '../event-log.js'
import { LogTail } from '../log-tail.js'
import { column, parseEntry, parseLane, type LaneRow } from './log-rows.js'
import { migrations, sql, writes } from './log-schema.js'
import { createAppender, type AppendInTx } from './sqlite-appender.js'

/*
 * The log in the same file as the services' tables. `seq` is given inside the transaction, so log order is commit order;
 * this process's own appends are published after COMMIT, those of another process on the file are found by a look at the
 * heads every `pollMs`. The epoch is kept in the file: a restart goes on where it was.
 */

/** Entries deleted in one job, so that trimming never holds the event loop for long. */
const trimMaxEntries = 250

export interface SqliteEventLogOptions {
  /** Stays the caller's: closing the log does not close it. */
  readonly db: Sqlite
  /** Fixed when the file is made. */
  readonly lanes: number
  /** Entries kept in each lane, give or take a sixteenth. */
  readonly maxEntries: number
  readonly clock: Clock
  readonly pollMs?: number
  readonly random?: Random
  readonly log?: Logger
}

export interface SqliteEventLog extends EventLog {
  /** For the services' own transactions on the same file. */
  readonly appendIn: AppendInTx
  /** Begins another count with an empty log: for a file that was restored, whose positions clients may know otherwise. */
  resetEpoch(): Promise<void>
  /** Cuts every lane to its cap now. */
  trim(): Promise<void>
}

/** @throws AppError internal when the file was made with another number of lanes. */
export async function createSqliteEventLog(options: SqliteEventLogOptions): Promise<SqliteEventLog> {
  await options.db.migrate('log', migrations)
  await options.db.prepare(writes)
  const random = options.random ?? systemRandom
  await options.db.write((tx) => addLanes(tx, options.lanes, createEpoch(random)))
  return new LibsqlEventLog(options, random)
}

class LibsqlEventLog implements SqliteEventLog {
  readonly lanes: number
  readonly appendIn: AppendInTx
  readonly #db: Sqlite
  readonly #maxEntries: number
  readonly #clock: Clock
  readonly #random: Random
  readonly #log: Logger
  readonly #tails = new Set<LogTail>()
  readonly #stopPolling: () => void
  #trimming: Promise<void> | undefined
  #closed = false

  constructor(options: SqliteEventLogOptions, random: Random) {
    this.lanes = options.lanes
    this.#db = options.db
    this.#maxEntries = options.maxEntries
    this.#clock = options.clock
    this.#random = random
    this.#log = options.log ?? silentLogger
    this.appendIn = createAppender(options.lanes, (entries) => this.#publish(entries))
    this.#stopPolling = options.clock.every(options.pollMs ?? 1_000, () => this.#poll())
  }

  append(events: readonly LogEvent[]): Promise<Position[]> {
    return events.length === 0 ? Promise.resolve([]) : this.#db.write((tx) => this.appendIn(tx, events))
  }

  async heads(): Promise<Position[]> {
    return this.#laneRows().map((lane) => lane.head)
  }

  async floors(): Promise<Position[]> {
    return this.#laneRows().map((lane) => lane.floor)
  }

  async read(lane: number, after: Position, limit: number): Promise<ReadResult> {
    const rows = this.#db.read(sql.read).all(after.seq, lane, limit)
    const { head, floor } = parseLane(rows[0])
    if (after.epoch !== head.epoch) return { kind: 'gap', reason: 'epoch', head }
    if (after.seq > head.seq) return { kind: 'gap', reason: 'ahead', head }
    if (after.seq < floor.seq) return { kind: 'gap', reason: 'trimmed', head }
    const found = rows.map(parseEntry).filter((entry) => entry !== undefined)
    const entries = found.flatMap(({ position, event }) => (event === undefined ? [] : [{ lane, position, event }]))
    if (entries.length < found.length) this.#log.warn({ lane }, 'the log holds events that this version does not know')
    return { kind: 'entries', entries, upTo: found.at(-1)?.position ?? after, head }
  }

  async tail(options: TailOptions): Promise<Tail> {
    if (this.#closed) throw new AppError('unavailable', { message: 'The event log is closed.' })
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

  async resetEpoch(): Promise<void> {
    const epoch = createEpoch(this.#random)
    await this.#db.write((tx) => {
      tx(sql.newEpoch).run(epoch)
      tx(sql.deleteAll).run()
      tx.afterCommit(() => this.#noticeHeads())
    })
  }

  trim(): Promise<void> {
    this.#trimming ??= this.#trimAll().finally(() => (this.#trimming = undefined))
    return this.#trimming
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopPolling()
    await Promise.all([...this.#tails].map((tail) => tail.close()))
    await this.#trimming?.catch(() => undefined)
  }

  #laneRows(): LaneRow[] {
    return this.#db.read(sql.lanes).all().map(parseLane)
  }

  #publish(entries: readonly Entry[]): void {
    for (const tail of this.#tails) tail.offer(entries)
  }

  #noticeHeads(): LaneRow[] {
    const lanes = this.#laneRows()
    for (const [lane, { head }] of lanes.entries()) for (const tail of this.#tails) tail.notice(lane, head)
    return lanes
  }

  #poll(): void {
    try {
      const slack = Math.max(1, this.#maxEntries >> 4)
      const isLong = ({ head, floor }: LaneRow): boolean => head.seq - floor.seq > this.#maxEntries + slack
      if (this.#noticeHeads().some(isLong)) this.#trimBehind()
    } catch (error) {
      this.#log.warn({ error }, 'the log could not be read')
    }
  }

  #trimBehind(): void {
    this.trim().catch((error: unknown) => this.#log.warn({ error }, 'the log could not be trimmed'))
  }

  async #trimAll(): Promise<void> {
    for (let lane = 0; lane < this.lanes; lane++) {
      let deleted = trimMaxEntries
      while (deleted === trimMaxEntries && !this.#closed) {
        deleted = await this.#db.write((tx) => {
          tx(sql.raiseFloor).run(this.#maxEntries, lane)
          return tx(sql.deleteTrimmed).run(lane, lane, lane, trimMaxEntries).changes
        })
      }
    }
  }
}

function addLanes(tx: Tx, lanes: number, epoch: string): void {
  const found = column(tx(sql.countLanes).get(), 'lanes')
  if (found === 0) for (let lane = 0; lane < lanes; lane++) tx(sql.addLane).run(lane, epoch)
  else if (found !== lanes)
    throw new AppError('internal', { message: `The file's log has ${String(found)} lanes, not ${lanes}.` })
}

function createEpoch(random: Random): string {
  return Buffer.from(random.bytes(6)).toString('hex')
}
