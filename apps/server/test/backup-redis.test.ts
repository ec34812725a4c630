import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { startRedis } from '@skein/platform/testing/redis'
import { silentLogger } from '@skein/platform/testing'
import { expect } from 'chai'
import { emptyRedis } from '../src/backup/empty-redis.js'

describe('Redis at a restore', function () {
  this.timeout(30_000)

  it('[BAK13] every key of the installation goes, and no other', async () => {
    await using server = await startRedis()
    const redis = openRedis({ url: server.url, name: 'test', log: silentLogger, whenAway: 'fail' })
    await whenRedisReady(redis, 10_000)
    const own = Array.from({ length: 1_200 }, (_, n) => `skein:home:{${n % 7}}:${n}`)
    await redis.mset(Object.fromEntries([...own, 'skein:{log0}:meta', 'skeins:1', 'other:1'].map((key) => [key, '1'])))
    expect(await emptyRedis({ url: server.url, prefix: 'skein', log: silentLogger })).to.equal(1_201)
    expect((await redis.keys('*')).sort()).to.deep.equal(['other:1', 'skeins:1'])
    redis.disconnect()
  })
})
