import { AppError, type LogEvent, type Position } from '@skein/contracts'
import { createSqliteEventLog } from '@skein/event-log'
import { silentLogger, type Random } from '@skein/platform'
import { findMongod, openMongo } from '@skein/platform/mongo'
import { fakeClock, seededRandom, type FakeClock } from '@skein/platform/testing'
import { startMongo, type TestMongo } from '@skein/platform/testing/mongo'
import { tempSqlite } from '@skein/platform/testing/sqlite'
import type { Connection } from 'mongoose'
import { createMongoPostStore, type MongoPostStore } from '../src/mongo.js'
import type { PostEngine } from './post-engine.js'

/** For the titles of suites; `none` where no server can be had. */
export const mongoKind: TestMongo['kind'] | 'none' =
  process.env['SKEIN_TEST_MONGODB_URL'] === undefined ? ((await findMongod())?.kind ?? 'none') : 'given'

/** Starts a server before the suite it is called in and ends it after; without one the suite is skipped, or fails if it is required. */
export function useMongo(): () => TestMongo {
  let server: TestMongo | undefined
  before(async function () {
    this.timeout(120_000)
    if (mongoKind === 'none' && process.env['SKEIN_REQUIRE_ENGINES'] !== '1') this.skip()
    server = await startMongo()
  })
  after(async () => server?.[Symbol.asyncDispose]())
  return () => {
    if (server === undefined) throw new Error('no server')
    return server
  }
}

/** One post service's part: a store with its own connection. */
export interface MongoPart {
  readonly store: MongoPostStore
  readonly connection: Connection
  close(): Promise<void>
}

export interface MongoPostEngine extends PostEngine {
  readonly store: MongoPostStore
  readonly connection: Connection
  readonly clock: FakeClock
  /** Runs before each append, once it is known that it does not fail. */
  onAppend(run: (() => Promise<void>) | undefined): void
  /** Another process over the same database and log, until the engine is disposed. */
  another(): Promise<MongoPart>
}

let databases = 0

/** A database of its own, with a log that stays where it is when the engine restarts. */
export async function createMongoPostEngine(
  server: TestMongo,
  random: Random = seededRandom(1),
): Promise<MongoPostEngine> {
  const url = server.url(`post-${process.pid}-${++databases}`)
  const file = await tempSqlite()
  const clock = fakeClock()
  const log = await createSqliteEventLog({ db: file, lanes: 1, maxEntries: 1_000_000, clock })
  let failing = false
  let beforeAppend: (() => Promise<void>) | undefined
  async function append(events: readonly LogEvent[]): Promise<Position[]> {
    if (failing) throw new AppError('delayed')
    await beforeAppend?.()
    return log.append(events)
  }

  async function open(): Promise<MongoPart> {
    const connection = await openMongo({ url, name: 'post', log: silentLogger, waitMs: 10_000 })
    const store = await createMongoPostStore({ connection, append, clock, random, log: silentLogger })
    return {
      store,
      connection,
      async close() {
        await store.outbox.close()
        await connection.close()
      },
    }
  }
  let part = await open()
  const others: MongoPart[] = []
  return {
    clock,
    get store() {
      return part.store
    },
    get connection() {
      return part.connection
    },
    async another() {
      const other = await open()
      others.push(other)
      return other
    },
    async events() {
      const [head] = await log.heads()
      if (head === undefined) throw new Error('a log without lanes')
      const result = await log.read(0, { ...head, seq: 0 }, 1_000_000)
      if (result.kind === 'gap') throw new Error('the log lost its beginning')
      return result.entries.map((entry) => entry.event)
    },
    onAppend: (run) => void (beforeAppend = run),
    failAppends: (fail) => void (failing = fail),
    async restart() {
      await part.close()
      part = await open()
    },
    async [Symbol.asyncDispose]() {
      for (const other of others) await other.close()
      await part.store.outbox.close()
      await part.connection.dropDatabase()
      await part.connection.close()
      await log.close()
      await file[Symbol.asyncDispose]()
    },
  }
}
