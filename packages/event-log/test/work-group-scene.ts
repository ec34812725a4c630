import {
  createWorkGroup,
  laneKeys,
  type WorkEntry,
  type WorkGroup,
  type WorkGroupOptions,
} from '@skein/event-log/redis'
import { silentLogger, systemClock } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import type { TestRedis } from '@skein/platform/testing/redis'
import type { Redis } from 'ioredis'
import { randomUUID } from 'node:crypto'
import { edgeEvents } from './events.js'
import { openRedisLog, type OpenedLog } from './redis-engine.js'

/** A log of one lane with its group, in a server that others use too. */
export interface GroupScene extends AsyncDisposable {
  readonly producer: OpenedLog
  readonly redis: Redis
  readonly prefix: string
  /** Ids of events in the order in which they were handled, repeats among them. */
  readonly handled: string[]
  readonly passed: number[]
  readonly dead: string[]
  resets: number
  append(count: number, first?: number): Promise<string[]>
  join(name: string, options?: Partial<WorkGroupOptions>): WorkGroup
}

export async function createGroupScene(server: TestRedis, maxEntries = 10_000): Promise<GroupScene> {
  const prefix = `t${randomUUID().slice(0, 8)}`
  const producer = await openRedisLog(server.url, { lanes: 1, maxEntries, prefix, pollMs: 200 })
  const redis = openRedis({ url: server.url, name: 'group', log: silentLogger, whenAway: 'fail' })
  await Promise.all([whenRedisReady(redis, 10_000), whenRedisReady(producer.redis, 10_000)])
  await producer.log.heads()
  const groups: WorkGroup[] = []
  const scene: GroupScene = {
    producer,
    redis,
    prefix,
    handled: [],
    passed: [],
    dead: [],
    resets: 0,
    async append(count, first = 1) {
      const events = edgeEvents(count, first)
      for (let at = 0; at < count; at += 200) await producer.log.append(events.slice(at, at + 200))
      return events.map(({ id }) => id)
    },
    join(name, options = {}) {
      const group = createWorkGroup({
        redis,
        openBlocking: () =>
          openRedis({
            url: server.url,
            name: `${name}-waits`,
            log: silentLogger,
            whenAway: 'wait',
            commandTimeoutMs: 0,
          }),
        streams: [{ lane: laneKeys(prefix, 0) }],
        group: 'g',
        consumer: name,
        handle: (entry) => {
          scene.handled.push(idOf(entry))
          return Promise.resolve('done' as const)
        },
        createEra: () => randomUUID(),
        clock: systemClock,
        log: silentLogger,
        minIdleMs: 200,
        maxFailures: 3,
        onDead: (entry) => void scene.dead.push(idOf(entry)),
        onReset: () => void scene.resets++,
        onPassed: (_lane, count) => void scene.passed.push(count),
        ...options,
      })
      groups.push(group)
      return group
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(groups.map((group) => group.close()))
      redis.disconnect()
      await producer[Symbol.asyncDispose]()
    },
  }
  return scene
}

export function idOf({ fields }: WorkEntry): string {
  return fields['id'] ?? ''
}
