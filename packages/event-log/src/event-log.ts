import type { LogEvent, Position, Positions } from '@skein/contracts'

/** One event in its place. */
export interface Entry {
  readonly lane: number
  readonly position: Position
  readonly event: LogEvent
}

export type ReadResult =
  /** `upTo`: read on from here. Entries of a kind that this version does not know are left out and counted in it. */
  | { readonly kind: 'entries'; readonly entries: readonly Entry[]; readonly upTo: Position; readonly head: Position }
  /** `after` is of another epoch, older than what the log keeps, or ahead of the log: what follows is not known. */
  | { readonly kind: 'gap'; readonly reason: 'epoch' | 'trimmed' | 'ahead'; readonly head: Position }

/** What a tail hears, in the order of each lane. */
export type TailMessage =
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  /** The lane goes on from `position` and what lay before is not known: windows are cleared, clients are told `gap`. */
  | { readonly kind: 'reset'; readonly lane: number; readonly position: Position }

export interface Tail {
  /** The last position handed to the handler, per lane. */
  readonly positions: Positions
  /** When the log was last heard (an event, a heartbeat or a read that answered), by the clock. */
  readonly heardAtMs: number
  close(): Promise<void>
}

export interface TailOptions {
  /** Where to start, per lane. */
  readonly from: Positions
  /** Called in order, never twice at once, never with an entry twice; must not throw. */
  readonly onMessage: (message: TailMessage) => void
}

/**
 * One ordered, replayable stream of what happened, in `lanes` lanes; lane = hash(event.subject) mod lanes. Order is
 * promised within a lane, never across lanes. Within a lane log order = publish order = visibility order, and `seq`
 * grows by exactly one an event.
 */
export interface EventLog {
  readonly lanes: number

  /**
   * Appends to the ends of the lanes. Idempotent on `event.id` over the entries still kept: a repeat gets the first
   * position. Resolves once durable and readable. @throws AppError delayed when the log did not answer in time.
   */
  append(events: readonly LogEvent[]): Promise<Position[]>

  /** The last position of every lane (seq 0 in an empty lane). Never behind what an earlier append resolved with. */
  heads(): Promise<Position[]>

  /** The oldest position per lane after which `read` still knows everything. */
  floors(): Promise<Position[]>

  /** Up to `limit` entries after a position, the oldest first. */
  read(lane: number, after: Position, limit: number): Promise<ReadResult>

  /** Everything after `from`, then everything that comes, without a hole and without a repeat. Resolves when caught up once. */
  tail(options: TailOptions): Promise<Tail>

  close(): Promise<void>
}

/** The lane of a subject: FNV-1a of its id, mod lanes. Fixed for the life of an installation. */
export function laneOf(subject: string, lanes: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < subject.length; i++) hash = Math.imul(hash ^ subject.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % lanes
}
