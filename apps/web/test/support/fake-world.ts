import type {
  Client,
  ClientEvents,
  ConnectionState,
  FeedItem,
  FeedName,
  FeedViewOptions,
  Me,
  Page,
  Pages,
  Post,
  Profile,
  Relation,
  SessionInfo,
  SkeinErrorShape,
  StoredSession,
} from '@skein/client'
import * as data from './fake-data.js'
import { FakeError, unreachable } from './fake-error.js'
import { card, everyone, fakeId, fakePost, person } from './fake-people.js'
import type { FakeNotificationsView, FakeThreadView, FakeView } from './fake-view.js'

/** What the page is shown over. Each names one state of the world. */
export type Scenario = 'home' | 'out' | 'new' | 'offline' | 'error' | 'slow' | 'long'

export type AnyView = FakeView<FeedItem> | FakeThreadView

export const strangers: Relation = {
  following: false,
  followedBy: false,
  blocking: false,
  blockedBy: false,
  muting: false,
}

/** The scripted people, posts, relations and connection that a fake client stands on. */
export class FakeWorld {
  readonly scenario: Scenario
  readonly nowMs = Date.now()
  /** The next call of this name fails with this. */
  readonly failures = new Map<string, SkeinErrorShape>()
  /** Calls in their order, for tests. */
  readonly calls: string[] = []
  /** While false, posts stay on their way. */
  isSending = true
  me: Me | null = null
  connection: ConnectionState = { status: 'idle' }
  protected readonly listeners = new Map<keyof ClientEvents, Set<(value: never) => void>>()
  protected readonly views = new Map<string, Set<AnyView>>()
  protected readonly notices = new Set<FakeNotificationsView>()
  protected readonly relations = new Map<string, Relation>()
  protected thread: data.FakeThread
  protected home: FeedItem[]
  protected sessions: SessionInfo[]
  protected arrived = 0
  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.home = scenario === 'long' ? this.longFeed() : data.homeItems(this.nowMs)
    this.thread = data.walkThread(this.nowMs)
    this.sessions = [
      {
        id: fakeId(1, 1),
        current: true,
        client: 'Skein on the web',
        createdAtMs: this.nowMs - 86_400_000 * 3,
        lastUsedAtMs: this.nowMs,
      },
      {
        id: fakeId(1, 2),
        current: false,
        client: 'skein tail, on the kitchen shelf',
        createdAtMs: this.nowMs - 86_400_000 * 40,
        lastUsedAtMs: this.nowMs - 3_600_000 * 5,
      },
    ]
    for (const handle of ['wren', 'tobi', 'aga'])
      this.relations.set(handle, { ...strangers, following: handle !== 'aga', followedBy: true })
    if (scenario !== 'out') this.me = this.meOf('ines')
  }
  protected longFeed(): FeedItem[] {
    const seed = data.homeItems(this.nowMs)
    return Array.from({ length: 200 }, (_, i) => {
      const atMs = this.nowMs - (i + 2) * 240_000
      const from = seed[i % seed.length]?.post
      const post = fakePost({ by: from?.author.handle ?? 'wren', atMs, text: `${from?.text ?? ''} (${i})`.trim() })
      return { id: post.id, post }
    })
  }
  protected meOf(handle: string): Me {
    const user = person(handle)
    return { ...card(handle), bio: user.bio, createdAtMs: Date.UTC(2025, 2, 3), role: 'user' }
  }
  protected answer<T>(name: string, value: () => T): Promise<T> {
    this.calls.push(name)
    const failure = this.failures.get(name)
    this.failures.delete(name)
    if (failure !== undefined)
      return Promise.reject(
        failure instanceof Error ? failure : Object.assign(new FakeError(failure.code, failure.message), failure),
      )
    if (this.connection.status === 'offline' && !name.startsWith('posts.create')) return Promise.reject(unreachable())
    return Promise.resolve().then(value)
  }
  protected pages<T, P extends Page<T>>(name: string, read: (before: string | undefined) => P): Pages<T, P> {
    const first = () => this.answer(name, () => read(undefined))
    return {
      // oxlint-disable-next-line unicorn/no-thenable -- Pages are awaited for their first page
      then: (ok, bad) => first().then(ok, bad),
      pages: async function* pages() {
        yield await first()
      },
      async *[Symbol.asyncIterator]() {
        yield* (await first()).items
      },
    }
  }
  protected emit<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void {
    for (const listener of this.listeners.get(event) ?? []) (listener as (value: ClientEvents[E]) => void)(value)
  }
  protected session(me: Me): StoredSession {
    return { me, sessionId: 's', accessToken: 'a', accessExpiresAtMs: 0, refreshToken: 'r' }
  }
  protected signedIn(me: Me): Me {
    this.me = me
    this.emit('session', this.session(me))
    return me
  }
  protected eachView(isMeant: (feed: string) => boolean, run: (view: AnyView) => void): void {
    for (const [feed, views] of this.views) if (isMeant(feed)) for (const view of views) run(view)
  }
  protected allPosts(): Post[] {
    return [
      ...this.home.map(({ post }) => post),
      ...this.thread.ancestors,
      this.thread.post,
      ...this.thread.below.map(({ post }) => post),
      ...data.notifications(this.nowMs).flatMap(({ post }) => post ?? []),
    ]
  }
  protected find(id: string): Post {
    const found = this.allPosts().find((post) => post.id === id)
    if (found === undefined)
      throw new FakeError('not_found', 'There is nothing at this address.', { status: 404, requestId: '7f3a-19c2' })
    return found
  }
  protected change(id: string, change: (post: Post) => Post): Post {
    const once = (post: Post) => (post.id === id ? change(post) : post)
    this.home = this.home.map((item) => ({ ...item, post: once(item.post) }))
    this.thread = {
      ancestors: this.thread.ancestors.map(once),
      post: once(this.thread.post),
      below: this.thread.below.map((item) => ({ ...item, post: once(item.post) })),
    }
    this.eachView(
      () => true,
      (view) => view.mapPosts(once),
    )
    for (const view of this.notices) view.mapPosts(once)
    return this.find(id)
  }
  protected mark(
    id: string,
    flag: 'liked' | 'reposted' | 'bookmarked',
    count: 'likes' | 'reposts' | null,
    on: boolean,
  ): Promise<Post> {
    const set = (to: boolean) =>
      this.change(id, (post) => {
        const was = post.viewer?.[flag] ?? false
        const counts =
          count === null ? post.counts : { ...post.counts, [count]: post.counts[count] + Number(to) - Number(was) }
        return {
          ...post,
          counts,
          viewer: { liked: false, reposted: false, bookmarked: false, ...post.viewer, [flag]: to },
        }
      })
    set(on)
    return this.answer(`posts.${flag}`, () => this.find(id)).catch((error: unknown) => {
      set(!on)
      throw error
    })
  }
  protected relation(handle: string, change: Partial<Relation>): Promise<Relation> {
    return this.answer('users.relation', () => {
      const relation = { ...(this.relations.get(handle) ?? strangers), ...change }
      this.relations.set(handle, relation)
      return relation
    })
  }
  protected people() {
    return everyone().map((user) => ({ id: user.id, user, viewer: this.relations.get(user.handle) ?? strangers }))
  }
  protected peoplePage(n: number) {
    return { items: this.scenario === 'new' ? [] : this.people().slice(1, n), next: null, prev: null }
  }
  protected profile(handle: string): Profile {
    if (this.me?.handle === handle)
      return { ...this.me, counts: { followers: 2_847, following: 318, posts: this.scenario === 'new' ? 0 : 1_204 } }
    if (!everyone().some((user) => user.handle === handle))
      throw new FakeError('not_found', 'There is nothing at this address.')
    const { id, name, bio } = person(handle)
    return {
      id,
      handle,
      name,
      bio,
      createdAtMs: Date.UTC(2025, 2, 3),
      counts: { followers: 2_847, following: 318, posts: 1_204 },
      ...(this.me === null ? {} : { viewer: this.relations.get(handle) ?? strangers }),
    }
  }
  protected loaded(): Promise<unknown> {
    if (this.scenario === 'offline') return Promise.reject(unreachable())
    if (this.scenario === 'error')
      return Promise.reject(
        new FakeError('internal', 'Something broke on the server.', { status: 500, requestId: '7f3a-19c2' }),
      )
    if (this.scenario === 'slow') return new Promise((done) => setTimeout(done, 60_000))
    return Promise.resolve()
  }
  protected linesOf(feed: FeedName, replies: FeedViewOptions['replies']): FeedItem[] {
    if (this.scenario === 'new' && feed !== 'public' && !feed.startsWith('tag:')) return []
    if (feed === 'public') return this.home.filter(({ post, repostedBy }) => !repostedBy && !post.replyTo)
    if (feed.startsWith('tag:')) return this.home.filter(({ post }) => post.tags.includes(feed.slice(4)))
    if (!feed.startsWith('user:')) return this.home
    const by = [...this.home, ...this.thread.below].filter(({ post }) => post.author.handle === feed.slice(5))
    return by.filter(({ post }) => (post.replyTo === undefined) === (replies !== 'only'))
  }
  protected keep<V extends AnyView>(view: V): V {
    const views = this.views.get(view.feed) ?? new Set()
    this.views.set(view.feed, views.add(view))
    this.connect()
    return view
  }
  protected connect(): void {
    if (this.connection.status !== 'idle') return
    this.connection = { status: 'connecting' }
    if (this.scenario === 'offline') this.down()
    else queueMicrotask(() => this.setConnection({ status: 'live' }))
  }
  on: Client['on'] = (event, handler) => {
    const listeners = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, listeners.add(handler))
    return () => listeners.delete(handler)
  }
  signOut(reason?: string): void {
    this.me = null
    if (reason !== undefined) this.emit('signed-out', { reason })
    this.emit('session', null)
  }

  protected setConnection(connection: ConnectionState): void {
    this.connection = connection
    this.emit('connection', connection)
  }
  /** The connection is lost; the next attempt is in so long. */
  down(retryInMs = 3_000): void {
    const now = Date.now()
    this.setConnection({ status: 'offline', sinceMs: now, retryAtMs: now + retryInMs, reason: 'transport close' })
    this.eachView(
      () => true,
      (view) => view.change({ live: false }),
    )
  }
}
