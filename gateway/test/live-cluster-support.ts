import { AppError, Handle, SessionId, type LogEvent, type UserId } from '@skein/contracts'
import { createSqliteEventLog, createWindow, type EventLog, type WindowOptions } from '@skein/event-log'
import { createRedisEventLog } from '@skein/event-log/redis'
import {
  createEndedSessions,
  createMetrics,
  openSqlite,
  silentLogger,
  systemClock,
  systemRandom,
} from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { eventually } from '@skein/platform/testing'
import { tempSqlite } from '@skein/platform/testing/sqlite'
import { expect } from 'chai'
import { io, type ManagerOptions, type Socket } from 'socket.io-client'
import { createClusterAdapter } from '../../apps/server/src/cluster-adapter.js'
import { createGateway } from '../src/create-gateway.js'
import { httpApiDefaults } from '../src/http/http-config.js'
import type { LiveConfig, LiveDeps } from '../src/live/deps.js'
import { createHttpApiMetrics } from '../src/ops/http-metrics.js'
import { noMetrics, user, type Seen } from './live/support.js'
import { fakeServices, type FakeServices } from './support/fake-services.js'

const liveConfig: LiveConfig = {
  origins: [],
  maxSockets: 1_000,
  maxSocketsPerIp: 1_000,
  maxSocketsPerUser: 10,
  callBurst: 100,
  callsPerSecond: 100,
  openFeedPostsPerSecond: 1_000,
  windowMaxEntries: 10_000,
  windowMaxBytes: 10_000_000,
  trustProxy: false,
  drainGraceMs: 300,
}

export interface ClusterOptions {
  readonly redisUrl?: string
  /** The log is in Redis too, not in a file. */
  readonly logInRedis?: boolean
  readonly lanes?: number
  /** How often each gateway looks at the log; `deaf` never hears it again. */
  readonly hears?: readonly ('deaf' | 'soon')[]
  readonly live?: Partial<LiveConfig>
  /** Called with the size of each batch of viewers that is read. */
  readonly onViewers?: (count: number) => Promise<void>
}

export type Cluster = Awaited<ReturnType<typeof openCluster>>
export type Node = Awaited<ReturnType<typeof openNode>>

interface Shared {
  readonly file: string
  readonly lanes: number
  readonly services: FakeServices
  readonly options: ClusterOptions
}

export const sessionOf = (who: number): SessionId => SessionId.parse(`01S0000000000000000000000${who}`)

/** Whole gateways over one log in a file and one Redis. `t<n>` is a token of person n. */
export async function openCluster(options: ClusterOptions = {}) {
  const db = await tempSqlite()
  const lanes = options.lanes ?? 1
  const shared: Shared = { file: db.file, lanes, services: fakeServices(), options }
  const log = await openLog(shared, 'producer', 20)
  const nodes: Node[] = []
  for (const hears of options.hears ?? ['soon', 'soon'])
    nodes.push(await openNode(shared, hears === 'deaf' ? 60_000 : 20))
  const [a, b = a] = nodes
  if (a === undefined || b === undefined) throw new Error('a cluster has a gateway')
  return {
    a,
    b,
    log,
    services: shared.services,
    append: (...events: LogEvent[]) => log.append(events),
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]()
      await log.close()
      await db[Symbol.asyncDispose]()
    },
  }
}

async function openNode(shared: Shared, pollMs: number) {
  const { lanes, services, options } = shared
  const log = await openLog(shared, 'reader', pollMs)
  const metrics = createMetrics()
  const { redisUrl } = options
  const bus =
    redisUrl === undefined
      ? undefined
      : await createClusterAdapter({ redisUrl, prefix: 'test', log: silentLogger, metrics })
  const ended = createEndedSessions({ clock: systemClock })
  const common = { clock: systemClock, random: systemRandom, log: silentLogger, verifier: verifierOf(ended) }
  const gateway = createGateway(
    {
      host: '127.0.0.1',
      port: 0,
      http: { ...httpApiDefaults, info: { name: 'Skein', version: '1', wireVersion: 1 } },
      live: { ...liveConfig, ...options.live },
    },
    {
      http: { ...common, ...services, metrics: createHttpApiMetrics(metrics) },
      live: {
        ...common,
        ...liveServices(options),
        openWindow: (window: WindowOptions) => createWindow(log, { ...window, clock: systemClock }),
        lanes,
        ended,
        metrics: noMetrics,
        ...(bus === undefined ? {} : { adapter: bus.adapter }),
      } as unknown as LiveDeps,
    },
  )
  const { port } = await gateway.start()
  const clients: TestClient[] = []
  return {
    gateway,
    port,
    metrics,
    log,
    async client(who: number | null, more: Partial<ManagerOptions> = {}): Promise<TestClient> {
      const client = openTestClient(port, who, more)
      clients.push(client)
      await eventually(() => expect(client.socket.connected).to.equal(true), 10_000)
      return client
    },
    request: (who: number, method: string, path: string, body?: object) =>
      fetch(`http://127.0.0.1:${port}/v1${path}`, {
        method,
        headers: { authorization: `Bearer t${who}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.close()
      await gateway.close()
      await bus?.close()
      await log.close()
    },
  }
}

/** Closes what is under it, too. */
async function openLog(
  { file, lanes, options: { redisUrl, logInRedis } }: Shared,
  role: 'producer' | 'reader',
  pollMs: number,
): Promise<EventLog> {
  const common = { lanes, maxEntries: 100_000, clock: systemClock, random: systemRandom, log: silentLogger }
  if (redisUrl === undefined || logInRedis !== true) {
    const db = await openSqlite({ file, maxQueued: 1_000 })
    const log = await createSqliteEventLog({ ...common, db, pollMs })
    return closing(log, () => db.close())
  }
  const redis = openRedis({ url: redisUrl, name: role, log: silentLogger, whenAway: 'fail' })
  const subscriber = openRedis({ url: redisUrl, name: role, log: silentLogger, whenAway: 'wait', commandTimeoutMs: 0 })
  await Promise.all([whenRedisReady(redis, 10_000), whenRedisReady(subscriber, 10_000)])
  const log = await createRedisEventLog({ ...common, redis, subscriber, prefix: 'test', role })
  return closing(log, async () => {
    redis.disconnect()
    subscriber.disconnect()
  })
}

function closing(log: EventLog, close: () => Promise<void>): EventLog {
  return {
    lanes: log.lanes,
    append: (events) => log.append(events),
    heads: () => log.heads(),
    floors: () => log.floors(),
    read: (lane, after, limit) => log.read(lane, after, limit),
    tail: (options) => log.tail(options),
    async close() {
      await log.close()
      await close()
    },
  }
}

function verifierOf(ended: ReturnType<typeof createEndedSessions>): LiveDeps['verifier'] {
  return {
    verify: async (accessToken) => {
      const who = Number(/^t(\d)$/.exec(accessToken)?.[1] ?? NaN)
      if (Number.isNaN(who)) throw new AppError('unauthenticated')
      const sessionId = sessionOf(who)
      if (ended.has(sessionId)) throw new AppError('session_ended')
      const actor = { userId: user(who), sessionId, handle: Handle.parse(`person${who}`), role: 'user' as const }
      return { actor, expiresAtMs: Date.now() + 600_000 }
    },
  }
}

/** Everybody follows person 2. */
function liveServices({ onViewers }: ClusterOptions): object {
  const edgesOf = (userId: string) => ({
    userId,
    follows: [{ id: user(2), rev: 1 }],
    blocking: [],
    blockedBy: [],
    mutes: [],
  })
  return {
    account: {
      edges: {
        async viewers({ userIds }: { userIds: string[] }) {
          await onViewers?.(userIds.length)
          return { items: userIds.map(edgesOf) }
        },
      },
      users: {
        cards: async ({ ids }: { ids: UserId[] }) => ({
          items: ids.map((id) => ({ id, handle: Handle.parse('someone'), name: id })),
        }),
      },
      sessions: { ended: async () => ({ items: [] }) },
    },
    post: {},
  }
}

export interface TestClient {
  readonly socket: Socket
  readonly events: Seen[]
  gone: string | null
  refusal: string | null
  of(type: string): Seen[]
  texts(): string[]
  subscribe(feed: string): Promise<void>
}

export function openTestClient(port: number, who: number | null, more: Partial<ManagerOptions> = {}): TestClient {
  const socket = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: who === null ? {} : { accessToken: `t${who}` },
    ...more,
  })
  const client: TestClient = {
    socket,
    events: [],
    gone: null,
    refusal: null,
    of: (type) => client.events.filter((event) => event.type === type),
    texts: () => client.of('post').map(textOf),
    async subscribe(feed) {
      const reply = (await socket.timeout(10_000).emitWithAck('subscribe', { feed })) as { ok: boolean }
      expect(reply.ok, feed).to.equal(true)
    },
  }
  socket.on('events', (events: Seen[]) => void client.events.push(...events))
  socket.on('disconnect', (reason) => (client.gone = reason))
  socket.on('connect_error', (error: Error & { data?: { code: string } }) => {
    client.refusal = error.data?.code ?? error.message
  })
  return client
}

export function textOf(event: Seen | { item: unknown }): string {
  return (event.item as { post: { text: string } }).post.text
}

export function sessionEnded(who: number): LogEvent {
  const sessionId = sessionOf(who)
  const entity = `session:${sessionId}`
  return {
    id: `${entity}@1`,
    entity,
    kind: 'session',
    subject: user(who),
    rev: 1,
    atMs: Date.now(),
    sessionId,
    userId: user(who),
    reason: 'signed_out',
    untilMs: Date.now() + 900_000,
  }
}
