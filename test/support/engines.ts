import { startMongo, type TestMongo } from '@skein/platform/testing/mongo'
import { startRedis, type TestRedis } from '@skein/platform/testing/redis'

/** The servers of the replicated wiring, one of each for all suites of a run; each system has names of its own in them. */
export interface Engines {
  readonly redis: TestRedis
  readonly mongo: TestMongo
}

let engines: Promise<Engines> | undefined

/** They end with the run of mocha that asked for them. */
export function sharedEngines(): Promise<Engines> {
  engines ??= Promise.all([startRedis({ aof: 'everysec' }), startMongo()]).then(([redis, mongo]) => ({ redis, mongo }))
  return engines
}

if (typeof after === 'function')
  after(async () => {
    if (engines === undefined) return
    const { redis, mongo } = await engines
    await Promise.all([redis[Symbol.asyncDispose](), mongo[Symbol.asyncDispose]()])
  })
