import { createApi, type Mark } from './api.js'
import { createChannels } from './channels.js'
import { createConnection } from './connection.js'
import { createEmitter } from './emitter.js'
import { clientClosed, sessionEnded } from './errors.js'
import { createHttp } from './http.js'
import { createOutbox } from './outbox.js'
import { createSessions } from './sessions.js'
import { memoryStorage } from './storage.js'
import { openSubscription, type OpenSubscription } from './subscription.js'
import type { Env } from './timing.js'
import type {
  CallOptions,
  ClientEvents,
  ClientOptions,
  FeedName,
  FeedView,
  FeedViewOptions,
  NotificationsView,
  Post,
  StoredSession,
  SubscribeOptions,
  Subscription,
  ThreadView,
} from './types.js'
import { isMoving, type LiveEvent } from './wire.js'

/** The parts of a client and how they hang together. */
export type Core = ReturnType<typeof createCore>

export function createCore(env: Env, options: ClientOptions) {
  const base = new URL(options.url, globalThis.location?.href)
  const path = base.pathname.replace(/\/+$/, '')
  const emitter = createEmitter<ClientEvents>()
  const subscriptions = new Set<OpenSubscription>()
  let closed = false

  const http = createHttp(
    { base: base.origin + path, fetch: options.fetch ?? ((...args) => fetch(...args)), app: options.app },
    { token: (signal) => sessions.token(signal), renew: (refused, signal) => sessions.renew(refused, signal) },
    env,
  )
  const api = createApi(http)
  const sessions = createSessions({
    storage: options.storage ?? memoryStorage(),
    provider: options.token,
    env,
    refresh: api.refresh,
    whoAmI: () => api.me(),
    onChange: onSession,
    onToken(accessToken) {
      if (connection.socketId === 0) return
      connection.request('refresh', { accessToken }).catch(() => connection.restart())
    },
  })
  const connection = createConnection({
    origin: base.origin,
    path,
    app: options.app,
    reconnect: { minMs: options.reconnect?.minMs ?? 500, maxMs: options.reconnect?.maxMs ?? 20_000 },
    env,
    token: () => sessions.token(),
    renew: (refused) => sessions.renew(refused),
    onState(state) {
      sessions.keepFresh(state.status === 'live')
      emitter.emit('connection', state)
    },
    onLive() {
      channels.onSocket()
      outbox.wake()
    },
    onLost: () => channels.onSocketLost(),
    onEvents,
    onStopped: (error) => endAll(error),
  })
  const channels = createChannels({
    env,
    socketId: () => connection.socketId,
    request: connection.request,
    async renew() {
      const held = await sessions.token()
      return held !== null && (await sessions.renew(held)) !== null
    },
    onWanted: connection.want,
  })
  const outbox = createOutbox({
    env,
    send: api.createPost,
    onChange: () => {},
    onCreated: () => {},
  })

  function onSession(now: StoredSession | null, before: StoredSession | null, reason: string | null): void {
    emitter.emit('session', now)
    if (now?.me.id !== before?.me.id || reason !== null) {
      if (before !== null || reason !== null) {
        endAll(sessionEnded(reason ?? 'signed_out'))
        outbox.clear()
      }
      connection.restart()
    }
    if (reason !== null) emitter.emit('signed-out', { reason })
  }

  function endAll(error: Error): void {
    for (const subscription of Array.from(subscriptions)) subscription.end(error)
  }

  function onEvents(events: LiveEvent[]): void {
    for (const event of events) {
      if (isMoving(event)) channels.dispatch(event)
      else if (event.type === 'stats') {
        for (const subscription of subscriptions) subscription.offerStats(event.postId, event.counts)
        emitter.emit('stats', { postId: event.postId, counts: event.counts })
      } else if (event.type === 'read') emitter.emit('read', { upTo: event.upTo })
      else if (event.type === 'notice') emitter.emit('notice', { text: event.text })
    }
  }

  function subscribe(feed: FeedName, subscribeOptions: SubscribeOptions = {}): Subscription {
    if (closed) throw clientClosed()
    const subscription = openSubscription(feed, channels, subscribeOptions, (own) => subscriptions.delete(own))
    subscriptions.add(subscription)
    return subscription
  }

  async function close(): Promise<void> {
    if (closed) return
    closed = true
    for (const subscription of Array.from(subscriptions)) subscription.end()
    outbox.close(clientClosed())
    connection.close()
    sessions.close()
    http.close()
  }

  return {
    api,
    sessions,
    connection,
    outbox,
    on: emitter.on,
    subscribe,
    close,
    reconnectNow: () => connection.reconnectNow(),
    posts: (ids: readonly string[], call?: CallOptions) => api.posts(ids, call),
    learn: (post: Promise<Post>) => post,
    forget: (_id: string) => {},
    mark: (kind: Mark, id: string, on: boolean, call?: CallOptions) => api.mark(kind, id, on, call),
    view: (_feed: FeedName, _options?: FeedViewOptions): FeedView => {
      throw clientClosed()
    },
    viewThread: (_postId: string, _options?: FeedViewOptions): ThreadView => {
      throw clientClosed()
    },
    viewNotifications: (_options?: FeedViewOptions & { only?: 'all' | 'mentions' }): NotificationsView => {
      throw clientClosed()
    },
  }
}
