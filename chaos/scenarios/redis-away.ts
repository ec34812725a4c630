import { setTimeout as wait } from 'node:timers/promises'
import { inTurns, type Crowd } from '../crowd.js'
import { admitRawAuthor, complete } from '../raw-author.js'
import type { Scenario } from '../scenario.js'

const awayMs = 5_000
const rawPosts = 6

export const redisAway: Scenario = {
  name: 'redis-away',
  about: 'Redis is away for 5 s: no socket closes, posts are answered `delayed` and completed by their key.',
  size: { rounds: 4, clients: 100, authors: 20, followsEach: 5, postsPerSecond: 40 },
  run: async ({ stage, crowd, rounds, fault, right, wrong, note }) => {
    let delayed = 0
    for (let round = 0; round < rounds; round += 1) {
      const raw = await admitRawAuthor(crowd, stage.url, `x${round}_${crowd.authors[0]?.handle.slice(3) ?? ''}`)
      await inTurns(10, async (n) => {
        const reader = crowd.readers[n]
        if (reader !== undefined) await crowd.restless.turn(reader, raw.handle)
      })
      const before = disconnects(crowd)
      await fault('away', async () => {
        await stage.cluster.stop('redis')
        const untilMs = performance.now() + awayMs
        for (let n = 0; n < rawPosts; n += 1) {
          const { said, tookMs } = await raw.post(n)
          if (said === 'delayed') delayed += 1
          else wrong(`a post was answered ${said} after ${tookMs.toFixed(0)} ms while Redis was away`)
        }
        await wait(Math.max(0, untilMs - performance.now()))
        await stage.cluster.start('redis')
      })
      for (let n = 0; n < rawPosts; n += 1) await complete(raw, n)
      await right(45_000)
      const lost = disconnects(crowd) - before
      if (lost > 0) wrong(`${lost} sockets closed while Redis was away`)
    }
    note(`${delayed} of ${rounds * rawPosts} raw posts answered delayed`)
  },
}

const disconnects = ({ readers }: Crowd): number => readers.reduce((sum, reader) => sum + reader.disconnects, 0)
