import { encodeLogCursor, type LogEvent, type Position, type Positions } from '@skein/contracts'
import type { Cancel, Clock } from '@skein/platform'
import { Deque } from './deque.js'
import type { Entry, EventLog, Tail, TailMessage } from './event-log.js'
import type { Locate, Window, WindowEntry, WindowOptions } from './window-port.js'

/*
 * The newest entries of all lanes in the order they arrived here. Per lane it is whole: whatever came after the lane's
 * floor is held, or is an older state of an entity whose newer state is held. What leaves, leaves in order of arrival.
 */

export interface WindowDeps {
  readonly clock: Clock
}

/**
 * Fills a window from the log and keeps it. `onEntry` is not called for what it is first filled with; from the moment
 * this resolves it may be. @throws what reading the log throws.
 */
export async function createWindow(log: EventLog, options: WindowOptions & WindowDeps): Promise<Window> {
  const [heads, floors] = [await log.heads(), await log.floors()]
  const share = Math.ceil(options.maxEntries / log.lanes)
  const from = floors.map((floor, lane) => startOf(floor, heads[lane] ?? floor, share))
  const window = new LogWindow(from, options)
  await window.follow(log)
  return window
}

function startOf(floor: Position, head: Position, share: number): Position {
  return { epoch: floor.epoch, seq: floor.epoch === head.epoch ? Math.max(floor.seq, head.seq - share) : floor.seq }
}

class HeldEntry implements WindowEntry {
  readonly index: number
  readonly lane: number
  readonly position: Position
  readonly event: LogEvent
  readonly sizeBytes: number
  readonly #positions: Positions
  #cursor: string | undefined
  superseded = false

  constructor(entry: Entry, index: number, positions: Positions) {
    this.index = index
    this.lane = entry.lane
    this.position = entry.position
    this.event = entry.event
    this.sizeBytes = JSON.stringify(entry.event).length
    this.#positions = positions
  }

  get cursor(): string {
    this.#cursor ??= encodeLogCursor(this.#positions)
    return this.#cursor
  }
}

interface LaneWindow {
  readonly held: Deque<HeldEntry>
  /** The newest position that is not known here any more. */
  floor: Position
}

interface Waiter {
  readonly from: Positions
  finish(holds: boolean): void
}

class LogWindow implements Window {
  readonly #options: WindowOptions & WindowDeps
  readonly #held = new Deque<HeldEntry>()
  readonly #lanes: LaneWindow[]
  readonly #newest = new Map<string, HeldEntry>()
  readonly #waiters = new Set<Waiter>()
  #positions: Positions
  #cursor: string | undefined
  #headIndex = -1
  #sizeBytes = 0
  #tail: Tail | undefined
  #isFilled = false

  constructor(from: Positions, options: WindowOptions & WindowDeps) {
    this.#options = options
    this.#positions = from
    this.#lanes = from.map((floor) => ({ held: new Deque(), floor }))
  }

  async follow(log: EventLog): Promise<void> {
    this.#tail = await log.tail({ from: this.#positions, onMessage: (message) => this.#take(message) })
    this.#isFilled = true
  }

  get headIndex(): number {
    return this.#headIndex
  }

  get floorIndex(): number {
    return this.#headIndex + 1 - this.#held.length
  }

  get positions(): Positions {
    return this.#positions
  }

  get cursor(): string {
    this.#cursor ??= encodeLogCursor(this.#positions)
    return this.#cursor
  }

  get heardAtMs(): number {
    return this.#tail?.heardAtMs ?? 0
  }

  at(index: number): WindowEntry | undefined {
    return this.#held.at(index - this.floorIndex)
  }

  /** O(lanes · log n). */
  locate(from: Positions): Locate {
    if (this.#isOtherEpoch(from)) return { kind: 'gap', reason: 'epoch' }
    if (this.#lanes.some((lane, i) => seqOf(from, i) < lane.floor.seq)) return { kind: 'gap', reason: 'expired' }
    if (!this.#holds(from)) return { kind: 'ahead' }
    const firsts = this.#lanes.map((lane, i) => firstAbove(lane.held, seqOf(from, i))?.index ?? this.#headIndex + 1)
    return { kind: 'found', index: Math.min(...firsts) - 1 }
  }

  /** False at once when another epoch begins: it will never hold that position. */
  waitFor(from: Positions, timeoutMs: number): Promise<boolean> {
    if (this.#holds(from)) return Promise.resolve(true)
    return new Promise((resolve) => {
      let cancel: Cancel = () => undefined
      const finish = (holds: boolean): void => {
        cancel()
        this.#waiters.delete(waiter)
        resolve(holds)
      }
      const waiter: Waiter = { from, finish }
      cancel = this.#options.clock.after(timeoutMs, () => finish(false))
      this.#waiters.add(waiter)
    })
  }

  async close(): Promise<void> {
    for (const waiter of this.#waiters) waiter.finish(false)
    await this.#tail?.close()
  }

  #take(message: TailMessage): void {
    if (message.kind === 'reset') this.#reset(message.lane, message.position)
    else for (const entry of message.entries) this.#add(entry)
    for (const waiter of this.#waiters) if (this.#holds(waiter.from)) waiter.finish(true)
  }

  #add(entry: Entry): void {
    this.#moveTo(entry.lane, entry.position)
    const older = this.#newest.get(entry.event.entity)
    if (older !== undefined && entry.event.rev <= older.event.rev) return
    if (older !== undefined) older.superseded = true
    const held = new HeldEntry(entry, ++this.#headIndex, this.#positions)
    this.#held.push(held)
    this.#lanes[entry.lane]?.held.push(held)
    this.#newest.set(entry.event.entity, held)
    this.#sizeBytes += held.sizeBytes
    this.#dropOldest()
    if (this.#isFilled) this.#options.onEntry(held)
  }

  #moveTo(lane: number, position: Position): void {
    this.#positions = this.#positions.with(lane, position)
    this.#cursor = undefined
  }

  /** The newest entry stays, however large. */
  #dropOldest(): void {
    const { maxEntries, maxBytes } = this.#options
    while (this.#held.length > 1 && (this.#held.length > maxEntries || this.#sizeBytes > maxBytes)) {
      const oldest = this.#held.shift()
      if (oldest === undefined) return
      this.#sizeBytes -= oldest.sizeBytes
      const lane = this.#lanes[oldest.lane]
      lane?.held.shift()
      if (lane !== undefined) lane.floor = oldest.position
      if (this.#newest.get(oldest.event.entity) === oldest) this.#newest.delete(oldest.event.entity)
    }
  }

  /** Indexes go on: what was before is out of the window. */
  #reset(lane: number, position: Position): void {
    this.#moveTo(lane, position)
    this.#held.clear()
    this.#newest.clear()
    this.#sizeBytes = 0
    for (const [i, each] of this.#lanes.entries()) {
      each.held.clear()
      each.floor = this.#positions[i] ?? each.floor
    }
    for (const waiter of this.#waiters) if (this.#isOtherEpoch(waiter.from)) waiter.finish(false)
    if (this.#isFilled) this.#options.onReset()
  }

  #isOtherEpoch(from: Positions): boolean {
    return this.#positions.some((position, lane) => position.epoch !== from[lane]?.epoch)
  }

  #holds(from: Positions): boolean {
    return this.#positions.every(
      (position, lane) => position.epoch === from[lane]?.epoch && position.seq >= seqOf(from, lane),
    )
  }
}

function seqOf(positions: Positions, lane: number): number {
  return positions[lane]?.seq ?? 0
}

function firstAbove(held: Deque<HeldEntry>, seq: number): HeldEntry | undefined {
  let low = 0
  let high = held.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((held.at(middle)?.position.seq ?? Infinity) <= seq) low = middle + 1
    else high = middle
  }
  return held.at(low)
}
