import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError, type accountContract } from '@skein/contracts'
import type { EventLog } from '@skein/event-log'
import { createRedisEventLog } from '@skein/event-log/redis'
import {
  createEndedSessions,
  createHealth,
  createLifecycle,
  createLogger,
  createMetrics,
  createServiceTokens,
  createTokenVerifier,
  declareBuildInfo,
  declareReplicaMetrics,
  serveOps,
  systemClock,
  systemRandom,
  type EndedSessions,
  type Health,
  type Lifecycle,
  type Logger,
  type Metrics,
  type OpsServer,
  type RpcClient,
  type TokenVerifier,
} from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import type { Redis } from 'ioredis'
import type { Role, ServerConfig } from '../config.js'
import { accountConfigOf } from '../part-configs.js'
import { createClients, type Clients } from './clients.js'

/** A role that is a process of its own. */
export type PartRole = Exclude<Role, 'all'>

export const clock = systemClock
export const random = systemRandom

/** What every process stands on, whatever its role. */
export interface Ground {
  readonly role: PartRole
  readonly config: ServerConfig
  readonly log: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly lifecycle: Lifecycle
  /** Answers or fails at once. */
  readonly redis: Redis
  /** Only for subscriptions. */
  readonly subscriber: Redis
  readonly secret: KeyObject
  readonly clients: Clients
  readonly verifier: TokenVerifier
  readonly ended: EndedSessions
  /** One more connection, for what blocks; closed with the others. */
  openBlocking(name: string): Redis
  /** Resolves when Redis answers. Only account and post append. */
  openLog(): Promise<EventLog>
}

const startTimeoutMs = 60_000
const answersTimeoutMs = 1_000

/** Nothing is asked for yet, and nothing listens but health and metrics. */
export function createGround(role: PartRole, config: ServerConfig, version: string): Ground {
  const log = createLogger({ level: config['log.level'], service: role, version, pretty: config['log.pretty'] })
  const metrics = createMetrics({ runtime: true })
  declareBuildInfo(metrics, version)
  const health = createHealth({ clock })
  const lifecycle = createLifecycle({ log, graceMs: config['live.drainGraceMs'] + 10_000 })
  const url = config['redis.url'] ?? ''
  const connections: Redis[] = []
  const connect = (name: string, whenAway: 'fail' | 'wait', blocks = false): Redis => {
    const redis = openRedis({
      url,
      name: `skein-${role}-${name}`,
      log,
      whenAway,
      ...(blocks ? { commandTimeoutMs: 0 } : {}),
    })
    connections.push(redis)
    return redis
  }
  const redis = connect('commands', 'fail')
  const subscriber = connect('subscriber', 'wait')
  const secret = createSecretKey(Buffer.from(config['service.secret'] ?? randomBytes(32)))
  const onReplica = declareReplicaMetrics(metrics, ['account', 'post', 'timeline'])
  const clients = createClients(config, {
    role,
    serviceTokens: createServiceTokens({ secret, caller: role, clock }),
    onReplica,
  })
  const ended = createEndedSessions({ clock })
  lifecycle.add('connections', {
    close: async () => {
      await clients.close()
      for (const connection of connections) connection.disconnect()
    },
  })
  health.add('redis', {
    affectsReady: false,
    check: async () => void (await redis.ping()),
  })
  return {
    role,
    config,
    log,
    metrics,
    health,
    lifecycle,
    redis,
    subscriber,
    secret,
    clients,
    verifier: createVerifier(config, () => jwksOf(clients.account()), ended),
    ended,
    openBlocking: (name) => connect(name, 'wait', true),
    openLog: async () => {
      await untilAnswers('redis', log, () => whenRedisReady(redis, answersTimeoutMs))
      return createRedisEventLog({
        redis,
        subscriber,
        lanes: config['log.lanes'],
        maxEntries: config['log.keepEvents'],
        prefix: config['redis.prefix'],
        role: role === 'account' || role === 'post' ? 'producer' : 'reader',
        clock,
        random,
        log,
      })
    },
  }
}

/** @param keys every key that access tokens may be signed by now */
export function createVerifier(
  config: ServerConfig,
  keys: Parameters<typeof createTokenVerifier>[0]['keys'],
  ended: EndedSessions,
): TokenVerifier {
  const { issuer, audience } = accountConfigOf(config)
  return createTokenVerifier({ keys, issuer, audience, clock, isEnded: (sessionId) => ended.has(sessionId) })
}

function jwksOf(account: RpcClient<typeof accountContract>) {
  return account.sessions.jwks({}, ownCall())
}

/** The second argument of a call that nobody asked for. */
export function ownCall(timeoutMs = 2_000): { context: { requestId: string; deadlineAtMs: number } } {
  return {
    context: {
      requestId: `own-${Buffer.from(random.bytes(6)).toString('hex')}`,
      deadlineAtMs: clock.now() + timeoutMs,
    },
  }
}

/** Health and metrics from the beginning to the end. */
export function addOps({ config, health, metrics, lifecycle }: Ground): { readonly port: number } {
  let ops: OpsServer | undefined
  lifecycle.add('ops', {
    start: async () => {
      ops = await serveOps({ health, metrics, host: config['ops.host'], port: config['ops.port'] })
    },
    close: () => ops?.close(),
  })
  return {
    get port() {
      return ops?.port ?? 0
    },
  }
}

/**
 * Asks until it answers: parts of one system may start in any order. @throws what the last try threw, after a minute
 */
export async function untilAnswers<T>(name: string, log: Logger, ask: () => Promise<T>): Promise<T> {
  const untilMs = clock.now() + startTimeoutMs
  for (let pauseMs = 50, isTold = false; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    try {
      return await ask()
    } catch (cause) {
      if (clock.now() >= untilMs)
        throw new AppError('unavailable', { message: `${name} did not answer within a minute.`, cause })
      if (!isTold) log.warn({ err: cause }, `waiting for ${name}`)
      isTold = true
    }
    await wait(pauseMs)
  }
}
