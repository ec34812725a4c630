import { createRedisEventLog, laneKeys, type RedisEventLogOptions } from '@skein/event-log/redis'
import type { EventLog } from '@skein/event-log'
import { silentLogger, systemClock, type Clock } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import type { FakeClock } from '@skein/platform/testing'
import type { TestRedis } from '@skein/platform/testing/redis'
import type { Redis } from 'ioredis'
import type { LogEngine, LogEngineOptions } from './event-log.contract.js'

/** A log as one process has it open, with connections of its own. */
export interface OpenedLog extends AsyncDisposable {
  readonly log: EventLog
  readonly redis: Redis
  readonly subscriber: Redis
}

export type OpenLogOptions = Pick<RedisEventLogOptions, 'lanes' | 'maxEntries'> & Partial<RedisEventLogOptions>

export async function openRedisLog(url: string, options: OpenLogOptions): Promise<OpenedLog> {
  const redis = openRedis({ url, name: 'log', log: silentLogger, whenAway: 'fail' })
  const subscriber = openRedis({ url, name: 'log-tail', log: silentLogger, whenAway: 'wait' })
  const disconnect = (): void => {
    redis.disconnect()
    subscriber.disconnect()
  }
  const defaults = { role: 'producer' as const, clock: systemClock, log: silentLogger }
  const log = await createRedisEventLog({ ...defaults, ...options, redis, subscriber }).catch((error: unknown) => {
    disconnect()
    throw error
  })
  return {
    log,
    redis,
    subscriber,
    [Symbol.asyncDispose]: async () => {
      await log.close()
      disconnect()
    },
  }
}

/** Time of the test for looks and heartbeats, real time for what a server may take. */
export function timeoutsOfTheMachine(clock: FakeClock): Clock {
  return {
    now: () => clock.now(),
    every: (ms, fn) => clock.every(ms, fn),
    after: (ms, fn) => systemClock.after(ms, fn),
  }
}

/** A log of its own in a server that others use too. */
export async function createRedisLogEngine(
  server: TestRedis,
  prefix: string,
  options: LogEngineOptions,
): Promise<LogEngine> {
  const admin = openRedis({ url: server.url, name: 'admin', log: silentLogger, whenAway: 'fail' })
  await whenRedisReady(admin, 10_000)
  const opened: OpenedLog[] = []

  async function open(): Promise<EventLog> {
    const clock = timeoutsOfTheMachine(options.clock)
    const one = await openRedisLog(server.url, { ...options, clock, prefix })
    opened.push(one)
    return one.log
  }

  async function stop(): Promise<void> {
    await Promise.all(opened.splice(0).map((one) => one[Symbol.asyncDispose]()))
  }

  return {
    open,
    stop,
    trim: () => Promise.resolve(),
    beginEpoch: async () => {
      for (let lane = 0; lane < options.lanes; lane++) await admin.del(laneKeys(prefix, lane).meta)
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      admin.disconnect()
    },
  }
}
