import { AppError } from '@skein/contracts'
import { Redis, type Cluster } from 'ioredis'
import type { Logger } from '../log.js'

export interface RedisOptions {
  readonly url: string
  /** Shown by `CLIENT LIST`. */
  readonly name: string
  readonly log: Logger
  /**
   * How a command behaves while the server is away. `fail`: at once an error, for what a request waits on. `wait`: held
   * until it is back, for subscriptions and blocking reads, which come again by themselves.
   */
  readonly whenAway: 'fail' | 'wait'
  /** A command without an answer fails after this: 1 s when absent; 0 for connections that block. */
  readonly commandTimeoutMs?: number
}

/**
 * A connection that finds its server again by itself for as long as it lives, and never throws from an event. Resolves at
 * once; `whenReady` waits. Use one connection for commands, one for subscriptions and one for each blocking reader.
 */
export function openRedis({ url, name, log, whenAway, commandTimeoutMs = 1_000 }: RedisOptions): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    enableOfflineQueue: whenAway === 'wait',
    maxRetriesPerRequest: whenAway === 'wait' ? null : 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 1_000,
    keepAlive: 10_000,
    // A peer that is silent for this long while commands wait is taken for dead: paused machines and half-open connections.
    ...(commandTimeoutMs === 0 ? {} : { commandTimeout: commandTimeoutMs, socketTimeout: 5 * commandTimeoutMs }),
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 5), 1_000) * (0.5 + Math.random() / 2),
  })
  // The driver repeats subscriptions by itself and drops their promises: a failed one must not end the process.
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    command.promise.catch(() => undefined)
    return send(command, stream)
  }
  redis.on('error', (err: Error) => log.debug({ err, redis: name }, 'redis'))
  redis.on('close', () => log.warn({ redis: name }, 'the connection to redis is down'))
  redis.on('ready', () => log.info({ redis: name }, 'the connection to redis is up'))
  return redis
}

/** Resolves when commands can be sent. @throws AppError unavailable after `timeoutMs`. */
export async function whenRedisReady(redis: Redis | Cluster, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(() => {
      redis.off('ready', ready)
      fail(new AppError('unavailable', { message: `Redis did not answer within ${timeoutMs} ms.` }))
    }, timeoutMs)
    const ready = (): void => {
      clearTimeout(timer)
      done()
    }
    redis.once('ready', ready)
  })
}
