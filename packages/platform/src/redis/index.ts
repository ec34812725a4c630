export { openRedis, whenRedisReady } from './open-redis.js'
export type { RedisOptions } from './open-redis.js'
