import { setTimeout as wait } from 'node:timers/promises'
import { findMongod } from '@skein/platform/mongo'
import { askCluster } from '@skein/server/cluster'
import { openLink, type Link } from '../link.js'
import { openStage, plainRedis, type Stage } from '../stage.js'
import type { Scenario } from '../scenario.js'

/** Ways between parts that can be broken, by name. */
const links = new WeakMap<Stage, ReadonlyMap<string, Link>>()

async function openBrokenStage(): Promise<Stage> {
  const ports = { redis: 0, mongo: 0 }
  let dataDir = ''
  const mongo = await findMongod()
  if (mongo === null) throw new Error('no MongoDB was found')
  const partPort = async (name: string): Promise<number> =>
    (await askCluster(dataDir)).find((part) => part.name === name)?.port ?? 0
  const names = ['gateway-1 to redis', 'post-1 to redis', 'timeline-1 to redis', 'account-1 to redis']
  const toRedis = await Promise.all(names.map(async (name) => [name, await openLink(() => ports.redis)] as const))
  const mongoLink = await openLink(() => ports.mongo)
  const postLinks = await Promise.all(['post-1', 'post-2'].map((name) => openLink(() => partPort(name))))
  const timelineLink = await openLink(() => partPort('timeline-1'))
  const all = new Map<string, Link>([
    ...toRedis,
    ['post-1 to mongo', mongoLink],
    ['gateway-1 to post-1', postLinks[0] as Link],
    ['gateway-1 to timeline-1', timelineLink],
  ])
  const redisOf = (at: number): { 'redis.url': string } => ({
    'redis.url': `redis://127.0.0.1:${toRedis[at]?.[1].port ?? 0}`,
  })
  const stage = await openStage({
    programs: {
      redis: { ...plainRedis, argsFor: (port, dir) => plainRedis.argsFor((ports.redis = port), dir) },
      mongo: { command: mongo.command, argsFor: (port, dir) => mongo.argsFor((ports.mongo = port), dir) },
    },
    onDataDir: (dir) => void (dataDir = dir),
    settings: {
      'gateway-1': {
        ...redisOf(0),
        'services.post': postLinks.map(({ port }) => `127.0.0.1:${port}`).join(','),
        'services.timeline': `127.0.0.1:${timelineLink.port}`,
      },
      'post-1': {
        ...redisOf(1),
        'mongo.postsUrl': `mongodb://127.0.0.1:${mongoLink.port}/skein-posts?directConnection=true`,
      },
      'timeline-1': redisOf(2),
      'account-1': redisOf(3),
    },
  })
  const own: Stage = {
    ...stage,
    [Symbol.asyncDispose]: async () => {
      await stage[Symbol.asyncDispose]()
      await Promise.all([...all.values(), postLinks[1] as Link].map((link) => link.close()))
    },
  }
  links.set(own, all)
  return own
}

export const network: Scenario = {
  name: 'network',
  about:
    'The ways of a part to Redis, MongoDB and services are slow by 100 ms, cut, or silent (half-open), one after another.',
  size: { rounds: 2, clients: 60, authors: 20, followsEach: 5, postsPerSecond: 20 },
  plan: openBrokenStage,
  run: async ({ stage, chance, rounds, fault, right, wrong }) => {
    for (let round = 0; round < rounds; round += 1)
      for (const [name, link] of links.get(stage) ?? [])
        for (const how of ['slow', 'cut', 'silent'] as const) {
          await fault(`${name} ${how}`, async () => {
            if (how === 'slow') link.delay(100)
            else if (how === 'cut') link.cut()
            else link.silence()
            await wait(chance.between(2_000, 5_000))
            link.delay(0)
            link.mend()
          })
          await right()
        }
    for (const [name, { carriedBytes }] of links.get(stage) ?? [])
      if (carriedBytes === 0) wrong(`nothing went from ${name}: the scenario shows nothing`)
  },
}
