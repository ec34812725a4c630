import type { Logger, Metrics } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { createAdapter } from '@socket.io/redis-adapter'
import type { Redis } from 'ioredis'

/*
 * The classic adapter never looks at what its publish resolves to: one that rejects would end the process. So it gets a
 * publish that never does. The subscriber holds its commands while Redis is away, the publisher drops them at once: what
 * goes over the adapter may be lost, and late is worse.
 */

export interface ClusterAdapterOptions {
  readonly redisUrl: string
  /** The channels are `<prefix>:adapter…`. */
  readonly prefix: string
  readonly log: Logger
  readonly metrics?: Metrics
  /** 10 s when absent. */
  readonly readyTimeoutMs?: number
}

export interface ClusterAdapter {
  /** What a Socket.IO server takes as its adapter. */
  readonly adapter: ReturnType<typeof createAdapter>
  /** Once the gateway is closed. */
  close(): Promise<void>
}

/**
 * Two connections of its own, both up when this resolves. From then on Redis may come and go.
 * @throws AppError unavailable when Redis did not answer in time
 */
export async function createClusterAdapter(options: ClusterAdapterOptions): Promise<ClusterAdapter> {
  const { redisUrl: url, prefix, log, metrics, readyTimeoutMs = 10_000 } = options
  const publisher = openRedis({ url, name: 'skein-adapter-publisher', log, whenAway: 'fail' })
  const subscriber = openRedis({ url, name: 'skein-adapter-subscriber', log, whenAway: 'wait', commandTimeoutMs: 0 })
  const close = async (): Promise<void> => {
    publisher.disconnect()
    subscriber.disconnect()
  }
  try {
    await Promise.all([whenRedisReady(publisher, readyTimeoutMs), whenRedisReady(subscriber, readyTimeoutMs)])
  } catch (cause) {
    await close()
    throw cause
  }
  const count = declareAdapterMetrics(metrics)
  const adapter = createAdapter(losing(publisher, log, count), subscriber, {
    key: `${prefix}:adapter`,
    publishOnSpecificResponseChannel: true,
  })
  return { adapter, close }
}

/** The same connection, but for a publish that resolves to 0 receivers when it cannot be done. */
function losing(redis: Redis, log: Logger, count: (result: 'sent' | 'lost') => void): Redis {
  const publish = redis.publish.bind(redis)
  redis.publish = async (channel: string | Buffer, message: string | Buffer): Promise<number> => {
    try {
      const receivers = await publish(channel, message)
      count('sent')
      return receivers
    } catch (err) {
      count('lost')
      log.debug({ err }, 'a message to the other gateways was lost')
      return 0
    }
  }
  return redis
}

function declareAdapterMetrics(metrics: Metrics | undefined): (result: 'sent' | 'lost') => void {
  const messages = metrics?.counter({
    name: 'adapter_messages_total',
    help: 'Messages to the other gateways, by whether Redis took them.',
    labels: { result: ['sent', 'lost'] },
  })
  return (result) => messages?.add({ result })
}
