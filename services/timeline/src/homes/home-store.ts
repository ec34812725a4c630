import type { EntryId, Positions, Skeleton, ViewerEdges } from '@skein/contracts'
import type { LineRange } from '../domain/read-lines.js'

/** What a home feed is stored in, where it is. */
export interface HomeStore {
  /**
   * Fixed before a read: up to where stored homes are complete. undefined while they are not to be read: Redis is away,
   * no epoch is valid, or fan-out is too far behind. Never rejects.
   */
  begin(): Promise<HomeMoment | undefined>
}

export interface HomeMoment {
  /** The cursor of a page that is read from a stored home. */
  readonly positions: Positions
  /**
   * The reader's home, if it is built for exactly whom they follow now; else it begins to be built and the answer is
   * undefined. The edges must have been read after `begin`. Never rejects.
   */
  open(edges: ViewerEdges): Promise<StoredHome | undefined>
}

export interface StoredHome {
  /** undefined when it is not complete where the range begins, or is not there any more. Never rejects. */
  lines(range: LineRange): Promise<StoredLines | undefined>
}

export interface StoredLines {
  /** Unfiltered candidates, newest first. */
  readonly items: readonly Skeleton[]
  /** Where to read on when these are fewer than asked for and it is not the end. */
  readonly reached: EntryId | undefined
  /** Nothing stored is further on in that direction; `floor`: what is older than it is in the database. */
  readonly end: { readonly floor: EntryId | undefined } | undefined
}

/** For figures of operation; called often, must not throw. */
export interface HomeMetrics {
  pushed?(homes: number): void
  built?(ok: boolean): void
  read?(source: 'home' | 'database'): void
  dead?(): void
  /** Entries of the log that are not yet in every home, and homes that this process is building. */
  behind?(entries: number, building: number): void
}
