export { createRedisHomes } from './homes/redis/redis-homes.js'
export type { RedisHomes, RedisHomesOptions } from './homes/redis/redis-homes.js'
export type { HomeMetrics, HomeStore } from './homes/home-store.js'
