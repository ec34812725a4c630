import { setTimeout as wait } from 'node:timers/promises'
import { idsOf, loadFeed } from '../../test/support/feeds.js'
import { inTurns } from '../crowd.js'
import { untilDone } from '../restless.js'
import type { Scenario } from '../scenario.js'

export const rebuild: Scenario = {
  name: 'rebuild',
  about:
    'Homes are built again after Redis was emptied, while the processes that build them stand still and are killed.',
  size: { rounds: 6, clients: 60, authors: 20, followsEach: 8, postsPerSecond: 20 },
  run: async ({ stage, crowd, chance, rounds, fault, right, wrong }) => {
    for (let round = 0; round < rounds; round += 1) {
      await fault('FLUSHALL, then timeline', async () => {
        await stage.withRedis(async (redis) => void (await redis.flushall()))
        const reading = inTurns(crowd.readers.length, async (n) => {
          const reader = crowd.readers[n]
          if (reader !== undefined) await untilDone(() => loadFeed(reader.client, 'home', 60))
        })
        await wait(chance.between(0, 400))
        const name = chance.pick(['timeline-1', 'timeline-2'])
        if (chance.next() < 0.5) await stage.cluster.kill(name)
        else {
          await stage.cluster.pause(name)
          await wait(chance.between(500, 4_000))
          await stage.cluster.resume(name)
        }
        await reading
      })
      await right()
      await inTurns(crowd.readers.length, async (n) => {
        const reader = crowd.readers[n]
        if (reader === undefined) return
        const lines = await untilDone(() => loadFeed(reader.client, 'home', 60))
        if (new Set(idsOf(lines)).size < lines.length) wrong(`I3 doubled in the home of ${reader.handle}`)
      })
    }
  },
}
