import type {
  Client,
  FeedItem,
  FeedName,
  FeedViewOptions,
  Notification,
  NotificationsView,
  OutgoingPost,
  Post,
  Relation,
  SkeinErrorShape,
  ThreadView,
} from '@skein/client'
import * as data from './fake-data.js'
import { FakeError, unreachable } from './fake-error.js'
import { card, entitiesOf, fakeId, fakePost, person } from './fake-people.js'
import { FakeNotificationsView, FakeThreadView, FakeView } from './fake-view.js'
import { FakeWorld, strangers } from './fake-world.js'

/** A client over scripted data. Everything a test wants to happen is a method below `Client`'s own. */
export class FakeClient extends FakeWorld implements Client {
  protected readonly held = new Map<
    string,
    { post: OutgoingPost; done: (post: Post) => void; fail: (error: unknown) => void }
  >()
  ready(): Promise<void> {
    return Promise.resolve()
  }
  info: Client['info'] = () =>
    this.answer('info', () => ({
      name: 'harbour.example',
      version: '0.4.2',
      wireVersion: 1,
      people: 1_204,
      postMaxGraphemes: 1_000,
      signUpOpen: true,
    }))
  readonly auth: Client['auth'] = {
    signUp: ({ handle, name }) =>
      this.answer('auth.signUp', () => this.signedIn({ ...this.meOf('ines'), handle, name })),
    signIn: ({ password }) =>
      this.answer('auth.signIn', () => {
        if (password === 'wrong') throw new FakeError('wrong_credentials', 'The handle and password do not match.')
        if (password === 'often')
          throw new FakeError('rate_limited', 'Too many requests.', { retryable: true, retryAfterMs: 40_000 })
        return this.signedIn(this.meOf('ines'))
      }),
    useRefreshToken: () => this.answer('auth.useRefreshToken', () => this.signedIn(this.meOf('ines'))),
    signOut: () => this.answer('auth.signOut', () => this.signOut()),
    signOutEverywhere: () => this.answer('auth.signOutEverywhere', () => this.signOut()),
    sessions: () => this.answer('auth.sessions', () => this.sessions),
    endSession: (id) =>
      this.answer('auth.endSession', () => {
        this.sessions = this.sessions.filter((session) => session.id !== id)
      }),
    changePassword: ({ current }) =>
      this.answer('auth.changePassword', () => {
        if (current === 'wrong') throw new FakeError('wrong_credentials', 'The handle and password do not match.')
      }),
    updateMe: (change) =>
      this.answer('auth.updateMe', () => this.signedIn({ ...(this.me ?? this.meOf('ines')), ...change })),
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
      return this.send(post)
    },
    retry: (key) => {
      const held = this.held.get(key)
      return held === undefined ? Promise.reject(unreachable()) : this.send({ ...held.post, state: 'sending' })
    },
    discard: (key) => {
      const text = this.held.get(key)?.post.text ?? null
      this.held.delete(key)
      this.showOutgoing()
      return text
    },
    get: (id) => this.answer('posts.get', () => this.find(id)),
    many: (ids) => this.answer('posts.many', () => ids.map((id) => this.find(id))),
    edit: (id, text) =>
      this.answer('posts.edit', () =>
        this.change(id, (post) => ({
          ...post,
          text,
          entities: entitiesOf(text),
          rev: post.rev + 1,
          editedAtMs: Date.now(),
        })),
      ),
    delete: (id) => this.answer('posts.delete', () => this.deletePost(id)),
    history: (id) =>
      this.answer('posts.history', () => [
        { rev: 1, text: 'Sixty kilometres in two days, along the river.', atMs: this.nowMs - 3_600_000 * 15 },
        { rev: 2, text: this.find(id).text, atMs: this.nowMs - 3_600_000 * 14 },
      ]),
    like: (id, on) => this.mark(id, 'liked', 'likes', on),
    repost: (id, on) => this.mark(id, 'reposted', 'reposts', on),
    bookmark: (id, on) => this.mark(id, 'bookmarked', null, on),
  }
  protected send(post: OutgoingPost): Promise<Post> {
    return new Promise((done, fail) => {
      this.held.set(post.key, { post, done, fail })
      this.showOutgoing()
      if (this.isSending && this.connection.status !== 'offline') setTimeout(() => this.deliver(), 20)
    })
  }
  /** Everything on its way arrives. */
  deliver(): void {
    for (const [key, { post, done }] of this.held) {
      if (post.state !== 'sending') continue
      this.held.delete(key)
      const replyTo = post.replyTo === undefined ? undefined : this.find(post.replyTo)
      const quote = post.quoteOf === undefined ? undefined : this.find(post.quoteOf)
      const made = fakePost({
        by: 'ines',
        atMs: Date.now(),
        n: (this.arrived += 1),
        text: post.text,
        ...(replyTo ? { replyTo } : {}),
        ...(quote ? { quote } : {}),
      })
      const item = { id: made.id, post: made }
      this.home = [item, ...this.home]
      if (replyTo !== undefined)
        this.eachView(
          (feed) => feed === `thread:${made.path.at(-1)}` || made.path.some((id) => feed === `thread:${id}`),
          (view) => view.arrive(item, true),
        )
      else
        this.eachView(
          (feed) => feed === 'home' || feed === 'public' || feed === 'user:ines',
          (view) => view.arrive(item, true),
        )
      done(made)
    }
    this.showOutgoing()
  }
  /** Everything on its way is refused. */
  refuse(error: SkeinErrorShape = unreachable()): void {
    const shape = { code: error.code, message: error.message, retryable: error.retryable }
    for (const [key, held] of this.held) {
      if (held.post.state === 'failed') continue
      this.held.set(key, { ...held, post: { ...held.post, state: 'failed', error: shape } })
      held.fail(error)
    }
    this.showOutgoing()
  }
  protected showOutgoing(): void {
    const all = [...this.held.values()].map(({ post }) => post).reverse()
    this.eachView(
      (feed) => feed === 'home',
      (view) => view.setOutgoing(all.filter((p) => p.replyTo === undefined)),
    )
    this.eachView(
      (feed) => feed.startsWith('thread:'),
      (view) => view.setOutgoing(all.filter((p) => `thread:${p.replyTo}` === view.feed)),
    )
  }
  deletePost(id: string): void {
    this.eachView(
      () => true,
      (view) => view.mapPosts((post) => (post.id === id ? null : post)),
    )
    this.home = this.home.filter(({ post }) => post.id !== id)
  }
  readonly users: Client['users'] = {
    get: (handle) => this.answer('users.get', () => this.profile(handle)),
    search: (prefix) =>
      this.answer('users.search', () => this.people().filter(({ user }) => user.handle.startsWith(prefix))),
    suggestions: ({ limit = 5 } = {}) =>
      this.answer('users.suggestions', () =>
        (this.scenario === 'new'
          ? ['wren', 'oldmill', 'leila', 'callum', 'ferrywatch', 'bao']
          : ['hanne', 'lowtide', 'kit']
        )
          .slice(0, limit)
          .map((handle) => ({
            user: person(handle),
            followedBy: handle === 'hanne' ? [card('wren'), card('tobi')] : [],
            followers: 12,
          })),
      ),
    followers: () => this.pages('users.followers', () => this.peoplePage(8)),
    following: () => this.pages('users.following', () => this.peoplePage(12)),
    follow: (handle, on) => this.relation(handle, { following: on }),
    block: (handle, on) =>
      this.relation(handle, { blocking: on, ...(on ? { following: false, followedBy: false } : {}) }),
    mute: (handle, on) => this.relation(handle, { muting: on }),
  }
  trends: Client['trends'] = ({ limit = 5 } = {}) =>
    this.answer('trends', () => (this.scenario === 'new' ? data.trends.slice(0, 2) : data.trends.slice(0, limit)))
  search: Client['search'] = (q) =>
    this.pages('search', () => {
      const words = q.toLowerCase().replace(/^[#@]/, '')
      const items = this.home.filter(({ post }) => post.text.toLowerCase().includes(words))
      return {
        items,
        people: this.people().filter(
          ({ user }) => user.handle.startsWith(words) || user.name.toLowerCase().startsWith(words),
        ),
        tags: data.trends.filter(({ tag }) => tag.startsWith(words)).map(({ tag, posts }) => ({ tag, posts })),
        next: null,
        prev: null,
        cursor: 'c',
      }
    })
  bookmarks: Client['bookmarks'] = () =>
    this.pages('bookmarks', () => ({
      items: this.scenario === 'new' ? [] : this.home.filter(({ post }) => post.viewer?.bookmarked),
      next: null,
      prev: null,
      cursor: 'c',
    }))
  timeline: Client['timeline'] = () =>
    this.pages('timeline', () => ({ items: this.home, next: null, prev: null, cursor: 'c' }))
  subscribe: Client['subscribe'] = () => {
    throw new Error('the page subscribes through views alone')
  }
  view: Client['view'] = (feed, { pageSize = 20, autoShow = false, replies } = {}) =>
    this.keep(
      new FakeView<FeedItem>({
        feed,
        all: this.linesOf(feed, replies),
        pageSize,
        autoShow,
        loaded: this.loaded(),
        postOf: (item) => item.post,
        withPost: (item, post) => ({ ...item, post }),
      }),
    )
  viewThread = (postId: string, { pageSize = 20, autoShow = false }: FeedViewOptions = {}): ThreadView => {
    const isWalk = postId === this.thread.post.id
    const found = this.allPosts().find((post) => post.id === postId)
    const missing = new FakeError('not_found', 'There is nothing at this address.', { requestId: '7f3a-19c2' })
    const view = new FakeThreadView({
      feed: `thread:${postId}`,
      all: isWalk ? this.thread.below : [],
      pageSize,
      autoShow,
      loaded: found === undefined ? Promise.reject(missing) : this.loaded(),
      postOf: (item) => item.post,
      withPost: (item, post) => ({ ...item, post }),
    })
    if (found !== undefined) view.thread = { post: found, ancestors: isWalk ? this.thread.ancestors : [] }
    return this.keep(view)
  }
  viewNotifications = ({ only = 'all' }: FeedViewOptions & { only?: 'all' | 'mentions' } = {}): NotificationsView => {
    const all = this.scenario === 'new' ? [] : data.notifications(this.nowMs)
    const view = new FakeNotificationsView({
      feed: 'notifications',
      all: only === 'all' ? all : all.filter(({ type }) => type === 'mention' || type === 'reply' || type === 'quote'),
      pageSize: 50,
      autoShow: false,
      loaded: this.loaded(),
      postOf: (line) => line.post,
      withPost: (line, post) => ({ ...line, post }),
    })
    view.readUpTo = all.find(({ type }) => type === 'mention')?.id ?? null
    this.notices.add(view)
    this.connect()
    return view
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

  /** It is back, and so many posts were caught up. */
  up(caughtUp = 0): void {
    for (let i = 0; i < caughtUp; i += 1) this.arrive('home')
    this.setConnection({ status: 'live' })
    this.eachView(
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
    text = `Something was seen, number ${this.arrived + 1}.`,
    by = 'hanne',
    replyTo?: Post,
  ): string {
    this.arrived += 1
    const post = fakePost({
      by,
      atMs: Date.now(),
      n: this.arrived,
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
    })
    this.home = [{ id: post.id, post }, ...this.home]
    this.eachView(
      (name) => name === feed,
      (view) => view.arrive({ id: post.id, post }),
    )
    return post.id
  }
  /** A reply to the walk comes in live. */
  arriveReply(text: string, by = 'sofia'): string {
    return this.arrive(`thread:${this.thread.post.id}`, text, by, this.thread.post)
  }
  notify(type: Notification['type'], by: string): void {
    const notification: Notification = {
      id: fakeId(Date.now(), (this.arrived += 1)),
      type,
      atMs: Date.now(),
      actor: card(by),
    }
    for (const view of this.notices) view.arrive(notification)
  }
  setGap(belowIndex: number): void {
    this.eachView(
      (feed) => feed === 'home',
      (view) => view.change({ gap: { belowId: view.getSnapshot().items[belowIndex]?.id ?? null, state: 'offered' } }),
    )
  }
  setGapState(state: 'offered' | 'loading' | 'failed'): void {
    this.eachView(
      (feed) => feed === 'home',
      (view) => {
        const { gap } = view.getSnapshot()
        if (gap !== null) view.change({ gap: { ...gap, state } })
      },
    )
  }
  setRelation(handle: string, change: Partial<Relation>): void {
    this.relations.set(handle, { ...strangers, ...change })
  }
  edit(id: string, text: string): void {
    this.change(id, (post) => ({
      ...post,
      text,
      entities: entitiesOf(text),
      rev: post.rev + 1,
      editedAtMs: Date.now(),
    }))
  }
  /** The id of the post that the walk's thread is of. */
  get walkId(): string {
    return this.thread.post.id
  }
  homeIds(): string[] {
    return this.home.map(({ id }) => id)
  }
}
