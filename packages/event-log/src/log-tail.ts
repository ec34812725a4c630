import type { Position } from '@skein/contracts'
import type { Clock, Logger } from '@skein/platform'
import type { Entry, ReadResult, Tail, TailMessage, TailOptions } from './event-log.js'

/*
 * A tail over any engine. A lane is either reading the log, and buffers what is published meanwhile, or live, and then
 * takes `last + 1`, drops what is lower, and reads again on anything else. It goes live only when the buffer joins
 * without a hole onto what was read. Publishing may therefore lose, repeat and reorder; the log decides.
 */

const pageEntries = 500
const bufferMaxEntries = 10_000

export interface TailSource {
  readonly lanes: number
  read(lane: number, after: Position, limit: number): Promise<ReadResult>
}

export interface TailDeps {
  readonly clock: Clock
  readonly log: Logger
  /** Called once, when the tail is closed. */
  readonly onClose: (tail: LogTail) => void
}

interface Lane {
  readonly index: number
  position: Position
  buffer: Entry[]
  /** Set while the log is read. */
  reading: Promise<void> | undefined
}

export class LogTail implements Tail {
  readonly #source: TailSource
  readonly #deps: TailDeps
  readonly #onMessage: (message: TailMessage) => void
  readonly #lanes: Lane[]
  #heardAtMs: number
  #closed = false

  constructor(source: TailSource, options: TailOptions, deps: TailDeps) {
    if (options.from.length !== source.lanes) throw new RangeError(`a tail starts from ${source.lanes} positions`)
    this.#source = source
    this.#deps = deps
    this.#onMessage = options.onMessage
    this.#lanes = options.from.map((position, index) => ({ index, position, buffer: [], reading: undefined }))
    this.#heardAtMs = deps.clock.now()
  }

  get positions(): Position[] {
    return this.#lanes.map((lane) => lane.position)
  }

  get heardAtMs(): number {
    return this.#heardAtMs
  }

  /** Reads every lane to its end and goes live. Publishing must reach `offer` already. @throws what the read throws. */
  async start(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => this.#beginReading(lane)))
  }

  /** Takes what was published. Entries of one lane are in order. */
  offer(entries: readonly Entry[]): void {
    if (this.#closed) return
    this.#heardAtMs = this.#deps.clock.now()
    const next: Entry[] = []
    for (const entry of entries) {
      const lane = this.#lanes[entry.lane]
      if (lane === undefined) continue
      if (lane.reading !== undefined) this.#keep(lane, entry)
      else if (follows(lane.position, entry.position)) next.push(advance(lane, entry))
      else if (isNews(lane.position, entry.position)) this.#readAgain(lane)
    }
    this.#emitEntries(next)
  }

  /** Takes word of where a lane ends: finds what publishing lost. */
  notice(index: number, head: Position): void {
    if (this.#closed) return
    this.#heardAtMs = this.#deps.clock.now()
    const lane = this.#lanes[index]
    if (lane !== undefined && lane.reading === undefined && isNews(lane.position, head)) this.#readAgain(lane)
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#deps.onClose(this)
    this.#closed = true
    await Promise.allSettled(this.#lanes.map((lane) => lane.reading ?? Promise.resolve()))
  }

  #readAgain(lane: Lane): void {
    this.#beginReading(lane).catch((error: unknown) => {
      if (!this.#closed) this.#deps.log.warn({ error, lane: lane.index }, 'the log could not be read')
    })
  }

  /** After a failure the lane is live again where it was: the next word of the log makes it read again. */
  #beginReading(lane: Lane): Promise<void> {
    lane.reading = this.#readToEnd(lane).catch((error: unknown) => {
      lane.reading = undefined
      lane.buffer = []
      throw error
    })
    return lane.reading
  }

  async #readToEnd(lane: Lane): Promise<void> {
    for (let joined = false; !joined && !this.#closed;) {
      const result = await this.#source.read(lane.index, lane.position, pageEntries)
      if (this.#closed) return
      this.#heardAtMs = this.#deps.clock.now()
      this.#take(lane, result)
      if (lane.position.seq < result.head.seq) await nextTurn()
      else joined = this.#join(lane)
    }
  }

  #take(lane: Lane, result: ReadResult): void {
    if (result.kind === 'entries') {
      lane.position = result.upTo
      this.#emitEntries(result.entries)
    } else {
      lane.position = result.head
      this.#emit({ kind: 'reset', lane: lane.index, position: result.head })
    }
  }

  /** Hands on what was buffered. True, and live in the same turn, when it left no hole. */
  #join(lane: Lane): boolean {
    const buffer = lane.buffer
    lane.buffer = []
    const next: Entry[] = []
    let whole = true
    for (const entry of buffer) {
      if (follows(lane.position, entry.position)) next.push(advance(lane, entry))
      else if (isNews(lane.position, entry.position)) whole = false
    }
    if (whole) lane.reading = undefined
    this.#emitEntries(next)
    return whole
  }

  /** What does not fit is forgotten: the newest stays, and makes the join see the hole. */
  #keep(lane: Lane, entry: Entry): void {
    if (lane.buffer.length >= bufferMaxEntries) lane.buffer = []
    lane.buffer.push(entry)
  }

  #emitEntries(entries: readonly Entry[]): void {
    if (entries.length > 0) this.#emit({ kind: 'entries', entries })
  }

  #emit(message: TailMessage): void {
    try {
      this.#onMessage(message)
    } catch (error) {
      this.#deps.log.error({ error }, 'a handler of the log failed')
    }
  }
}

function advance(lane: Lane, entry: Entry): Entry {
  lane.position = entry.position
  return entry
}

function follows(last: Position, position: Position): boolean {
  return position.epoch === last.epoch && position.seq === last.seq + 1
}

function isNews(last: Position, position: Position): boolean {
  return position.epoch !== last.epoch || position.seq > last.seq
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
