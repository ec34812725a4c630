import { expect } from 'chai'
import { createRedisEventLog, laneKeys } from '@skein/event-log/redis'
import { silentLogger, systemClock } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { eventually } from '@skein/platform/testing'
import { freePort, requireRedis, startRedis } from '@skein/platform/testing/redis'
import { Cluster } from 'ioredis'
import { edgeEvents } from './events.js'
import { record } from './recorder.js'

describe('event log: a Redis Cluster of one node', function () {
  this.timeout(30_000)
  before(function () {
    requireRedis(this)
  })

  it('[RLG17] appends, reads and hears over sharded channels, all keys of a lane in one slot', async () => {
    const bus = String(await freePort())
    const args = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port', bus]
    await using server = await startRedis({ args })
    const admin = openRedis({ url: server.url, name: 'admin', log: silentLogger, whenAway: 'fail' })
    await whenRedisReady(admin, 10_000)
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await eventually(async () => String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), 20_000)
    const nodes = [{ host: '127.0.0.1', port: server.port }]
    const [redis, subscriber] = [new Cluster(nodes), new Cluster(nodes, { shardedSubscribers: true })]
    try {
      await Promise.all([whenRedisReady(redis, 10_000), whenRedisReady(subscriber, 10_000)])
      const lanes = 3
      const log = await createRedisEventLog({
        redis,
        subscriber,
        lanes,
        maxEntries: 1_000,
        role: 'producer',
        clock: systemClock,
      })
      const from = await log.heads()
      const heard = await record(log, from)
      for (let i = 0; i < 10; i++) await log.append(edgeEvents(5, 1 + i * 5))
      await eventually(() => heard.entries.length === 50, 10_000)
      expect([heard.fault(), heard.resets]).to.deep.equal([undefined, []])
      expect(heard.tail.positions).to.deep.equal(await log.heads())
      const slots = new Set<unknown>()
      for (let lane = 0; lane < lanes; lane++) {
        const ofLane = await Promise.all(
          Object.values(laneKeys('skein', lane)).map((key) => admin.cluster('KEYSLOT', String(key))),
        )
        expect(new Set(ofLane).size).to.equal(1)
        slots.add(ofLane[0])
      }
      expect(slots.size).to.equal(lanes)
      await log.close()
    } finally {
      for (const each of [admin, redis, subscriber]) each.disconnect()
    }
  })
})
