import { setTimeout as wait } from 'node:timers/promises'
import { laneKeys } from '@skein/event-log/redis'
import type { Redis } from 'ioredis'
import { prefix } from '../stage.js'
import type { Scenario, Scene } from '../scenario.js'

const workStream = `${prefix}:{fanout}:work`
const atOnce = 20

export const duplicates: Scenario = {
  name: 'duplicates',
  about: 'Everything on the live channel is published again, late too, and pieces of fan-out work are added again.',
  size: { rounds: 10, clients: 60, authors: 20, followsEach: 5, postsPerSecond: 30 },
  run: async (scene) => {
    const { stage, fault, right, wrong, note } = scene
    const repeated = { messages: 0, work: 0 }
    await fault('repeats', () =>
      stage.withRedis((subscriber) =>
        stage.withRedis((watcher) =>
          stage.withRedis((redis) => repeat(scene, { subscriber, watcher, redis }, repeated)),
        ),
      ),
    )
    await right()
    if (repeated.work === 0) wrong('no piece of work was seen: the scenario shows nothing of the fan-out')
    note(`${repeated.messages} messages published again, ${repeated.work} pieces of work added again`)
  },
}

async function repeat(
  { rounds, chance }: Scene,
  { subscriber, watcher, redis }: Record<'subscriber' | 'watcher' | 'redis', Redis>,
  repeated: { messages: number; work: number },
): Promise<void> {
  const { channel } = laneKeys(prefix, 0)
  const kept: string[] = []
  const own = new Map<string, number>()
  subscriber.on('message', (_, text: string) => {
    const expected = own.get(text) ?? 0
    if (expected > 0) return void own.set(text, expected - 1)
    kept.push(text)
  })
  await subscriber.subscribe(channel)
  const work = watchWork(watcher)
  for (let round = 0; round < rounds; round += 1) {
    await wait(1_000)
    for (const text of [...kept.slice(-atOnce), ...Array.from({ length: atOnce }, () => chance.pick(kept))]) {
      own.set(text, (own.get(text) ?? 0) + 1)
      await redis.publish(channel, text)
      repeated.messages += 1
    }
    for (const fields of work.splice(0).slice(-atOnce)) {
      await redis.xadd(workStream, '*', ...fields)
      repeated.work += 1
    }
  }
}

/** Pieces of work as they come, until the connection ends: once done they are gone from the stream. */
function watchWork(redis: Redis): string[][] {
  const seen: string[][] = []
  const watch = async (): Promise<void> => {
    for (;;) {
      const found = await redis.xread('BLOCK', 200, 'STREAMS', workStream, '$')
      for (const [, entries] of found ?? []) for (const [, fields] of entries) seen.push(fields)
    }
  }
  watch().catch(() => undefined)
  return seen
}
