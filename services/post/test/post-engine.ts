import { AppError, type LogEvent, type PostRecord } from '@skein/contracts'
import { createSqliteEventLog, type EventLog } from '@skein/event-log'
import type { Random, Sqlite } from '@skein/platform'
import { openSqlite } from '@skein/platform'
import { fakeClock, seededRandom } from '@skein/platform/testing'
import { tempFolder } from '@skein/platform/testing/sqlite'
import { createSqlitePostStore } from '../src/index.js'
import type { CreateOutcome, EdgeOutcome, PostStore } from '../src/store/post-store.js'

/** One stored set of posts with its log. */
export interface PostEngine extends AsyncDisposable {
  readonly store: PostStore
  /** Everything appended, in order. */
  events(): Promise<LogEvent[]>
  /** Whether appending fails from now on. */
  failAppends(fail: boolean): void
  /** Ends the process and starts another over the same data. */
  restart(): Promise<void>
}

export type CreatePostEngine = (random?: Random) => Promise<PostEngine>

export interface SqlitePostEngine extends PostEngine {
  readonly db: Sqlite
}

export async function createSqlitePostEngine(random: Random = seededRandom(1)): Promise<SqlitePostEngine> {
  const home = await tempFolder()
  let failing = false
  async function open(): Promise<{ db: Sqlite; log: EventLog; store: PostStore }> {
    const db = await openSqlite({ file: home.path('posts.db'), maxQueued: 10_000 })
    const log = await createSqliteEventLog({ db, lanes: 1, maxEntries: 1_000_000, clock: fakeClock() })
    const store = await createSqlitePostStore({
      db,
      random,
      appendIn: (tx, events) => {
        const positions = log.appendIn(tx, events)
        if (failing) throw new AppError('delayed')
        return positions
      },
    })
    return { db, log, store }
  }
  let part = await open()
  async function stop(): Promise<void> {
    await part.log.close()
    await part.db.close()
  }
  return {
    get store() {
      return part.store
    },
    get db() {
      return part.db
    },
    async events() {
      const [head] = await part.log.heads()
      if (head === undefined) throw new Error('a log without lanes')
      const result = await part.log.read(0, { ...head, seq: 0 }, 1_000_000)
      if (result.kind === 'gap') throw new Error('the log lost its beginning')
      return result.entries.map((entry) => entry.event)
    },
    failAppends: (fail) => void (failing = fail),
    async restart() {
      await stop()
      part = await open()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await home[Symbol.asyncDispose]()
    },
  }
}

/** The post of an outcome that must have one. */
export function postOf(outcome: CreateOutcome | EdgeOutcome): PostRecord {
  if ('post' in outcome) return outcome.post
  throw new Error(`expected a post, got ${outcome.kind}`)
}
