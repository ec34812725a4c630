import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createAccountService, createPasswordHasher, type AccountStore, type PasswordHasher } from '@skein/account'
import { createSqliteAccountStore } from '@skein/account/sqlite'
import { accountContract, postContract, timelineContract, type StatsMessage } from '@skein/contracts'
import { createSqliteEventLog, createWindow, type SqliteEventLog } from '@skein/event-log'
import { createGateway, createHearingCheck, createHttpApiMetrics, type Gateway } from '@skein/gateway'
import {
  createEndedSessions,
  createHealth,
  createLifecycle,
  createLogger,
  createMetrics,
  createRpcClient,
  createServiceHandler,
  createServiceTokens,
  createTokenVerifier,
  declareBuildInfo,
  declareDatabaseMetrics,
  declareRpcMetrics,
  inProcessLink,
  openSqlite,
  serveOps,
  systemClock,
  systemRandom,
  type AccessRules,
  type Caller,
  type Logger,
  type OpsServer,
  type RpcClient,
  type Sqlite,
} from '@skein/platform'
import { createPostService, createSqlitePostStore, postAccess, type PostStore } from '@skein/post'
import { createTimelineService } from '@skein/timeline'
import type { ServerConfig } from './config.js'
import { accountConfigOf, gatewayConfigOf } from './part-configs.js'
import { declareLiveMetrics } from './live-metrics.js'
import { watchLogLag } from './log-lag.js'
import { observeSqlite } from './observed-sqlite.js'

/*
 * The embedded wiring: every part in one process over one SQLite file, so that a change and its event are one transaction.
 * Calls between parts go through the same codec, schemas and tokens as between processes.
 */

const clock = systemClock
const random = systemRandom

/** The stores, the log and the services over one file, without anything listening. */
export interface Core {
  readonly log: Logger
  readonly db: Sqlite
  readonly events: SqliteEventLog
  readonly accountStore: AccountStore
  readonly postStore: PostStore
  readonly hasher: PasswordHasher
  readonly ended: ReturnType<typeof createEndedSessions>
  readonly verifier: ReturnType<typeof createTokenVerifier>
  readonly metrics: ReturnType<typeof createMetrics>
  clientsFor(caller: Caller): Clients
  start(): Promise<void>
  close(): Promise<void>
}

export interface Clients {
  readonly account: RpcClient<typeof accountContract>
  readonly post: RpcClient<typeof postContract>
  readonly timeline: RpcClient<typeof timelineContract>
}

export const databaseFile = (dataDir: string): string => join(dataDir, 'skein.db')

/** Opens the data folder. @throws Error EACCES and the like; AppError when the file was made by a newer version */
export async function openCore(
  config: ServerConfig,
  version: string,
  onStats: (stats: StatsMessage) => void = () => {},
): Promise<Core> {
  mkdirSync(config.dataDir, { recursive: true })
  const log = createLogger({ level: config['log.level'], service: 'skein', version, pretty: config['log.pretty'] })
  const metrics = createMetrics({ runtime: true })
  const db = observeSqlite(
    await openSqlite({ file: databaseFile(config.dataDir), maxQueued: 10_000, log }),
    declareDatabaseMetrics(metrics, ['skein'])('skein'),
  )
  const events = await createSqliteEventLog({
    db,
    lanes: config['log.lanes'],
    maxEntries: config['log.keepEvents'],
    clock,
    random,
    log,
  })
  const accountStore = await createSqliteAccountStore({ db, append: events.appendIn })
  const postStore = await createSqlitePostStore({ db, appendIn: events.appendIn, random })
  const accountConfig = accountConfigOf(config)
  const hasher = createPasswordHasher(accountConfig.passwords)
  const accounts = createAccountService(accountConfig, { store: accountStore, clock, random, log, hasher })
  const ended = createEndedSessions({ clock })
  const verifier = createTokenVerifier({
    keys: () => accounts.jwks(),
    issuer: accountConfig.issuer,
    audience: accountConfig.audience,
    clock,
    isEnded: (sessionId) => ended.has(sessionId),
  })
  const secret = createSecretKey(
    config['service.secret'] === undefined ? randomBytes(32) : Buffer.from(config['service.secret']),
  )
  declareBuildInfo(metrics, version)
  const serve = (service: Caller, router: Parameters<typeof createServiceHandler>[0], access: AccessRules) =>
    createServiceHandler(router, {
      ...access,
      service,
      serviceTokens: createServiceTokens({ secret, caller: service, clock }),
      userTokens: verifier,
      log,
      clock,
      random,
      onCall: (call) => rpc(service).onCall(call),
    })

  const accountHandler = serve('account', accounts.router, accounts.access)
  const connect = <T extends Parameters<typeof createRpcClient>[0]>(
    contract: T,
    handler: ReturnType<typeof serve>,
    caller: Caller,
  ) =>
    createRpcClient(contract, inProcessLink(handler), {
      service: handler.service,
      serviceTokens: createServiceTokens({ secret, caller, clock }),
      clock,
    })
  const posts = createPostService(
    { maxGraphemes: config['post.maxGraphemes'] },
    { store: postStore, account: connect(accountContract, accountHandler, 'post'), clock, log, onStats },
  )
  const postHandler = serve('post', posts.router, postAccess)
  const timelines = createTimelineService(
    {},
    {
      account: connect(accountContract, accountHandler, 'timeline'),
      post: connect(postContract, postHandler, 'timeline'),
      log: events,
      clock,
      logger: log,
    },
  )
  const timelineHandler = serve('timeline', timelines.router, { anonymous: timelines.anonymous })
  const rpc = declareRpcMetrics(metrics, { account: accountHandler, post: postHandler, timeline: timelineHandler })

  return {
    log,
    db,
    events,
    accountStore,
    postStore,
    hasher,
    ended,
    verifier,
    metrics,
    clientsFor: (caller) => ({
      account: connect(accountContract, accountHandler, caller),
      post: connect(postContract, postHandler, caller),
      timeline: connect(timelineContract, timelineHandler, caller),
    }),
    async start() {
      await accounts.start()
      await posts.start()
      await timelines.start()
    },
    async close() {
      await timelines.close()
      await posts.close()
      await accounts.close()
      await events.close()
      await db.close()
    },
  }
}

export interface Embedded {
  readonly core: Core
  readonly port: number
  readonly opsPort: number
  /** Drains the sockets, then closes everything, in order. Idempotent. */
  close(): Promise<void>
}

export interface EmbeddedOptions {
  readonly version: string
  /** The folder of the built page; absent: API only. */
  readonly webRoot?: string
}

/** The whole system. Resolves once every part answers. */
export async function startEmbedded(config: ServerConfig, { version, webRoot }: EmbeddedOptions): Promise<Embedded> {
  let gateway: Gateway | undefined
  const core = await openCore(config, version, (stats) => gateway?.stats(stats))
  const lifecycle = createLifecycle({ log: core.log, graceMs: config['live.drainGraceMs'] + 10_000 })
  const health = createHealth({ clock })
  let ops: OpsServer | undefined
  let stopWatching: (() => void) | undefined
  let port = 0
  lifecycle.add('services', { start: () => core.start(), close: () => core.close() })
  const made = createGateway(gatewayConfigOf(config, version, webRoot), gatewayDeps(core, config))
  gateway = made
  health.add('database', { affectsReady: false, check: () => void core.db.read('SELECT 1 AS one').get() })
  health.add('log', {
    affectsReady: true,
    check: createHearingCheck({ isHearing: () => made.live.isHearing(), ping: () => core.events.heads(), clock }),
  })
  lifecycle.add('ops', {
    start: async () => {
      ops = await serveOps({
        health,
        metrics: core.metrics,
        host: config['ops.host'],
        port: config['ops.port'],
      })
    },
    close: () => ops?.close(),
  })
  lifecycle.add('gateway', {
    start: async () => {
      port = (await made.start()).port
      stopWatching = watchLogLag(core.metrics, core.events, made)
    },
    close: async () => {
      health.markDraining()
      stopWatching?.()
      await made.drain()
      await made.close()
    },
  })
  await lifecycle.start()
  health.markStarted()
  return { core, port, opsPort: ops?.port ?? 0, close: () => lifecycle.close() }
}

function gatewayDeps(core: Core, config: ServerConfig): Parameters<typeof createGateway>[1] {
  const clients = core.clientsFor('gateway')
  const { log, metrics, verifier, ended, events } = core
  return {
    http: { ...clients, verifier, clock, random, log, metrics: createHttpApiMetrics(metrics) },
    live: {
      ...clients,
      openWindow: (options) => createWindow(events, { ...options, clock }),
      lanes: config['log.lanes'],
      verifier,
      ended,
      clock,
      random,
      log,
      metrics: declareLiveMetrics(metrics, () => clock.now()),
    },
  }
}
