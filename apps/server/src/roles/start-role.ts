import { randomBytes } from 'node:crypto'
import type { Logger } from '@skein/platform'
import type { ServerConfig } from '../config.js'
import { addAccount } from './account-role.js'
import { addGateway } from './gateway-role.js'
import { addOps, createGround, type Ground, type PartRole } from './ground.js'
import { addPost } from './post-role.js'
import { addTimeline } from './timeline-role.js'

/** One process of the replicated system. */
export interface RunningRole {
  readonly role: PartRole
  /** Of people, for a gateway; of calls, for a service. */
  readonly port: number
  readonly opsPort: number
  readonly log: Logger
  /** Drains, then closes everything, in order. Idempotent. */
  close(): Promise<void>
}

export interface RoleOptions {
  readonly version: string
  /** The folder of the built page, for a gateway; absent: API only. */
  readonly webRoot?: string
}

/** Resolves once the role answers; waits up to a minute for each part it needs. @throws AppError unavailable, naming the part */
export async function startRole(role: PartRole, config: ServerConfig, options: RoleOptions): Promise<RunningRole> {
  const ground = createGround(role, config, options.version)
  const ops = addOps(ground)
  const own = addRole(ground, options)
  await ground.lifecycle.start()
  ground.health.markStarted()
  const { log, lifecycle } = ground
  return { role, port: own.port, opsPort: ops.port, log, close: () => lifecycle.close() }
}

function addRole(ground: Ground, { version, webRoot }: RoleOptions): { readonly port: number } {
  switch (ground.role) {
    case 'account':
      return addAccount(ground)
    case 'post':
      return addPost(ground)
    case 'timeline':
      return addTimeline(ground)
    case 'gateway':
      return addGateway(ground, version, webRoot)
  }
}

/** Every role in this process, over Redis and MongoDB, calling each other over HTTP on this machine. */
export async function startAllRoles(config: ServerConfig, options: RoleOptions): Promise<RunningRole> {
  const running: RunningRole[] = []
  const close = async (): Promise<void> => {
    for (const role of running.splice(0).toReversed()) await role.close()
  }
  const settings: ServerConfig = {
    ...config,
    'service.secret': config['service.secret'] ?? randomBytes(32).toString('hex'),
    'rpc.port': 0,
  }
  const run = async (role: PartRole, own: Partial<ServerConfig>): Promise<string> => {
    const started = await startRole(role, { ...settings, ...own }, options)
    running.push(started)
    return `127.0.0.1:${started.port}`
  }
  try {
    const account = await run('account', { 'ops.port': 0 })
    const post = await run('post', { 'ops.port': 0, 'services.account': account })
    const timeline = await run('timeline', { 'ops.port': 0, 'services.account': account, 'services.post': post })
    await run('gateway', { 'services.account': account, 'services.post': post, 'services.timeline': timeline })
  } catch (thrown) {
    await close()
    throw thrown
  }
  const gateway = running.at(-1)
  if (gateway === undefined) throw new Error('no gateway')
  return { ...gateway, close }
}
