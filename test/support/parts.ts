import { randomBytes } from 'node:crypto'
import { startMongo, type TestMongo } from '@skein/platform/testing/mongo'
import { freePort, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import type { ServerConfig } from '@skein/server'
import { startRole, type RunningRole } from '@skein/server/roles'
import { configOf } from './system.js'

export type PartRole = RunningRole['role']
export const partRoles = ['account', 'post', 'timeline', 'gateway'] as const satisfies readonly PartRole[]

/** The replicated wiring in this process, over servers of its own that a test may stop, each part to be closed by itself. */
export interface Parts extends AsyncDisposable {
  readonly redis: TestRedis
  readonly mongo: TestMongo
  readonly prefix: string
  readonly secret: string
  /** Those that run. */
  of(...roles: readonly PartRole[]): readonly RunningRole[]
  /** Of each gateway. */
  readonly urls: readonly string[]
  /** Every replica of the role. */
  close(role: PartRole): Promise<void>
  /** Every replica of the role that does not run, where it was before. */
  start(role: PartRole): Promise<void>
}

/** `replicas` of each role: two when absent. */
export async function startParts(replicas = 2): Promise<Parts> {
  const [redis, mongo] = await Promise.all([startRedis({ aof: 'everysec' }), startMongo()])
  const prefix = `t${randomBytes(6).toString('hex')}`
  const secret = randomBytes(32).toString('hex')
  const ports = new Map<PartRole, number[]>()
  for (const role of partRoles) ports.set(role, await Promise.all(Array.from({ length: replicas }, freePort)))
  const portsOf = (role: PartRole): readonly number[] => ports.get(role) ?? []
  const addresses = (role: PartRole): string =>
    portsOf(role)
      .map((port) => `127.0.0.1:${port}`)
      .join(',')
  const base = configOf({})
  const common: Partial<ServerConfig> = {
    'ops.port': 0,
    'redis.url': redis.url,
    'redis.prefix': prefix,
    'mongo.accountsUrl': mongo.url(`${prefix}_accounts`),
    'mongo.postsUrl': mongo.url(`${prefix}_posts`),
    'service.secret': secret,
    'services.account': addresses('account'),
    'services.post': addresses('post'),
    'services.timeline': addresses('timeline'),
  }
  const running = new Map<string, RunningRole>()

  async function startOne(role: PartRole, n: number, port: number): Promise<void> {
    if (running.has(`${role}-${n}`)) return
    const settings = { ...base, ...common, role, ...(role === 'gateway' ? { port } : { 'rpc.port': port }) }
    running.set(`${role}-${n}`, await startRole(role, settings, { version: '0.0.0-test' }))
  }
  const start = async (role: PartRole): Promise<void> => {
    await Promise.all(portsOf(role).map((port, n) => startOne(role, n, port)))
  }
  const close = async (role: PartRole): Promise<void> => {
    const ended = [...running].filter(([, one]) => one.role === role)
    for (const [name] of ended) running.delete(name)
    await Promise.all(ended.map(([, one]) => one.close()))
  }
  async function end(): Promise<void> {
    redis.resume()
    if (mongo.kind !== 'given') mongo.resume()
    for (const role of partRoles.toReversed()) await close(role)
    await Promise.all([redis[Symbol.asyncDispose](), mongo[Symbol.asyncDispose]()])
  }
  try {
    for (const role of partRoles) await start(role)
  } catch (thrown) {
    await end()
    throw thrown
  }
  return {
    redis,
    mongo,
    prefix,
    secret,
    of: (...roles) => [...running.values()].filter((one) => roles.length === 0 || roles.includes(one.role)),
    urls: portsOf('gateway').map((port) => `http://127.0.0.1:${port}`),
    close,
    start,
    [Symbol.asyncDispose]: end,
  }
}
