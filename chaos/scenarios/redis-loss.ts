import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openStage } from '../stage.js'
import type { Scenario, Scene, Size } from '../scenario.js'

const size: Size = { rounds: 5, clients: 100, authors: 20, followsEach: 5, postsPerSecond: 40 }

/** Of a scene in which Redis forgot something: who listens is told, and everybody is right again. */
async function tellsAndHeals({ crowd, wrong, right }: Scene): Promise<void> {
  const before = crowd.readers.map(({ listener }) => listener.gaps.length)
  await right(30_000)
  const untold = crowd.readers.filter(({ listener }, n) => listener.gaps.length === before[n])
  if (untold.length > 0) wrong(`I6 ${untold.length} clients were told of no gap, such as ${untold[0]?.handle ?? ''}`)
}

export const redisEmpty: Scenario = {
  name: 'redis-empty',
  about: 'Redis is emptied while everything runs (FLUSHALL).',
  size,
  short: { rounds: 2, clients: 40, authors: 10, postsPerSecond: 20 },
  run: async (scene) => {
    for (let round = 0; round < scene.rounds; round += 1) {
      await wait(scene.chance.between(500, 3_000))
      await scene.fault('FLUSHALL', () => scene.stage.withRedis(async (redis) => void (await redis.flushall())))
      await tellsAndHeals(scene)
    }
  },
}

export const redisLost: Scenario = {
  name: 'redis-lost',
  about: 'Redis, which keeps nothing on disk, is killed and comes back empty.',
  size,
  run: async (scene) => {
    for (let round = 0; round < scene.rounds; round += 1) {
      await wait(scene.chance.between(500, 3_000))
      await scene.fault('kill', () => scene.stage.cluster.kill('redis'))
      await tellsAndHeals(scene)
    }
  },
}

export const redisOld: Scenario = {
  name: 'redis-old',
  about: 'Redis comes back with what it held some seconds before.',
  size: { ...size, rounds: 3 },
  plan: () => openStage({ aof: 'always' }),
  run: async (scene) => {
    const { stage, chance, rounds } = scene
    const folder = join(stage.dataDir, 'redis', 'appendonlydir')
    const kept = join(stage.dataDir, 'older')
    for (let round = 0; round < rounds; round += 1) {
      await rm(kept, { recursive: true, force: true })
      await cp(folder, kept, { recursive: true })
      await wait(chance.between(2_000, 8_000))
      await scene.fault('an older file', async () => {
        await stage.cluster.stop('redis')
        await rm(folder, { recursive: true })
        await cp(kept, folder, { recursive: true })
        await stage.cluster.start('redis')
      })
      await tellsAndHeals(scene)
    }
  },
}
