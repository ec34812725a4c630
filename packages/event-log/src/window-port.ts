import type { Positions } from '@skein/contracts'
import type { Entry } from './event-log.js'

/** An entry as the window keeps it, in the order it arrived here. */
export interface WindowEntry extends Entry {
  /** Grows by one an entry, across lanes, for the life of this process: a place in the window, never sent to anyone. */
  readonly index: number
  /** The heads of all lanes once this entry is counted in, as a cursor that a client may resume from. */
  readonly cursor: string
  /** A newer revision of the same entity is in the window: replay leaves this one out. */
  readonly superseded: boolean
}

export type Locate =
  /** Everything after `index` that is above `from` in its lane is what was missed. */
  | { readonly kind: 'found'; readonly index: number }
  | { readonly kind: 'gap'; readonly reason: 'epoch' | 'expired' }
  /** The cursor knows more than this window yet. */
  | { readonly kind: 'ahead' }

/** Recent events in memory, joined from the log without a hole, so that a returning client costs no read of anything. */
export interface Window {
  /** Index of the newest entry; -1 before the first. */
  readonly headIndex: number
  /** The cursor of everything handled so far. */
  readonly cursor: string
  readonly positions: Positions
  /** Index of the oldest entry still held, or headIndex + 1 when none is. */
  readonly floorIndex: number
  locate(from: Positions): Locate
  /** undefined when it left the window or is not here yet. */
  at(index: number): WindowEntry | undefined
  /** Resolves when the window holds every position of `from`, or with false after `timeoutMs`. */
  waitFor(from: Positions, timeoutMs: number): Promise<boolean>
  /** When the log was last heard. */
  readonly heardAtMs: number
  close(): Promise<void>
}

export interface WindowOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  /** Called once for each new entry after it is in the window, in order. */
  readonly onEntry: (entry: WindowEntry) => void
  /** The window was cleared: another epoch, or the log no longer holds what came next. */
  readonly onReset: () => void
}
