import type { Server as HttpServer } from 'node:http'
import {
  AppError,
  limits,
  toErrorBody,
  type EntryId,
  type Positions,
  type LiveEvent,
  type RelationEvent,
  type SessionId,
  type StatsMessage,
  type UserId,
} from '@skein/contracts'
import type { Window, WindowEntry } from '@skein/event-log'
import { createRequestId, toAppError, type CallContext, type Cancel } from '@skein/platform'
import { Server, type Socket } from 'socket.io'
import { Admission } from './admission.js'
import { CardCache } from './cards.js'
import { authenticate, Connection, type ConnectionDeps } from './connection.js'
import { ConnectionSet } from './connection-set.js'
import type { LiveConfig, LiveDeps } from './deps.js'
import { joinGateways, type GatewayMessage, type TellGateways } from './gateway-messages.js'
import { Hub } from './hub.js'
import type { LiveSocket } from './live-socket.js'
import { LogReset } from './log-reset.js'
import { isRelation } from './match.js'
import { createFeedResolver } from './resolve-feed.js'
import { ViewerRegistry } from './viewers.js'

const rpcTimeoutMs = 5_000
const cursorAgeMs = limits.cursorEveryMs - 5_000
const stuckAfterMs = 30_000
const retryCardsMs = 250
/** How long a session told to have ended is remembered without the log; the log says when its last token expires. */
const endedBeforeLogMs = 60_000

export interface Live {
  /** Resolves when the window is filled and the ended sessions are known. */
  start(): Promise<void>
  /** Whether the log was heard lately. */
  isHearing(): boolean
  /** Up to where the log was handled here; null before the window is filled. */
  positions(): Positions | null
  /** Lossy. */
  stats(message: StatsMessage): void
  /** Lossy: the person's other devices hear that they have read, at whichever gateway. */
  read(userId: UserId, upTo: EntryId): void
  /** Lossy: everyone with a subscription hears it, at every gateway. */
  notice(text: string): void
  /** Closes a session's sockets at once, here and, lossy, at the other gateways; the log closes what this misses. */
  endSession(userId: UserId, sessionId: SessionId): void
  /** Takes no new sockets, gives everyone their cursor and closes them in slices over the grace period. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** The live side of a gateway on an HTTP server: Socket.IO at `/socket.io`, over WebSocket alone unless polling is allowed. */
export function createLive(http: HttpServer, config: LiveConfig, deps: LiveDeps): Live {
  return new LiveGateway(http, config, deps)
}

class LiveGateway implements Live {
  readonly #config: LiveConfig
  readonly #deps: LiveDeps
  readonly #io: Server
  readonly #tellGateways: TellGateways
  readonly #admission: Admission
  readonly #cards: CardCache
  readonly #viewers: ViewerRegistry
  readonly #hub: Hub
  readonly #reset: LogReset
  readonly #connections = new ConnectionSet()
  readonly #connectionDeps: ConnectionDeps
  readonly #timers: Cancel[] = []
  #window: Window | null = null

  constructor(http: HttpServer, config: LiveConfig, deps: LiveDeps) {
    this.#config = config
    this.#deps = deps
    this.#admission = new Admission(config)
    this.#cards = new CardCache(async (ids) => (await deps.account.users.cards({ ids }, this.#call())).items)
    this.#viewers = new ViewerRegistry({
      load: async (userIds) => (await deps.account.edges.viewers({ userIds }, this.#call())).items,
      headIndex: () => this.#window?.headIndex ?? -1,
      relationsAfter: (index) => this.#relationsAfter(index),
    })
    this.#hub = new Hub({
      viewers: this.#viewers,
      cards: this.#cards,
      metrics: deps.metrics,
      now: () => deps.clock.now(),
      onSlow: (socket) => socket.close('slow', () => deps.random.next()),
      onCardsFailed: (cause) => this.#waitForCards(cause),
      openFeedPostsPerSecond: config.openFeedPostsPerSecond,
    })
    this.#reset = new LogReset({ ...deps, hub: this.#hub, viewers: this.#viewers })
    this.#connectionDeps = this.#makeConnectionDeps()
    this.#io = this.#listen(http)
    this.#tellGateways =
      deps.adapter === undefined ? () => {} : joinGateways(this.#io, deps.log, (message) => this.#hear(message))
  }

  async start(): Promise<void> {
    const deps = this.#deps
    this.#window = await deps.openWindow({
      maxEntries: this.#config.windowMaxEntries,
      maxBytes: this.#config.windowMaxBytes,
      onEntry: (entry) => this.#onEntry(entry),
      onReset: () => this.#reset.begin(),
    })
    for (const { sessionId, untilMs } of (await deps.account.sessions.ended({}, this.#call())).items)
      deps.ended.end(sessionId, untilMs)
    this.#hub.open(this.#window)
    this.#timers.push(deps.clock.every(1_000, () => this.#everySecond()))
  }

  isHearing(): boolean {
    return this.#window !== null && this.#deps.clock.now() - this.#window.heardAtMs < 4_000
  }

  positions(): Positions | null {
    return this.#window?.positions ?? null
  }

  stats(message: StatsMessage): void {
    this.#hub.stats(message)
  }

  read(userId: UserId, upTo: EntryId): void {
    this.#toAll({ type: 'read', userId, upTo })
  }

  notice(text: string): void {
    this.#toAll({ type: 'notice', text })
  }

  endSession(userId: UserId, sessionId: SessionId): void {
    const untilMs = this.#deps.clock.now() + endedBeforeLogMs
    this.#toAll({ type: 'session-ended', userId, sessionId, untilMs })
  }

  async drain(): Promise<void> {
    if (this.#admission.draining) return
    this.#admission.draining = true
    this.#hub.sendCursors(0)
    const all = this.#connections.all()
    const slices = Math.max(1, Math.min(20, all.length))
    const size = Math.ceil(all.length / slices)
    for (let at = 0; at < all.length; at += size) {
      await Promise.all(all.slice(at, at + size).map((connection) => connection.close('draining')))
      await new Promise<void>((go) => this.#deps.clock.after(this.#config.drainGraceMs / slices, go))
    }
  }

  async close(): Promise<void> {
    for (const cancel of this.#timers.splice(0)) cancel()
    this.#reset.close()
    await this.#io.close()
    await this.#window?.close()
    this.#window = null
  }

  #call(): { context: CallContext } {
    return {
      context: { requestId: createRequestId(this.#deps.random), deadlineAtMs: this.#deps.clock.now() + rpcTimeoutMs },
    }
  }

  #listen(http: HttpServer): Server {
    const { log, metrics, adapter } = this.#deps
    const { allowPolling = false, origins } = this.#config
    const io = new Server(http, {
      ...(adapter === undefined ? {} : { adapter }),
      ...(allowPolling ? { cors: { origin: [...origins] } } : {}),
      transports: allowPolling ? ['polling', 'websocket'] : ['websocket'],
      serveClient: false,
      maxHttpBufferSize: limits.messageMaxBytes,
      connectTimeout: 5_000,
      perMessageDeflate: false,
      httpCompression: false,
      allowRequest: (request, done) => {
        const refusal = this.#admission.check(request)
        if (refusal !== null) metrics.refused(refusal)
        done(refusal, refusal === null)
      },
    })
    io.use((socket, next) => void this.#admit(socket, next))
    io.on('connection', (socket) => this.#connect(socket))
    io.engine.on('connection_error', (error: { message: string }) =>
      log.debug({ cause: error.message }, 'handshake refused'),
    )
    return io
  }

  /** What a refused client gets as `connect_error.data` is an error body of the table. */
  async #admit(socket: Socket, next: (refusal?: Error) => void): Promise<void> {
    try {
      const token = await authenticate(this.#deps, socket.handshake.auth)
      if (token !== null && this.#connections.of(token.actor.userId).size >= this.#config.maxSocketsPerUser)
        throw new AppError('limit_reached', { message: 'This person has too many sockets open.' })
      socket.data = { token }
      next()
    } catch (thrown) {
      this.#deps.metrics.refused('auth')
      const error = toAppError(thrown)
      setImmediate(() => socket.conn.close())
      next(Object.assign(new Error(error.message), { data: toErrorBody(error, createRequestId(this.#deps.random)) }))
    }
  }

  #connect(socket: Socket): void {
    const { token } = socket.data as { token: Awaited<ReturnType<typeof authenticate>> }
    const leave = this.#admission.enter(socket.request)
    const connection = new Connection(socket, token, this.#config, this.#connectionDeps)
    this.#connections.add(connection)
    this.#deps.metrics.opened()
    socket.on('disconnect', () => {
      leave()
      this.#connections.delete(connection)
    })
    if (token !== null && this.#deps.ended.has(token.actor.sessionId)) void connection.close('session_ended')
  }

  #makeConnectionDeps(): ConnectionDeps {
    const { account, post } = this.#deps
    return {
      ...this.#deps,
      hub: this.#hub,
      viewers: this.#viewers,
      subscribing: {
        hub: this.#hub,
        window: () => this.#openWindow(),
        lanes: this.#deps.lanes,
        resolve: createFeedResolver({
          userIdOf: async (handle) =>
            (await account.users.byHandles({ handles: [handle] }, this.#call())).items[0]?.id ?? null,
          postExists: async (id) => (await post.posts.byIds({ ids: [id] }, this.#call())).items.length > 0,
        }),
        onReplay: (result) => this.#deps.metrics.replayed(result, 0),
      },
    }
  }

  #openWindow(): Window {
    if (this.#window === null) throw new AppError('unavailable')
    return this.#window
  }

  #onEntry(entry: WindowEntry): void {
    const { event } = entry
    if (isRelation(event)) this.#viewers.apply(event)
    else if (event.kind === 'user') this.#cards.apply(event)
    else if (event.kind === 'session') this.#endSession(event.userId, event.sessionId, event.untilMs)
    this.#hub.onEntry()
  }

  #endSession(userId: UserId, sessionId: string, untilMs: number): void {
    this.#deps.ended.end(sessionId, untilMs)
    for (const connection of this.#connections.of(userId)) {
      if (connection.sessionId === sessionId) void connection.close('session_ended')
    }
  }

  /** Edge events above an index; null when they are not all known any more. */
  #relationsAfter(index: number): RelationEvent[] | null {
    const window = this.#window
    if (window === null) return []
    if (index + 1 < window.floorIndex) return null
    const found: RelationEvent[] = []
    for (let i = index + 1; i <= window.headIndex; i++) {
      const event = window.at(i)?.event
      if (event !== undefined && isRelation(event)) found.push(event)
    }
    return found
  }

  #toAll(message: GatewayMessage): void {
    this.#hear(message)
    this.#tellGateways(message)
  }

  /** Of this gateway or another. */
  #hear(message: GatewayMessage): void {
    switch (message.type) {
      case 'session-ended':
        return this.#endSession(message.userId, message.sessionId, message.untilMs)
      case 'read':
        return tell(this.#hub.socketsOf(message.userId), { type: 'read', upTo: message.upTo })
      case 'notice':
        return tell(this.#hub.sockets, { type: 'notice', text: message.text })
    }
  }

  async #waitForCards(err: unknown): Promise<void> {
    this.#deps.log.warn({ err }, 'names could not be read; delivery waits')
    await new Promise<void>((go) => this.#deps.clock.after(retryCardsMs, go))
  }

  #everySecond(): void {
    const { clock, metrics, random } = this.#deps
    this.#hub.sendMore()
    this.#hub.sendCursors(cursorAgeMs)
    metrics.users(this.#viewers.size)
    for (const socket of this.#hub.sockets) {
      if (socket.paused && clock.now() - socket.drainedAtMs > stuckAfterMs) socket.close('slow', () => random.next())
    }
  }
}

/** A paused socket goes without: nothing is put into memory for it. */
function tell(sockets: Iterable<LiveSocket>, event: LiveEvent): void {
  const json = JSON.stringify(event)
  for (const socket of sockets) if (!socket.paused) socket.push(json)
}
