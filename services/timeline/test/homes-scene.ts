import { createRouterClient } from '@orpc/server'
import { EntryId, type LogEvent, type PostId, type UserId } from '@skein/contracts'
import { createRedisEventLog } from '@skein/event-log/redis'
import { silentLogger, systemClock, systemRandom } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import type { TestRedis } from '@skein/platform/testing/redis'
import { randomUUID } from 'node:crypto'
import { createTimelineService } from '../src/index.js'
import { createRedisHomes, type RedisHomesOptions } from '../src/redis.js'
import { createFakes } from './fakes.js'
import { actorOf } from './fixture.js'
import { Model } from './model.js'

export type HomesScene = Awaited<ReturnType<typeof createHomesScene>>

/** The timeline over a model, a log and homes in a real Redis. What people do is stored and then told to the log. */
export async function createHomesScene(server: TestRedis, options: Partial<RedisHomesOptions> = {}) {
  const prefix = `t${randomUUID().slice(0, 8)}`
  const model = new Model()
  // As the account service does it, another revision after every follow.
  const edgesOf = model.edgesOf.bind(model)
  model.edgesOf = (userId) => ({
    ...edgesOf(userId),
    follows: model.follows
      .filter(({ actorId }) => actorId === userId)
      .map(({ id, targetId }) => ({ id: targetId, rev: Number(id.slice(3)) })),
  })
  const fakes = createFakes(model)
  const open = (whenAway: 'fail' | 'wait', commandTimeoutMs = 1_000) =>
    openRedis({ url: server.url, name: 'homes', log: silentLogger, whenAway, commandTimeoutMs })
  const redis = open('fail')
  const subscriber = open('wait')
  await whenRedisReady(redis, 10_000)
  const shared = { redis, prefix, lanes: 2, clock: systemClock, random: systemRandom, log: silentLogger }
  const log = await createRedisEventLog({ ...shared, subscriber, maxEntries: 10_000, role: 'producer', pollMs: 200 })
  await log.heads()
  const counts = { home: 0, database: 0, built: 0, unbuilt: 0, dead: 0, pushed: 0 }
  let gate: () => Promise<void> = () => Promise.resolve()
  const readersOf = redis.zrangebyscore.bind(redis) as (...args: unknown[]) => Promise<string[]>
  Object.assign(redis, { zrangebyscore: (...args: unknown[]) => gate().then(() => readersOf(...args)) })

  function join(own: Partial<RedisHomesOptions> = {}) {
    return createRedisHomes({
      ...shared,
      openBlocking: () => open('wait', 0),
      post: fakes.post,
      minIdleMs: 300,
      metrics: {
        read: (source) => void counts[source]++,
        built: (ok) => void counts[ok ? 'built' : 'unbuilt']++,
        dead: () => void counts.dead++,
        pushed: (homes) => void (counts.pushed += homes),
      },
      ...options,
      ...own,
    })
  }
  const homes = join()
  const service = createTimelineService({}, { ...fakes, log, clock: systemClock, logger: silentLogger, homes })
  const client = createRouterClient(service.router, {
    context: (as: { actor: UserId }) => ({
      requestId: 'req',
      caller: 'gateway' as const,
      actor: actorOf(as.actor),
      accessToken: as.actor,
      deadlineAtMs: Date.now() + 10_000,
      traceparent: undefined,
    }),
  })
  let rev = 0
  const base = (entity: string, subject: UserId) => ({ id: `${entity}@${++rev}`, entity, subject, rev, atMs: 1 })

  return {
    model,
    fakes,
    redis,
    prefix,
    log,
    homes,
    counts,
    join,
    /** Before a chunk of fan-out pushes. */
    gatePushes: (own: () => Promise<void>) => void (gate = own),
    tell: (event: LogEvent) => log.append([event]),
    async post(author: UserId) {
      const id = model.post(author)
      await log.append([{ ...base(`post:${id}`, author), kind: 'post', post: model.record(id) }])
      return id
    },
    async delete(id: PostId) {
      model.delete(id)
      const post = model.record(id)
      await log.append([{ ...base(`post:${id}`, post.authorId), kind: 'post', post }])
    },
    async repost(actorId: UserId, postId: PostId, on: boolean) {
      const find = () => model.reposts.find((mark) => mark.actorId === actorId && mark.postId === postId)
      const before = find()
      model.repost(actorId, postId, on)
      const edge = on ? find() : before
      if (edge === undefined || (on && before !== undefined)) return
      const postAuthorId = model.record(postId).authorId
      const what = { kind: 'repost' as const, on, edgeId: EntryId.parse(edge.id), actorId, postId, postAuthorId }
      await log.append([{ ...base(`repost:${actorId}:${postId}`, actorId), ...what }])
    },
    home: (actor: UserId, page: { limit?: number; before?: string; after?: string } = {}) =>
      client.feeds.home(page, { context: { actor } }),
    async [Symbol.asyncDispose]() {
      gate = () => Promise.resolve()
      await homes.close()
      await log.close()
      redis.disconnect()
      subscriber.disconnect()
    },
  }
}
