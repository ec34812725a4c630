import { createApi } from './api.js'
import { createChannels } from './channels.js'
import { createConnection } from './connection.js'
import { createEmitter } from './emitter.js'
import { clientClosed, sessionEnded } from './errors.js'
import { createHttp } from './http.js'
import { createMarks } from './marks.js'
import { createOutbox } from './outbox.js'
import { createSessions } from './sessions.js'
import { memoryStorage } from './storage.js'
import { openSubscription, type OpenSubscription } from './subscription.js'
import type { Env } from './timing.js'
import { createViews } from './views.js'
import type {
  CallOptions,
  ClientEvents,
  ClientOptions,
  FeedName,
  Post,
  StoredSession,
  SubscribeOptions,
  Subscription,
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
      wake()
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
    onChange: () => views.each((view) => view.changed()),
    onCreated: (post) => views.created(post),
  })
  const marks = createMarks({
    send: api.mark,
    onChange: () => views.each((view) => view.changed()),
    onAnswer: (post) => views.learn(post),
  })
  const views = createViews({ env, channels, api, outbox, marks: marks.pressed, me: () => sessions.me })
  const unwatch = watchPage(() => {
    connection.reconnectNow(true)
    wake()
  })

  /** What waits for the server tries again. */
  function wake(): void {
    outbox.wake()
    views.each((view) => view.wake())
  }

  function onSession(now: StoredSession | null, before: StoredSession | null, reason: string | null): void {
    emitter.emit('session', now)
    if (now?.me.id !== before?.me.id || reason !== null) {
      if (before !== null || reason !== null) {
        endAll(sessionEnded(reason ?? 'signed_out'))
        outbox.clear()
      }
      connection.restart(before !== null || reason !== null)
      if (before === null && reason === null) views.each((view) => view.refresh())
    }
    if (reason !== null) emitter.emit('signed-out', { reason })
  }

  function endAll(error: Error): void {
    for (const subscription of Array.from(subscriptions)) subscription.end(error)
    views.end(error)
  }

  function onEvents(events: LiveEvent[]): void {
    for (const event of events) {
      if (isMoving(event)) {
        channels.dispatch(event)
        views.overhear(event)
      } else if (event.type === 'stats') {
        for (const subscription of subscriptions) subscription.offerStats(event.postId, event.counts)
        views.each((view) => view.apply({ type: 'stats', postId: event.postId, counts: event.counts }))
        emitter.emit('stats', { postId: event.postId, counts: event.counts })
      } else if (event.type === 'read') {
        views.setRead(event.upTo)
        emitter.emit('read', { upTo: event.upTo })
      } else if (event.type === 'notice') emitter.emit('notice', { text: event.text })
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
    views.end()
    unwatch()
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
    reconnectNow() {
      connection.reconnectNow()
      wake()
    },
    posts: (ids: readonly string[], call?: CallOptions) => api.posts(ids, call),
    /** Every open view takes over what the server answered. */
    async learn(answer: Promise<Post>): Promise<Post> {
      const post = await answer
      views.learn(post)
      return post
    },
    forget: (postId: string) => views.each((view) => view.apply({ type: 'delete', postId, nowMs: env.now() })),
    mark: marks.set,
    views,
  }
}

/** Calls back when a page comes online or into view. Returns the way to stop. */
function watchPage(back: () => void): () => void {
  const page = globalThis.document
  const visible = () => {
    if (page.visibilityState === 'visible') back()
  }
  if (page === undefined) return () => {}
  globalThis.addEventListener('online', back)
  page.addEventListener('visibilitychange', visible)
  return () => {
    globalThis.removeEventListener('online', back)
    page.removeEventListener('visibilitychange', visible)
  }
}
