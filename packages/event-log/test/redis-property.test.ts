import * as fc from 'fast-check'
import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import { play, steps } from './log-world.js'
import { createRedisLogEngine } from './redis-engine.js'

const runs = 60

describe('event log: Redis against a model', () => {
  let server: TestRedis
  let logs = 0

  before(async function () {
    requireRedis(this)
    server = await startRedis()
  })
  after(() => server?.[Symbol.asyncDispose]())

  for (const lanes of [1, 3]) {
    it(`[LOG22] whatever happens, every tail hears exactly the log from its start on (lanes: ${lanes})`, async function () {
      this.timeout(60_000)
      const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fffffff)
      console.log(`      seed ${seed}`)
      await fc.assert(
        fc.asyncProperty(steps, (plan) =>
          play((options) => createRedisLogEngine(server, `world${logs++}`, options), lanes, plan),
        ),
        { numRuns: runs, seed },
      )
    })
  }
})
