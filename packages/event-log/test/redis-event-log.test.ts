import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import { eventLogContract } from './event-log.contract.js'
import { createRedisLogEngine } from './redis-engine.js'

describe('event log: Redis', () => {
  let server: TestRedis
  let logs = 0

  before(async function () {
    requireRedis(this)
    server = await startRedis()
  })
  after(() => server?.[Symbol.asyncDispose]())

  eventLogContract('Redis', (options) => createRedisLogEngine(server, `log${logs++}`, options))
})
