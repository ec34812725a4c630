import { batch, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Client, Me, Notification, NotificationsView, Post, ServerInfo } from '@skein/client'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { createAnnouncer, type Announcer } from './announcer.js'
import { createClock } from './clock.js'
import { createComposing, type Composing } from './composing.js'
import { watchConnection, type Connection } from './connection.js'
import { createDrafts, type Drafts } from './drafts.js'
import { errorShape } from './errors.js'
import { createFeedRegistry, createHandle, type FeedHandle, type FeedRegistry } from './feeds.js'
import { browserStore, createKept } from './kept.js'
import { createLeftOff, type LeftOffStore } from './left-off.js'
import { must } from './must.js'
import { createOutbox, randomKey, type Outbox } from './outbox.js'
import { createPostChanges, type PostChanges } from './post-changes.js'
import { createRouter, type Router } from './router.js'
import { createTheme, type Theme } from './theme.js'
import { createToasts, type Toasts } from './toasts.js'

/** What lies over the page, one at a time. */
export type Dialog =
  | { kind: 'keys' }
  | { kind: 'compose'; how: 'reply' | 'quote' | 'edit'; post: Post }
  | { kind: 'confirm'; title: string; text: string; action: string; run: () => Promise<unknown> }
  | { kind: 'profile'; me: Me }
  | { kind: 'history'; postId: string }

export type NoticesHandle = FeedHandle<Notification, NotificationsView>

export interface App {
  readonly client: Client
  /** False until the stored session was looked for. */
  readonly isReady: ReadonlySignal<boolean>
  readonly me: ReadonlySignal<Me | null>
  /** Why the session ended without the reader asking for it. */
  readonly signedOutBecause: Signal<string | null>
  readonly info: ReadonlySignal<ServerInfo | null>
  readonly now: ReadonlySignal<number>
  readonly connection: Connection
  readonly router: Router
  readonly feeds: FeedRegistry
  /** Open while signed in: the number of unread ones is shown everywhere. */
  readonly notices: ReadonlySignal<NoticesHandle | null>
  readonly unread: ReadonlySignal<number>
  /** New lines that wait in the pill of the feed shown. */
  readonly waiting: Signal<number>
  readonly drafts: Drafts
  readonly composing: Composing
  readonly outbox: Outbox
  readonly leftOff: LeftOffStore
  readonly changes: PostChanges
  readonly toasts: Toasts
  readonly announcer: Announcer
  readonly dialog: Signal<Dialog | null>
  readonly theme: Signal<Theme>
  /** Runs something that may be refused; a refusal is told in a toast. */
  attempt(work: Promise<unknown>): void
  /** True when signed in; else goes to sign in and comes back here afterwards. */
  needsMe(): boolean
}

const AppContext = createContext<App | null>(null)
export const AppProvider = AppContext.Provider

export function useApp(): App {
  return must(useContext(AppContext), 'AppProvider stands above everything')
}

/** Joins the client and the page. Starts nothing but listening; `watch` below begins the session. */
export function createApp(client: Client): App {
  const local = createKept(browserStore('localStorage'))
  const session = createKept(browserStore('sessionStorage'))
  const drafts = createDrafts(local)
  const me = signal<Me | null>(null)
  const toasts = createToasts()
  const router = createRouter(session)
  const dialog = signal<Dialog | null>(null)
  const app = {
    client,
    isReady: signal(false),
    me,
    signedOutBecause: signal<string | null>(null),
    info: signal<ServerInfo | null>(null),
    now: createClock().now,
    connection: watchConnection(client),
    router,
    feeds: createFeedRegistry(),
    notices: signal<NoticesHandle | null>(null),
    unread: signal(0),
    waiting: signal(0),
    drafts,
    composing: createComposing({
      goHome: () => router.navigate('/'),
      getPost: (id) => client.posts.get(id),
      openDialog: (how, post) => {
        dialog.value = { kind: 'compose', how, post }
      },
    }),
    outbox: createOutbox({ client, kept: local, drafts, nowMs: () => Date.now(), newKey: randomKey }),
    leftOff: createLeftOff(local),
    changes: createPostChanges(client),
    toasts,
    announcer: createAnnouncer(),
    dialog,
    theme: createTheme(local),
    attempt(work: Promise<unknown>) {
      work.catch((thrown: unknown) => toasts.show({ icon: 'alert', text: refusalWords(thrown) }))
    },
    needsMe() {
      if (me.value !== null) return true
      router.navigate(`/sign-in?next=${encodeURIComponent(router.entry.value.address)}`)
      return false
    },
  }
  watch(app)
  return app
}

type Watched = App & {
  isReady: Signal<boolean>
  me: Signal<Me | null>
  info: Signal<ServerInfo | null>
  notices: Signal<NoticesHandle | null>
  unread: Signal<number>
}

function watch(app: Watched): void {
  const { client } = app
  const setMe = (next: Me | null) => {
    const before = app.me.value
    batch(() => {
      if (before?.id !== next?.id) changeAccount(app, next)
      app.me.value = next
    })
  }
  client.on('session', (session) => setMe(session?.me ?? null))
  client.on('signed-out', ({ reason }) => {
    app.signedOutBecause.value = reason
  })
  client.on('notice', ({ text }) => app.toasts.show({ icon: 'bell', text }))
  const started = () =>
    batch(() => {
      setMe(client.me)
      app.isReady.value = true
    })
  client.ready().then(started, started)
  loadInfo(app)
}

/** Asks again whenever a connection comes up, until it is known. */
function loadInfo(app: Watched): void {
  let isAsking = false
  effect(() => {
    const isLive = app.connection.state.value.status === 'live'
    if (app.info.value !== null || isAsking || (!isLive && app.connection.wasLive.value)) return
    isAsking = true
    app.client.info().then(
      (info) => {
        app.info.value = info
      },
      () => {
        isAsking = false
      },
    )
  })
}

let closeNotices = () => {}

function changeAccount(app: Watched, next: Me | null): void {
  app.feeds.clear()
  closeNotices()
  closeNotices = () => {}
  app.notices.value = null
  app.unread.value = 0
  app.dialog.value = null
  if (next === null) return
  app.signedOutBecause.value = null
  const view = app.client.viewNotifications({ only: 'all' })
  const { handle, close } = createHandle<Notification, NotificationsView>('notices:all', view, null)
  const count = effect(() => {
    void handle.snapshot.value
    app.unread.value = view.getRead().unread
  })
  closeNotices = () => {
    count()
    close()
  }
  app.notices.value = handle
  app.outbox.resume(next.id)
}

function refusalWords(thrown: unknown): string {
  const error = errorShape(thrown)
  if (error.code === 'network') return 'That did not reach the server. Try again in a moment.'
  return [error.message, error.remedy].filter(Boolean).join(' ')
}
