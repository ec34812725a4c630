import { randomBytes } from 'node:crypto'
import type { ServerConfig } from '@skein/server'
import type { RunningRole } from '@skein/server/roles'
import { openBalancer } from './balancer.js'
import { sharedEngines } from './engines.js'

export interface ClusterSystem {
  readonly port: number
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** Names of one's own in the shared servers. */
export interface ClusterStores {
  readonly redisUrl: string
  readonly prefix: string
  readonly accountsUrl: string
  readonly postsUrl: string
  /** For a process. */
  readonly env: Readonly<Record<string, string>>
}

export async function clusterStores(): Promise<ClusterStores> {
  const { redis, mongo } = await sharedEngines()
  const prefix = `t${randomBytes(6).toString('hex')}`
  const accountsUrl = mongo.url(`${prefix}_accounts`)
  const postsUrl = mongo.url(`${prefix}_posts`)
  return {
    redisUrl: redis.url,
    prefix,
    accountsUrl,
    postsUrl,
    env: {
      SKEIN_REDIS_URL: redis.url,
      SKEIN_REDIS_PREFIX: prefix,
      SKEIN_MONGO_ACCOUNTS_URL: accountsUrl,
      SKEIN_MONGO_POSTS_URL: postsUrl,
    },
  }
}

type PartRole = RunningRole['role']

export interface ClusterOptions {
  readonly settings: ServerConfig
  readonly webRoot?: string
  readonly replicas?: number
}

/**
 * The replicated wiring in this process: two of each role, each as it would be a process of its own, over a real Redis and
 * MongoDB, calling each other over HTTP; connections go to the gateways in turn.
 */
export async function startClusterSystem({ settings, webRoot, replicas = 2 }: ClusterOptions): Promise<ClusterSystem> {
  const { redisUrl, prefix, accountsUrl, postsUrl } = await clusterStores()
  const { startRole } = await import('@skein/server/roles')
  const balancer = await openBalancer()
  const common: ServerConfig = {
    ...settings,
    port: 0,
    'rpc.port': 0,
    'ops.port': 0,
    'redis.url': redisUrl,
    'redis.prefix': prefix,
    'mongo.accountsUrl': accountsUrl,
    'mongo.postsUrl': postsUrl,
    'service.secret': randomBytes(32).toString('hex'),
  }
  let running: RunningRole[] = []

  async function run(role: PartRole, own: Partial<ServerConfig> = {}): Promise<string> {
    const options = { version: '0.0.0-test', ...(webRoot === undefined ? {} : { webRoot }) }
    const started = await Promise.all(
      Array.from({ length: replicas }, () => startRole(role, { ...common, ...own, role }, options)),
    )
    running.push(...started)
    return started.map(({ port }) => `127.0.0.1:${port}`).join(',')
  }

  async function start(): Promise<void> {
    const account = await run('account')
    const post = await run('post', { 'services.account': account })
    const services = { 'services.account': account, 'services.post': post }
    const timeline = await run('timeline', services)
    await run('gateway', { ...services, 'services.timeline': timeline })
    balancer.aim(running.filter(({ role }) => role === 'gateway').map(({ port }) => port))
  }

  async function stop(): Promise<void> {
    const ended = running
    running = []
    balancer.aim([])
    for (const role of ['gateway', 'timeline', 'post', 'account'])
      await Promise.all(ended.filter((one) => one.role === role).map((one) => one.close()))
  }

  await start()
  return {
    port: balancer.port,
    stop,
    start,
    close: async () => {
      await stop()
      await balancer.close()
    },
  }
}
