import type { Channels, Member } from '../../src/channels.js'
import { openView } from '../../src/feed-view.js'
import type { OpenView } from '../../src/view-port.js'
import type { LinePage } from '../../src/read-range.js'
import type { FeedItem, FeedName, FeedViewOptions, OutgoingPost, Post } from '../../src/types.js'
import { postKind } from '../../src/view-kind.js'
import type { FeedLiveEvent } from '../../src/wire.js'
import { FakeClock, settle } from './fake-clock.js'
import { World } from './world.js'

/*
 * One view over the model without a network: live messages and answers to reads wait in one queue each, and the test
 * decides when each is handed over, so every interleaving can happen.
 */

export class ViewHarness {
  readonly world: World
  readonly clock = new FakeClock()
  readonly feed: FeedName
  readonly reader: string
  readonly view: OpenView<FeedItem>
  readonly own = new Set<string>()
  outgoing: OutgoingPost[] = []
  marks = new Map<string, NonNullable<Post['viewer']>>()
  reads = 0
  hydrated: string[][] = []
  readFault: (() => Error | undefined) | null = null
  /** What reads see; null: what is. */
  lagging: World | null = null
  #isUp = true
  #member: Member | null = null
  /** Up to where the log was put into the queue of live messages. */
  #sent = 0
  #messages: FeedLiveEvent[] = []
  #history: FeedLiveEvent[] = []
  #answers: (() => void)[] = []

  constructor(feed: FeedName, options: FeedViewOptions & { world?: World; reader?: string } = {}) {
    this.feed = feed
    this.world = options.world ?? new World()
    this.reader = this.world.person(options.reader ?? 'me').id
    this.world.onAppend = () => this.#pump()
    this.view = openView(
      {
        env: this.clock,
        channels: this.#channels(),
        kind: postKind(feed, options.replies),
        fetchPage: (at) => this.#fetch(at, options.replies),
        hydrate: async (ids) => {
          this.hydrated.push([...ids])
          return ids.filter((id) => this.world.posts.has(id)).map((id) => this.world.shown(id, this.reader))
        },
        lineOf: (event) => (event.type === 'post' ? event.item : null),
        isOwn: (post) => this.own.has(post.id),
        isSignedIn: () => true,
        outgoing: () => this.outgoing,
        marks: this.marks,
        onClose() {},
      },
      options,
    )
  }

  #fetch(at: { limit: number; before?: string }, replies?: string): Promise<LinePage<FeedItem>> {
    this.reads += 1
    const world = this.lagging ?? this.world
    const answer: LinePage<FeedItem> = this.feed.startsWith('thread:')
      ? world.thread(this.feed.slice(7), this.reader, at)
      : world.page(this.feed, this.reader, { ...at, replies })
    return new Promise((done, fail) => {
      this.#answers.push(() => {
        const error = this.readFault?.()
        if (error === undefined) done(answer)
        else fail(error)
      })
    })
  }

  #channels(): Channels {
    return {
      join: (_feed, member) => {
        this.#member = member
        if (this.#isUp) this.#subscribe()
      },
      leave: () => {
        this.#member = null
        this.#messages = []
      },
      onSocket() {},
      onSocketLost() {},
      dispatch() {},
      failAll() {},
    }
  }

  #subscribe(): void {
    const member = this.#member
    if (member === null) return
    this.#messages = []
    const place = member.position === null ? this.world.head : this.world.locate(member.position)
    this.#sent = this.world.head
    member.onAccepted()
    const moved = { feeds: [this.feed], cursor: this.world.cursor() }
    if (typeof place !== 'number') this.#messages.push({ type: 'gap', reason: place ?? 'epoch', ...moved })
    else {
      this.#messages.push(...this.#events(place, this.#sent, true))
      this.#messages.push({ type: 'caught-up', replayed: 0, ...moved })
    }
  }

  #events(from: number, to: number, replayed: boolean): FeedLiveEvent[] {
    const made: FeedLiveEvent[] = []
    for (let index = from; index < to; index += 1)
      for (const body of this.world.events(index, this.feed, this.reader, replayed))
        made.push({ ...body, feeds: [this.feed], cursor: this.world.cursor(index + 1) })
    return made
  }

  #pump(): void {
    if (!this.#isUp || this.#member === null) return
    this.#messages.push(...this.#events(this.#sent, this.world.head, false))
    this.#sent = this.world.head
  }

  /** Hands over the next live message. */
  hear(): boolean {
    const event = this.#messages.shift()
    const member = this.#member
    if (event === undefined || member === null) return false
    this.#history.push(event)
    this.#hand(member, event)
    return true
  }
  #hand(member: Member, event: FeedLiveEvent): void {
    member.position = event.cursor
    member.receive(event)
    if (event.type === 'gap' || event.type === 'caught-up') member.onLive(true)
  }
  /** The last `count` messages once more, as a server may send them: what the reader may not see now is never among them. */
  hearAgain(count: number): void {
    const member = this.#member
    const { cursor } = this.#history.at(-1) ?? { cursor: '' }
    if (member === null || this.#messages.length > 0 || !this.#isUp) return
    const shown = new Set(this.world.feed(this.feed, this.reader).map(({ id }) => id))
    for (const event of this.#history.slice(-count).filter((e) => e.type !== 'post' || shown.has(e.item.id)))
      if (event.type !== 'gap' && event.type !== 'caught-up' && event.cursor.startsWith(`s1.${this.world.epoch}-`))
        member.receive({ ...event, cursor })
  }
  /** The next messages are only counted. */
  flood(count: number): void {
    const held = this.#messages.filter(({ type }) => type === 'post').slice(0, count)
    if (held.length === 0 || held.some((event) => event.type === 'post' && event.replayed)) return
    const at = this.#messages.findIndex((event) => event === held.at(-1))
    const { cursor, feeds } = held.at(-1) ?? { cursor: '', feeds: [] }
    this.#messages.splice(at, 1, { type: 'more', count: held.length, cursor, feeds })
    this.#messages = this.#messages.filter((event) => !held.includes(event))
  }
  async answer(): Promise<boolean> {
    const answer = this.#answers.shift()
    answer?.()
    await settle()
    return answer !== undefined
  }

  cut(): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#messages = []
    this.#member?.onLive(false)
  }
  back(): void {
    if (this.#isUp) return
    this.#isUp = true
    this.#subscribe()
  }

  /** Until nothing is left to happen. */
  async quiet(): Promise<void> {
    this.back()
    this.lagging = null
    for (let idle = 0, rounds = 0; idle < 3; rounds += 1) {
      if (rounds > 5_000) throw new Error('it never gets quiet')
      const isBusy = (await this.answer()) || this.hear()
      idle = isBusy ? 0 : idle + 1
      if (!isBusy) await this.clock.advance(30_000)
    }
  }
  async open(): Promise<void> {
    await this.quiet()
  }
}
