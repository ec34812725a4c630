import { SkeinError, type FeedItem, type FeedView, type NotificationsView, type Post } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { Model, type Act, type ModelLine, type Outcome } from './model.js'
import { Closing, hasty, openDevice, signUpAll, type Person } from './people.js'
import { linesOf, loadWhole } from './picture.js'
import { openProxy, type Proxy } from './proxy.js'
import { loadFeed } from './feeds.js'
import { homeLagMs } from './system.js'

type Outage = { readonly type: 'cut' | 'mend'; readonly client: number }
export type Step = Act | Outage

type Viewable = Parameters<Person['client']['view']>[0]

/** One view of somebody, and what it should show. */
interface Watched {
  readonly who: string
  readonly feed: Viewable
  readonly view: FeedView
  readonly viewer: number | null
  readonly expected: () => ModelLine[] | 'closed'
}

/** A few fresh people on a running system, each with a client behind a way that can be cut, and the model beside them. */
export class Stage implements AsyncDisposable {
  readonly #closing = new Closing()
  readonly #model = new Model()
  readonly #posts: Post[] = []
  readonly #watched: Watched[] = []
  readonly #notices: { viewer: number; view: NotificationsView }[] = []
  #people: Person[] = []
  #proxies: Proxy[] = []
  #tag = ''

  /** `people` with a client each, the first of them with a second one, and somebody without an account. */
  static async open(url: string, port: number, name: string, people: number): Promise<Stage> {
    const stage = new Stage()
    stage.#tag = `tag_${name}`
    stage.#people = await signUpAll(
      stage.#closing,
      url,
      Array.from({ length: people }, (_, n) => `${name}_${n}`),
    )
    for (const n of stage.#people.keys()) await stage.#openClient(n, port)
    await stage.#openClient(0, port)
    stage.#openAnonymous(url)
    await eventually(() => stage.#watched.every(({ view }) => view.getSnapshot().live), 10_000)
    return stage
  }

  async #openClient(n: number, port: number): Promise<void> {
    const proxy = await openProxy(port)
    this.#closing.add(proxy)
    this.#proxies.push(proxy)
    const { client } = await this.#person(n).device({ url: proxy.url })
    const watch = (feed: Viewable, expected: Watched['expected']) =>
      this.#watched.push({ who: `${n}`, feed, viewer: n, expected, view: client.view(feed, { autoShow: true }) })
    watch('home', () => this.#model.home(n))
    this.#notices.push({ viewer: n, view: client.viewNotifications({ autoShow: true }) })
    watch(`tag:${this.#tag}`, () => this.#model.tag(n))
    const other = (n + 1) % this.#people.length
    watch(`user:${this.#person(other).handle}`, () =>
      this.#model.isParted(n, other) ? 'closed' : this.#model.user(n, other),
    )
  }

  #openAnonymous(url: string): void {
    const { client } = openDevice(this.#closing, { url, reconnect: hasty })
    const watch = (feed: Viewable, expected: Watched['expected']) =>
      this.#watched.push({ who: 'nobody', feed, viewer: null, expected, view: client.view(feed, { autoShow: true }) })
    watch(`tag:${this.#tag}`, () => this.#model.tag(null))
    watch(`user:${this.#person(0).handle}`, () => this.#model.user(null, 0))
  }

  #person(n: number): Person {
    const person = this.#people[n]
    if (person === undefined) throw new Error(`nobody is ${n}`)
    return person
  }

  /** Does it on the server and in the model; both must come to the same. Numbers beyond what there is wrap around. */
  async take(wish: Step): Promise<void> {
    if ('client' in wish) {
      this.#proxies[wish.client % this.#proxies.length]?.[wish.type]()
      return
    }
    const act = this.#possible(wish)
    if (act === null) return
    const text = this.#textOf(act)
    const answered = await this.#ask(act, text)
    expect({ act, outcome: answered }).to.deep.equal({ act, outcome: this.#model.apply(act, text) })
  }

  /** The act with people and posts that exist; null when there is none of them. */
  #possible(act: Act): Act | null {
    const person = (n: number) => n % this.#people.length
    if ('whom' in act) {
      const [by, whom] = [person(act.by), person(act.whom)]
      return by === whom ? null : { ...act, by, whom }
    }
    const named = 'names' in act && act.names !== null ? person(act.names) : null
    if (act.type === 'post') return { ...act, by: person(act.by), names: named }
    if (this.#posts.length === 0) return null
    const post = act.post % this.#posts.length
    if ('names' in act) return { ...act, by: person(act.by), names: named, post }
    return 'by' in act ? { ...act, by: person(act.by), post } : { ...act, post }
  }

  #textOf(act: Act): string {
    const parts = [`${act.type} ${this.#count++}`]
    if ('tagged' in act && act.tagged) parts.push(`#${this.#tag}`)
    if ('names' in act && act.names !== null) parts.push(`@${this.#person(act.names).handle}`)
    return parts.join(' ')
  }
  #count = 0

  async #ask(act: Act, text: string): Promise<Outcome> {
    await nextMillisecond()
    try {
      await this.#send(act, text)
      return 'done'
    } catch (error) {
      if (!(error instanceof SkeinError)) throw error
      for (const code of ['blocked', 'gone'] as const) if (error.code === code) return code
      throw error
    }
  }

  async #send(act: Act, text: string): Promise<void> {
    const { posts, users } = this.#person('by' in act ? act.by : this.#authorOf(act.post)).client
    const id = 'post' in act ? (this.#posts[act.post]?.id ?? '') : ''
    switch (act.type) {
      case 'follow':
      case 'block':
      case 'mute':
        await users[act.type](this.#person(act.whom).handle, act.on)
        break
      case 'post':
        this.#posts.push(await posts.create(text))
        break
      case 'reply':
        this.#posts.push(await posts.create(text, { replyTo: id }))
        break
      case 'quote':
        this.#posts.push(await posts.create(text, { quoteOf: id }))
        break
      case 'repost':
      case 'like':
        await posts[act.type](id, act.on)
        break
      case 'edit':
        await posts.edit(id, text)
        break
      case 'delete':
        await posts.delete(id)
        break
    }
  }

  #authorOf(post: number): number {
    const author = this.#posts[post]?.author.id
    return this.#people.findIndex(({ id }) => id === author)
  }

  /** After quiet: every view is what the model says and what a page loaded now says. */
  async settle(): Promise<void> {
    for (const proxy of this.#proxies) proxy.mend()
    for (const watched of this.#watched) await this.#compare(watched)
    for (const watched of this.#watched) this.#expectModel(watched, linesOf(watched.view))
    for (const { viewer, view } of this.#notices) await this.#compareNotices(viewer, view)
  }

  async #compare(watched: Watched): Promise<void> {
    const { view, viewer, feed } = watched
    const expected = watched.expected()
    await eventually(async () => {
      if (expected !== 'closed') await reopen(view)
      this.#expectModel(watched, linesOf(view))
    }, 4_000)
    if (expected === 'closed') return
    await loadWhole(view, 4_000)
    const reader = viewer === null ? openDevice(this.#closing, { url: this.#url() }) : this.#person(viewer)
    const fresh = await eventually(
      async () => {
        const lines = collapsed(await loadFeed(reader.client, feed))
        this.#expectModel(watched, lines)
        return lines
      },
      feed === 'home' ? homeLagMs : 0,
    )
    expect(linesOf(view).map(({ id }) => id)).to.deep.equal(fresh.map(({ id }) => id))
  }

  async #compareNotices(viewer: number, view: NotificationsView): Promise<void> {
    const expected = this.#model.notices(viewer).map((notice) => JSON.stringify(notice))
    const fresh = this.#person(viewer).client.viewNotifications({ autoShow: true, pageSize: 100 })
    for (const [which, own] of [
      ['kept', view],
      ['fresh', fresh],
    ] as const)
      await eventually(() => {
        const { items, live } = own.getSnapshot()
        const shown = items.map(({ type, actor, post }) =>
          JSON.stringify({
            type,
            by: this.#people.findIndex(({ id }) => id === actor.id),
            post: post === undefined ? null : this.#indexOf(post.id),
          }),
        )
        // A view holds the newest page and what came since; what it holds is the beginning of all.
        const should =
          which === 'fresh' ? expected : expected.slice(0, Math.max(shown.length, Math.min(20, expected.length)))
        if (!live || shown.join('\n') !== should.join('\n'))
          throw new Error(`${which} notices of ${viewer}:\n${shown.join('\n')}\nand should be:\n${should.join('\n')}`)
      }, 4_000)
    await fresh.close()
  }

  #url(): string {
    return this.#proxies[0]?.url ?? ''
  }

  #expectModel({ who, feed, viewer, expected }: Watched, lines: readonly FeedItem[]): void {
    const wanted = expected()
    const shown = { lines: lines.map((line) => this.#seen(line)) }
    const model = { lines: wanted === 'closed' ? [] : wanted.map((line) => this.#shouldSee(line, viewer)) }
    const [got, should] = [shown, model].map((side) => side.lines.map((line) => `\n  ${JSON.stringify(line)}`).join(''))
    if (got !== should) throw new Error(`${who} sees in ${feed}:${got}\nand should see:${should}`)
  }

  #seen({ post, repostedBy }: FeedItem): object {
    const { quote } = post
    return {
      post: this.#indexOf(post.id),
      repostedBy: repostedBy === undefined ? null : this.#people.findIndex(({ id }) => id === repostedBy.id),
      rev: post.rev,
      text: post.text,
      quote:
        quote === undefined
          ? null
          : {
              of: this.#indexOf(quote.id),
              as: 'hidden' in quote ? 'hidden' : quote.deletedAtMs === undefined ? 'text' : 'deleted',
              ...('hidden' in quote || quote.deletedAtMs !== undefined ? {} : { text: quote.text }),
            },
    }
  }

  #shouldSee({ post, repostedBy }: ModelLine, viewer: number | null): object {
    const held = this.#model.posts[post]
    if (held === undefined) throw new Error(`no post ${post}`)
    const quote = this.#model.quote(viewer, held)
    const quoted = quote?.as === 'text' ? { text: this.#model.posts[quote.of]?.text } : {}
    return { post, repostedBy, rev: held.rev, text: held.text, quote: quote && { ...quote, ...quoted } }
  }

  #indexOf(id: string): number {
    return this.#posts.findIndex((post) => post.id === id)
  }

  /** Every post that is still there, with what its counts should come to. */
  expectedCounts(): { id: string; counts: Post['counts'] }[] {
    return this.#posts.flatMap(({ id }, index) =>
      this.#model.posts[index]?.deleted === false ? [{ id, counts: this.#model.counts(index) }] : [],
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing[Symbol.asyncDispose]()
  }
}

/** A view that was shut by a block says so, and is opened again by whoever reads it. */
async function reopen(view: FeedView): Promise<void> {
  const { status, error } = view.getSnapshot()
  if (status === 'failed' && error?.code === 'blocked') await view.reload()
}

/** Of a post and its reposts the newest line. */
function collapsed(lines: readonly FeedItem[]): FeedItem[] {
  return lines.filter((line, at) => lines.findIndex(({ post }) => post.id === line.post.id) === at)
}

/** So that the order of ids is the order of acts, whoever acts. */
async function nextMillisecond(): Promise<void> {
  for (const nowMs = Date.now(); Date.now() === nowMs;) await new Promise((resolve) => setImmediate(resolve))
}
