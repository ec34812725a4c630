import { setTimeout as wait } from 'node:timers/promises'
import { laneKeys } from '@skein/event-log/redis'
import { prefix } from '../stage.js'
import type { Scenario } from '../scenario.js'

const workStream = `${prefix}:{fanout}:work`

export const duplicates: Scenario = {
  name: 'duplicates',
  about: 'Everything on the live channel is published again, late too, and pieces of fan-out work are added again.',
  size: { rounds: 10, clients: 60, authors: 20, followsEach: 5, postsPerSecond: 30 },
  run: async ({ stage, chance, rounds, fault, right, note }) => {
    let published = 0
    let added = 0
    const { channel } = laneKeys(prefix, 0)
    await fault('repeats', () =>
      stage.withRedis(async (subscriber) =>
        stage.withRedis(async (redis) => {
          const kept: string[] = []
          const own = new Map<string, number>()
          subscriber.on('message', (_, text: string) => {
            const expected = own.get(text) ?? 0
            if (expected > 0) return void own.set(text, expected - 1)
            kept.push(text)
          })
          await subscriber.subscribe(channel)
          for (let round = 0; round < rounds; round += 1) {
            await wait(1_000)
            const again = [...kept.slice(-20), ...Array.from({ length: 20 }, () => chance.pick(kept))]
            for (const text of again) {
              own.set(text, (own.get(text) ?? 0) + 1)
              await redis.publish(channel, text)
              published += 1
            }
            for (const [, fields] of await redis.xrevrange(workStream, '+', '-', 'COUNT', 20)) {
              await redis.xadd(workStream, '*', ...fields)
              added += 1
            }
          }
        }),
      ),
    )
    await right()
    note(`${published} messages published again, ${added} pieces of work added again`)
  },
}
