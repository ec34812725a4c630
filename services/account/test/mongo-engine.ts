import { AppError, type LogEvent, type Position } from '@skein/contracts'
import { systemClock, type Clock } from '@skein/platform'
import { openMongo } from '@skein/platform/mongo'
import { startMongo, type TestMongo } from '@skein/platform/testing/mongo'
import { silentLogger } from '@skein/platform/testing'
import type { Connection } from 'mongoose'
import { createMongoAccountStore, type MongoAccountStore } from '../src/mongo.js'
import { actionsOn, type Actions, type StoreEngine } from './store-harness.js'

/** A log that keeps each event id once, as the real ones do, and can be away. */
export interface FakeLog {
  readonly append: (events: readonly LogEvent[]) => Promise<readonly Position[]>
  readonly events: readonly LogEvent[]
  /** From now on it answers, or does not. */
  away(is: boolean): void
}

export function fakeLog(): FakeLog {
  const kept = new Map<string, LogEvent>()
  let isAway = false
  return {
    append: (events) => {
      if (isAway) return Promise.reject(new AppError('delayed'))
      for (const event of events) if (!kept.has(event.id)) kept.set(event.id, event)
      return Promise.resolve([])
    },
    get events() {
      return [...kept.values()]
    },
    away: (is) => void (isAway = is),
  }
}

/** One process of the account service: a connection and a store of its own. */
export interface MongoNode extends AsyncDisposable {
  readonly store: MongoAccountStore
  readonly act: Actions
  readonly connection: Connection
}

export async function openNode(url: string, { append }: FakeLog, clock: Clock = systemClock): Promise<MongoNode> {
  const connection = await openMongo({ url, name: 'test', log: silentLogger })
  const store = await createMongoAccountStore({ connection, append, clock, log: silentLogger })
  return {
    store,
    connection,
    act: actionsOn(store),
    [Symbol.asyncDispose]: async () => {
      await store.close()
      await connection.close()
    },
  }
}

/** One server for all suites of this process. null where none can be had, unless SKEIN_REQUIRE_ENGINES=1. */
export const mongo = await startMongo().catch((thrown: unknown) => {
  if (process.env['SKEIN_REQUIRE_ENGINES'] === '1') throw thrown
  return null
})
after(() => mongo?.[Symbol.asyncDispose]())

/** A suite over MongoDB that says over which; shown as skipped where no server can be had. */
export function describeMongo(title: string, suite: (server: TestMongo) => void): void {
  if (mongo === null) describe.skip(`${title}, mongo (no server can be had here)`, () => it('is not tested'))
  else
    describe(`${title}, mongo (${mongo.kind})`, function () {
      this.timeout(60_000)
      suite(mongo)
    })
}

let databases = 0

/** A database that nobody used before. */
export function freshUrl(server: TestMongo): string {
  return server.url(`account-${process.pid}-${(databases += 1)}`)
}

/** A store over a database of its own. */
export async function openMongoEngine(server: TestMongo): Promise<StoreEngine> {
  const log = fakeLog()
  const node = await openNode(freshUrl(server), log)
  return {
    store: node.store,
    events: () => Promise.resolve(log.events),
    breakLog: () => log.away(true),
    [Symbol.asyncDispose]: async () => {
      await node.connection.dropDatabase().catch(() => undefined)
      await node[Symbol.asyncDispose]()
    },
  }
}
