/*
 * What a scenario knows of each person when it is quiet again: plain data, so that a test can doctor it. Times are those of
 * this process, monotonic, in milliseconds.
 */

/** A post whose sending has begun. Without an id its outcome is unknown: it may be there or not, once. */
export interface Sent {
  readonly text: string
  readonly fromMs: number
  id?: string
  acknowledgedMs?: number
  /** The deletion was begun, and acknowledged. */
  deletingMs?: number
  deletedMs?: number
  likers?: Set<string>
}

/** A line of a freshly loaded feed or of a view. */
export interface Line {
  readonly id: string
  readonly author: string
  readonly text: string
  readonly likes?: number
  /** Everything shown of it. */
  readonly picture?: string
}

export interface AuthorRecord {
  readonly handle: string
  /** In the order of sending; the nth text is `<handle> <n>`. */
  readonly sent: readonly Sent[]
  /** Sent side by side, or on without an answer to the one before: no order is promised. */
  readonly isUnordered: boolean
  /** Calls that were refused for good, in words. */
  readonly refused: readonly string[]
  /** Own timeline as freshly loaded, oldest first. */
  readonly shown: readonly Line[]
  readonly followers?: { readonly counted: number; readonly listed: number }
}

/** A post that arrived live. */
export interface Heard {
  readonly id: string
  readonly author: string
  readonly text: string
  readonly atMs: number
}

export interface Gap {
  readonly atMs: number
  /** When something had last arrived before. */
  readonly lastMs: number
}

/** A follow or unfollow: from when it is possible, until when it is certain. */
export interface EdgeChange {
  readonly author: string
  readonly on: boolean
  readonly fromMs: number
  doneMs?: number
}

export interface ReaderRecord {
  readonly handle: string
  /** Followed since before the first post, and never touched. */
  readonly follows: readonly string[]
  readonly changes: readonly EdgeChange[]
  readonly refused: readonly string[]
  readonly listening: { readonly fromMs: number; readonly heard: readonly Heard[]; readonly gaps: readonly Gap[] }
  /** Home as freshly loaded, oldest first; null when it was not looked at. */
  readonly home: readonly Line[] | null
  /** What a view that stayed open shows, oldest first. */
  readonly view: readonly Line[] | null
}

/** While something was broken, what is late is excused; what is wrong is not. */
export interface Trouble {
  readonly what: string
  readonly fromMs: number
  toMs: number
}

export interface Records {
  readonly authors: readonly AuthorRecord[]
  readonly readers: readonly ReaderRecord[]
  readonly troubles: readonly Trouble[]
}
