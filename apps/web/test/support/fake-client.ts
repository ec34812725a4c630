import type {
  Client,
  ClientEvents,
  ConnectionState,
  FeedItem,
  FeedName,
  FeedViewOptions,
  Me,
  Notification,
  NotificationsView,
  OutgoingPost,
  Page,
  Pages,
  Post,
  Profile,
  Relation,
  SessionInfo,
  SkeinErrorShape,
  StoredSession,
  ThreadView,
} from '@skein/client'
import * as data from './fake-data.js'
import { FakeNotificationsView, FakeThreadView, FakeView } from './fake-view.js'

/** What the page is shown over. Each names one state of the world. */
export type Scenario = 'home' | 'out' | 'new' | 'offline' | 'error' | 'slow' | 'long'

type AnyView = FakeView<FeedItem> | FakeThreadView

export class FakeError extends Error implements SkeinErrorShape {
  readonly code: string
  readonly retryable: boolean
  constructor(code: string, message: string, more: Partial<SkeinErrorShape> = {}) {
    super(message)
    this.code = code
    this.retryable = false
    Object.assign(this, more)
  }
}

const unreachable = () => new FakeError('unavailable', 'The server does not answer.', { retryable: true })
const strangers: Relation = { following: false, followedBy: false, blocking: false, blockedBy: false, muting: false }

/** A client over scripted data. Everything a test wants to happen is a method below `Client`'s own. */
export class FakeClient implements Client {
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
  readonly #listeners = new Map<keyof ClientEvents, Set<(value: never) => void>>()
  readonly #views = new Map<string, Set<AnyView>>()
  readonly #notices = new Set<FakeNotificationsView>()
  readonly #relations = new Map<string, Relation>()
  readonly #held = new Map<string, { post: OutgoingPost; done: (post: Post) => void; fail: (error: unknown) => void }>()
  #thread: data.FakeThread
  #home: FeedItem[]
  #sessions: SessionInfo[]
  #arrived = 0

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.#home = scenario === 'long' ? this.#longFeed() : data.homeItems(this.nowMs)
    this.#thread = data.walkThread(this.nowMs)
    this.#sessions = [
      {
        id: data.fakeId(1, 1),
        current: true,
        client: 'Skein on the web',
        createdAtMs: this.nowMs - 86_400_000 * 3,
        lastUsedAtMs: this.nowMs,
      },
      {
        id: data.fakeId(1, 2),
        current: false,
        client: 'skein tail, on the kitchen shelf',
        createdAtMs: this.nowMs - 86_400_000 * 40,
        lastUsedAtMs: this.nowMs - 3_600_000 * 5,
      },
    ]
    for (const handle of ['wren', 'tobi', 'aga'])
      this.#relations.set(handle, { ...strangers, following: handle !== 'aga', followedBy: true })
    if (scenario !== 'out') this.me = this.#meOf('ines')
  }

  #longFeed(): FeedItem[] {
    const seed = data.homeItems(this.nowMs)
    return Array.from({ length: 200 }, (_, i) => {
      const atMs = this.nowMs - (i + 2) * 240_000
      const from = seed[i % seed.length]?.post
      const post = data.fakePost({ by: from?.author.handle ?? 'wren', atMs, text: `${from?.text ?? ''} (${i})`.trim() })
      return { id: post.id, post }
    })
  }
  #meOf(handle: string): Me {
    const user = data.person(handle)
    return { ...data.card(handle), bio: user.bio, createdAtMs: Date.UTC(2025, 2, 3), role: 'user' }
  }
  #answer<T>(name: string, value: () => T): Promise<T> {
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
  #pages<T, P extends Page<T>>(name: string, read: (before: string | undefined) => P): Pages<T, P> {
    const first = () => this.#answer(name, () => read(undefined))
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
  #emit<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (value: ClientEvents[E]) => void)(value)
  }
  #session(me: Me): StoredSession {
    return { me, sessionId: 's', accessToken: 'a', accessExpiresAtMs: 0, refreshToken: 'r' }
  }
  #signedIn(me: Me): Me {
    this.me = me
    this.#emit('session', this.#session(me))
    return me
  }

  ready(): Promise<void> {
    return Promise.resolve()
  }
  info: Client['info'] = () =>
    this.#answer('info', () => ({
      name: 'harbour.example',
      version: '0.4.2',
      wireVersion: 1,
      people: 1_204,
      postMaxGraphemes: 1_000,
      signUpOpen: true,
    }))

  readonly auth: Client['auth'] = {
    signUp: ({ handle, name }) =>
      this.#answer('auth.signUp', () => this.#signedIn({ ...this.#meOf('ines'), handle, name })),
    signIn: ({ password }) =>
      this.#answer('auth.signIn', () => {
        if (password === 'wrong') throw new FakeError('wrong_credentials', 'The handle and password do not match.')
        if (password === 'often')
          throw new FakeError('rate_limited', 'Too many requests.', { retryable: true, retryAfterMs: 40_000 })
        return this.#signedIn(this.#meOf('ines'))
      }),
    useRefreshToken: () => this.#answer('auth.useRefreshToken', () => this.#signedIn(this.#meOf('ines'))),
    signOut: () => this.#answer('auth.signOut', () => this.signOut()),
    signOutEverywhere: () => this.#answer('auth.signOutEverywhere', () => this.signOut()),
    sessions: () => this.#answer('auth.sessions', () => this.#sessions),
    endSession: (id) =>
      this.#answer('auth.endSession', () => {
        this.#sessions = this.#sessions.filter((session) => session.id !== id)
      }),
    changePassword: ({ current }) =>
      this.#answer('auth.changePassword', () => {
        if (current === 'wrong') throw new FakeError('wrong_credentials', 'The handle and password do not match.')
      }),
    updateMe: (change) =>
      this.#answer('auth.updateMe', () => this.#signedIn({ ...(this.me ?? this.#meOf('ines')), ...change })),
  }

  readonly posts: Client['posts'] = {
    create: (text, options = {}) => {
      this.calls.push('posts.create')
      const key = options.idempotencyKey ?? String(Math.random())
      const { replyTo, quoteOf } = options
      const post: OutgoingPost = {
        key,
        text,
        createdAtMs: Date.now(),
        state: 'sending',
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(quoteOf === undefined ? {} : { quoteOf }),
      }
      return this.#send(post)
    },
    retry: (key) => {
      const held = this.#held.get(key)
      return held === undefined ? Promise.reject(unreachable()) : this.#send({ ...held.post, state: 'sending' })
    },
    discard: (key) => {
      const text = this.#held.get(key)?.post.text ?? null
      this.#held.delete(key)
      this.#showOutgoing()
      return text
    },
    get: (id) => this.#answer('posts.get', () => this.#find(id)),
    many: (ids) => this.#answer('posts.many', () => ids.map((id) => this.#find(id))),
    edit: (id, text) =>
      this.#answer('posts.edit', () =>
        this.#change(id, (post) => ({
          ...post,
          text,
          entities: data.entitiesOf(text),
          rev: post.rev + 1,
          editedAtMs: Date.now(),
        })),
      ),
    delete: (id) => this.#answer('posts.delete', () => this.deletePost(id)),
    history: (id) =>
      this.#answer('posts.history', () => [
        { rev: 1, text: 'Sixty kilometres in two days, along the river.', atMs: this.nowMs - 3_600_000 * 15 },
        { rev: 2, text: this.#find(id).text, atMs: this.nowMs - 3_600_000 * 14 },
      ]),
    like: (id, on) => this.#mark(id, 'liked', 'likes', on),
    repost: (id, on) => this.#mark(id, 'reposted', 'reposts', on),
    bookmark: (id, on) => this.#mark(id, 'bookmarked', null, on),
  }

  #send(post: OutgoingPost): Promise<Post> {
    return new Promise((done, fail) => {
      this.#held.set(post.key, { post, done, fail })
      this.#showOutgoing()
      if (this.isSending && this.connection.status !== 'offline') setTimeout(() => this.deliver(), 20)
    })
  }
  /** Everything on its way arrives. */
  deliver(): void {
    for (const [key, { post, done }] of this.#held) {
      if (post.state !== 'sending') continue
      this.#held.delete(key)
      const replyTo = post.replyTo === undefined ? undefined : this.#find(post.replyTo)
      const quote = post.quoteOf === undefined ? undefined : this.#find(post.quoteOf)
      const made = data.fakePost({
        by: 'ines',
        atMs: Date.now(),
        n: (this.#arrived += 1),
        text: post.text,
        ...(replyTo ? { replyTo } : {}),
        ...(quote ? { quote } : {}),
      })
      const item = { id: made.id, post: made }
      this.#home = [item, ...this.#home]
      if (replyTo !== undefined)
        this.#eachView(
          (feed) => feed === `thread:${made.path.at(-1)}` || made.path.some((id) => feed === `thread:${id}`),
          (view) => view.arrive(item, true),
        )
      else
        this.#eachView(
          (feed) => feed === 'home' || feed === 'public' || feed === 'user:ines',
          (view) => view.arrive(item, true),
        )
      done(made)
    }
    this.#showOutgoing()
  }
  /** Everything on its way is refused. */
  refuse(error: SkeinErrorShape = unreachable()): void {
    const shape = { code: error.code, message: error.message, retryable: error.retryable }
    for (const [key, held] of this.#held) {
      if (held.post.state === 'failed') continue
      this.#held.set(key, { ...held, post: { ...held.post, state: 'failed', error: shape } })
      held.fail(error)
    }
    this.#showOutgoing()
  }
  #showOutgoing(): void {
    const all = [...this.#held.values()].map(({ post }) => post).reverse()
    this.#eachView(
      (feed) => feed === 'home',
      (view) => view.setOutgoing(all.filter((p) => p.replyTo === undefined)),
    )
    this.#eachView(
      (feed) => feed.startsWith('thread:'),
      (view) => view.setOutgoing(all.filter((p) => `thread:${p.replyTo}` === view.feed)),
    )
  }
  #eachView(isMeant: (feed: string) => boolean, run: (view: AnyView) => void): void {
    for (const [feed, views] of this.#views) if (isMeant(feed)) for (const view of views) run(view)
  }
  #allPosts(): Post[] {
    return [
      ...this.#home.map(({ post }) => post),
      ...this.#thread.ancestors,
      this.#thread.post,
      ...this.#thread.below.map(({ post }) => post),
      ...data.notifications(this.nowMs).flatMap(({ post }) => post ?? []),
    ]
  }
  #find(id: string): Post {
    const found = this.#allPosts().find((post) => post.id === id)
    if (found === undefined)
      throw new FakeError('not_found', 'There is nothing at this address.', { status: 404, requestId: '7f3a-19c2' })
    return found
  }
  #change(id: string, change: (post: Post) => Post): Post {
    const once = (post: Post) => (post.id === id ? change(post) : post)
    this.#home = this.#home.map((item) => ({ ...item, post: once(item.post) }))
    this.#thread = {
      ancestors: this.#thread.ancestors.map(once),
      post: once(this.#thread.post),
      below: this.#thread.below.map((item) => ({ ...item, post: once(item.post) })),
    }
    this.#eachView(
      () => true,
      (view) => view.mapPosts(once),
    )
    for (const view of this.#notices) view.mapPosts(once)
    return this.#find(id)
  }
  deletePost(id: string): void {
    this.#eachView(
      () => true,
      (view) => view.mapPosts((post) => (post.id === id ? null : post)),
    )
    this.#home = this.#home.filter(({ post }) => post.id !== id)
  }
  #mark(
    id: string,
    flag: 'liked' | 'reposted' | 'bookmarked',
    count: 'likes' | 'reposts' | null,
    on: boolean,
  ): Promise<Post> {
    const set = (to: boolean) =>
      this.#change(id, (post) => {
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
    return this.#answer(`posts.${flag}`, () => this.#find(id)).catch((error: unknown) => {
      set(!on)
      throw error
    })
  }

  #relation(handle: string, change: Partial<Relation>): Promise<Relation> {
    return this.#answer('users.relation', () => {
      const relation = { ...(this.#relations.get(handle) ?? strangers), ...change }
      this.#relations.set(handle, relation)
      return relation
    })
  }
  readonly users: Client['users'] = {
    get: (handle) => this.#answer('users.get', () => this.#profile(handle)),
    search: (prefix) =>
      this.#answer('users.search', () => this.#people().filter(({ user }) => user.handle.startsWith(prefix))),
    suggestions: ({ limit = 5 } = {}) =>
      this.#answer('users.suggestions', () =>
        (this.scenario === 'new'
          ? ['wren', 'oldmill', 'leila', 'callum', 'ferrywatch', 'bao']
          : ['hanne', 'lowtide', 'kit']
        )
          .slice(0, limit)
          .map((handle) => ({
            user: data.person(handle),
            followedBy: handle === 'hanne' ? [data.card('wren'), data.card('tobi')] : [],
            followers: 12,
          })),
      ),
    followers: () => this.#pages('users.followers', () => this.#peoplePage(8)),
    following: () => this.#pages('users.following', () => this.#peoplePage(12)),
    follow: (handle, on) => this.#relation(handle, { following: on }),
    block: (handle, on) =>
      this.#relation(handle, { blocking: on, ...(on ? { following: false, followedBy: false } : {}) }),
    mute: (handle, on) => this.#relation(handle, { muting: on }),
  }
  #people() {
    return data.everyone().map((user) => ({ id: user.id, user, viewer: this.#relations.get(user.handle) ?? strangers }))
  }
  #peoplePage(n: number) {
    return { items: this.scenario === 'new' ? [] : this.#people().slice(1, n), next: null, prev: null }
  }
  #profile(handle: string): Profile {
    if (this.me?.handle === handle)
      return { ...this.me, counts: { followers: 2_847, following: 318, posts: this.scenario === 'new' ? 0 : 1_204 } }
    if (!data.everyone().some((user) => user.handle === handle))
      throw new FakeError('not_found', 'There is nothing at this address.')
    const { id, name, bio } = data.person(handle)
    return {
      id,
      handle,
      name,
      bio,
      createdAtMs: Date.UTC(2025, 2, 3),
      counts: { followers: 2_847, following: 318, posts: 1_204 },
      ...(this.me === null ? {} : { viewer: this.#relations.get(handle) ?? strangers }),
    }
  }

  trends: Client['trends'] = ({ limit = 5 } = {}) =>
    this.#answer('trends', () => (this.scenario === 'new' ? data.trends.slice(0, 2) : data.trends.slice(0, limit)))
  search: Client['search'] = (q) =>
    this.#pages('search', () => {
      const words = q.toLowerCase().replace(/^[#@]/, '')
      const items = this.#home.filter(({ post }) => post.text.toLowerCase().includes(words))
      return {
        items,
        people: this.#people().filter(
          ({ user }) => user.handle.startsWith(words) || user.name.toLowerCase().startsWith(words),
        ),
        tags: data.trends.filter(({ tag }) => tag.startsWith(words)).map(({ tag, posts }) => ({ tag, posts })),
        next: null,
        prev: null,
        cursor: 'c',
      }
    })
  bookmarks: Client['bookmarks'] = () =>
    this.#pages('bookmarks', () => ({
      items: this.scenario === 'new' ? [] : this.#home.filter(({ post }) => post.viewer?.bookmarked),
      next: null,
      prev: null,
      cursor: 'c',
    }))
  timeline: Client['timeline'] = () =>
    this.#pages('timeline', () => ({ items: this.#home, next: null, prev: null, cursor: 'c' }))
  subscribe: Client['subscribe'] = () => {
    throw new Error('the page subscribes through views alone')
  }

  #loaded(): Promise<unknown> {
    if (this.scenario === 'offline') return Promise.reject(unreachable())
    if (this.scenario === 'error')
      return Promise.reject(
        new FakeError('internal', 'Something broke on the server.', { status: 500, requestId: '7f3a-19c2' }),
      )
    if (this.scenario === 'slow') return new Promise((done) => setTimeout(done, 60_000))
    return Promise.resolve()
  }
  #linesOf(feed: FeedName, replies: FeedViewOptions['replies']): FeedItem[] {
    if (this.scenario === 'new' && feed !== 'public' && !feed.startsWith('tag:')) return []
    if (feed === 'public') return this.#home.filter(({ post, repostedBy }) => !repostedBy && !post.replyTo)
    if (feed.startsWith('tag:')) return this.#home.filter(({ post }) => post.tags.includes(feed.slice(4)))
    if (!feed.startsWith('user:')) return this.#home
    const by = [...this.#home, ...this.#thread.below].filter(({ post }) => post.author.handle === feed.slice(5))
    return by.filter(({ post }) => (post.replyTo === undefined) === (replies !== 'only'))
  }
  #keep<V extends AnyView>(view: V): V {
    const views = this.#views.get(view.feed) ?? new Set()
    this.#views.set(view.feed, views.add(view))
    this.#connect()
    return view
  }
  #connect(): void {
    if (this.connection.status !== 'idle') return
    this.connection = { status: 'connecting' }
    if (this.scenario === 'offline') this.down()
    else queueMicrotask(() => this.#setConnection({ status: 'live' }))
  }
  view: Client['view'] = (feed, { pageSize = 20, autoShow = false, replies } = {}) =>
    this.#keep(
      new FakeView<FeedItem>({
        feed,
        all: this.#linesOf(feed, replies),
        pageSize,
        autoShow,
        loaded: this.#loaded(),
        postOf: (item) => item.post,
        withPost: (item, post) => ({ ...item, post }),
      }),
    )
  viewThread = (postId: string, { pageSize = 20, autoShow = false }: FeedViewOptions = {}): ThreadView => {
    const isWalk = postId === this.#thread.post.id
    const found = this.#allPosts().find((post) => post.id === postId)
    const missing = new FakeError('not_found', 'There is nothing at this address.', { requestId: '7f3a-19c2' })
    const view = new FakeThreadView({
      feed: `thread:${postId}`,
      all: isWalk ? this.#thread.below : [],
      pageSize,
      autoShow,
      loaded: found === undefined ? Promise.reject(missing) : this.#loaded(),
      postOf: (item) => item.post,
      withPost: (item, post) => ({ ...item, post }),
    })
    if (found !== undefined) view.thread = { post: found, ancestors: isWalk ? this.#thread.ancestors : [] }
    return this.#keep(view)
  }
  viewNotifications = ({ only = 'all' }: FeedViewOptions & { only?: 'all' | 'mentions' } = {}): NotificationsView => {
    const all = this.scenario === 'new' ? [] : data.notifications(this.nowMs)
    const view = new FakeNotificationsView({
      feed: 'notifications',
      all: only === 'all' ? all : all.filter(({ type }) => type === 'mention' || type === 'reply' || type === 'quote'),
      pageSize: 50,
      autoShow: false,
      loaded: this.#loaded(),
      postOf: (line) => line.post,
      withPost: (line, post) => ({ ...line, post }),
    })
    view.readUpTo = all.find(({ type }) => type === 'mention')?.id ?? null
    this.#notices.add(view)
    this.#connect()
    return view
  }

  on: Client['on'] = (event, handler) => {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(handler))
    return () => listeners.delete(handler)
  }
  reconnectNow(): void {
    this.calls.push('reconnectNow')
  }
  close(): Promise<void> {
    return Promise.resolve()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  // What a test makes happen.

  #setConnection(connection: ConnectionState): void {
    this.connection = connection
    this.#emit('connection', connection)
  }
  /** The connection is lost; the next attempt is in so long. */
  down(retryInMs = 3_000): void {
    const now = Date.now()
    this.#setConnection({ status: 'offline', sinceMs: now, retryAtMs: now + retryInMs, reason: 'transport close' })
    this.#eachView(
      () => true,
      (view) => view.change({ live: false }),
    )
  }
  /** It is back, and so many posts were caught up. */
  up(caughtUp = 0): void {
    for (let i = 0; i < caughtUp; i += 1) this.arrive('home')
    this.#setConnection({ status: 'live' })
    this.#eachView(
      () => true,
      (view) =>
        view.change({
          live: true,
          ...(view.feed === 'home' ? { caughtUp: { posts: caughtUp, atMs: Date.now() } } : {}),
        }),
    )
  }
  /** A post by somebody comes in live; its id. */
  arrive(
    feed: FeedName,
    text = `Something was seen, number ${this.#arrived + 1}.`,
    by = 'hanne',
    replyTo?: Post,
  ): string {
    this.#arrived += 1
    const post = data.fakePost({
      by,
      atMs: Date.now(),
      n: this.#arrived,
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
    })
    this.#home = [{ id: post.id, post }, ...this.#home]
    this.#eachView(
      (name) => name === feed,
      (view) => view.arrive({ id: post.id, post }),
    )
    return post.id
  }
  /** A reply to the walk comes in live. */
  arriveReply(text: string, by = 'sofia'): string {
    return this.arrive(`thread:${this.#thread.post.id}`, text, by, this.#thread.post)
  }
  notify(type: Notification['type'], by: string): void {
    const notification: Notification = {
      id: data.fakeId(Date.now(), (this.#arrived += 1)),
      type,
      atMs: Date.now(),
      actor: data.card(by),
    }
    for (const view of this.#notices) view.arrive(notification)
  }
  setGap(belowIndex: number): void {
    this.#eachView(
      (feed) => feed === 'home',
      (view) => view.change({ gap: { belowId: view.getSnapshot().items[belowIndex]?.id ?? null, state: 'offered' } }),
    )
  }
  setGapState(state: 'offered' | 'loading' | 'failed'): void {
    this.#eachView(
      (feed) => feed === 'home',
      (view) => {
        const { gap } = view.getSnapshot()
        if (gap !== null) view.change({ gap: { ...gap, state } })
      },
    )
  }
  setRelation(handle: string, change: Partial<Relation>): void {
    this.#relations.set(handle, { ...strangers, ...change })
  }
  edit(id: string, text: string): void {
    this.#change(id, (post) => ({
      ...post,
      text,
      entities: data.entitiesOf(text),
      rev: post.rev + 1,
      editedAtMs: Date.now(),
    }))
  }
  signOut(reason?: string): void {
    this.me = null
    if (reason !== undefined) this.#emit('signed-out', { reason })
    this.#emit('session', null)
  }
  /** The id of the post that the walk's thread is of. */
  get walkId(): string {
    return this.#thread.post.id
  }
  homeIds(): string[] {
    return this.#home.map(({ id }) => id)
  }
}
