import { openRedis, whenRedisReady } from '@skein/platform/redis'
import type { Logger } from '@skein/platform'

const readyTimeoutMs = 5_000
const batchMax = 500

/** Removes every key of an installation: log, homes, work. Resolves with how many. @throws AppError unavailable */
export async function emptyRedis({ url, prefix, log }: { url: string; prefix: string; log: Logger }): Promise<number> {
  const redis = openRedis({ url, name: 'skein-restore', log, whenAway: 'fail' })
  try {
    await whenRedisReady(redis, readyTimeoutMs)
    let removed = 0
    let cursor = '0'
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', batchMax)
      if (keys.length > 0) removed += await redis.unlink(...keys)
      cursor = next
    } while (cursor !== '0')
    return removed
  } finally {
    redis.disconnect()
  }
}
