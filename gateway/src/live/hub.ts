import type { Feed, LogCursor, Positions, StatsMessage, UserId } from '@skein/contracts'
import type { Window, WindowEntry } from '@skein/event-log'
import { LRUCache } from 'lru-cache'
import { audienceOf, routeKeyOf, type RouteKey } from './audience.js'
import type { CardCache } from './cards.js'
import type { LiveSocket, Sub } from './live-socket.js'
import { isDeliverable, isPersonal, isRelation, match, type FeedKey } from './match.js'
import { gather, isLine, tail, tailOf, type Message } from './messages.js'
import type { LiveMetrics } from './metrics.js'
import { peopleIn, Rendered } from './render.js'
import { addTo, removeFrom } from './set-map.js'
import { Turn } from './turn.js'
import type { ViewerRegistry } from './viewers.js'

/*
 * A socket is a position in the log. An entry is delivered once, in order: to every live subscription that `match`
 * grants it. A subscription that is not live (it came with a cursor, or its socket is paused) reads the same entries from
 * the window, through the same `match`, until it stands at the delivered head; then it is live.
 */

export interface HubDeps {
  readonly viewers: ViewerRegistry
  readonly cards: CardCache
  readonly metrics: LiveMetrics
  readonly now: () => number
  readonly onSlow: (socket: LiveSocket) => void
  readonly onCardsFailed: (cause: unknown) => Promise<void>
  readonly openFeedPostsPerSecond: number
}

const sliceEntries = 256
const sliceBytes = 64 * 1_024
const gapSlice = 200
const openFeeds: ReadonlySet<Feed['kind']> = new Set(['public', 'tag', 'thread'])

export class Hub {
  readonly #deps: HubDeps
  readonly #routes = new Map<RouteKey, Set<Sub>>()
  readonly #socketsOf = new Map<UserId, Set<LiveSocket>>()
  readonly #sockets = new Set<LiveSocket>()
  readonly #turn = new Turn()
  readonly #rendered = new LRUCache<number, Rendered>({ max: 20_000 })
  #window: Window | null = null
  #delivered = -1
  /** Of the delivered head. */
  #cursor: LogCursor = ''
  #delivering = false
  #isHeld = false
  #holds = 0

  constructor(deps: HubDeps) {
    this.#deps = deps
  }

  /** Entries from before this moment are replay only. */
  open(window: Window): void {
    this.#window = window
    this.#delivered = window.headIndex
    this.#cursor = window.cursor
  }

  get sockets(): ReadonlySet<LiveSocket> {
    return this.#sockets
  }
  socketsOf(userId: UserId): Iterable<LiveSocket> {
    return this.#socketsOf.get(userId) ?? []
  }

  add(socket: LiveSocket): void {
    this.#sockets.add(socket)
    if (socket.viewer !== null) addTo(this.#socketsOf, socket.viewer.id, socket)
  }

  remove(socket: LiveSocket): void {
    socket.closed = true
    this.#sockets.delete(socket)
    for (const name of socket.subs.keys()) this.unsubscribe(socket, name)
    if (socket.viewer !== null) removeFrom(this.#socketsOf, socket.viewer.id, socket)
  }

  /** After the window took it in. The viewers already know it. */
  onEntry(): void {
    if (this.#window !== null && !this.#delivering) void this.#deliverAll()
  }

  /** What came before is not known any more: nothing is delivered, and no position told, until `release`. */
  hold(): void {
    if (this.#window === null) return
    this.#holds++
    this.#isHeld = true
    this.#rendered.clear()
    this.#skipToHead(this.#window)
    for (const socket of this.#sockets) for (const sub of socket.subs.values()) this.#startHere(sub)
  }

  /**
   * Tells everyone `gap`, a slice of sockets at a time, and goes on behind the cursor they were told. Given up, to be
   * called again, when `hold` is called meanwhile.
   */
  async release(betweenSlices: () => Promise<void>): Promise<void> {
    if (this.#window === null || !this.#isHeld) return
    const holds = this.#holds
    this.#skipToHead(this.#window)
    const sockets = [...this.#sockets]
    for (let at = 0; at < sockets.length; at += gapSlice) {
      if (at > 0) await betweenSlices()
      if (holds !== this.#holds) return
      for (const socket of sockets.slice(at, at + gapSlice)) {
        for (const sub of socket.subs.values()) {
          this.#startHere(sub)
          this.#tell(sub, { type: 'gap', reason: 'epoch' })
        }
      }
    }
    this.#isHeld = false
    this.onEntry()
  }

  /** From now on, or from a place in the window; the answer is the subscription's position. */
  subscribe(
    socket: LiveSocket,
    name: string,
    feed: FeedKey,
    from: { index: number; positions: Positions; cursor: LogCursor } | null,
  ): LogCursor {
    this.unsubscribe(socket, name)
    const sub: Sub = {
      name,
      feed,
      route: routeKeyOf(feed.kind, isPersonal(feed.kind) ? (socket.viewer?.id ?? '') : feed.key),
      socket,
      live: false,
      next: from === null ? this.#delivered + 1 : from.index + 1,
      from: from?.positions ?? null,
      announce: from !== null,
      replayed: 0,
      leftOut: new Map(),
      sentThisSecond: 0,
      heldBack: 0,
    }
    socket.subs.set(name, sub)
    this.#deps.metrics.subscribed(feed.kind, 1)
    if (from === null) {
      this.#goLive(sub)
      return this.#cursor
    }
    setImmediate(() => void this.pump(socket))
    return from.cursor
  }

  unsubscribe(socket: LiveSocket, name: string): boolean {
    const sub = socket.subs.get(name)
    if (sub === undefined) return false
    this.#unroute(sub)
    this.#deps.metrics.subscribed(sub.feed.kind, -1)
    return socket.subs.delete(name)
  }

  /** Says gap to a subscription that is live already. */
  gap(socket: LiveSocket, name: string, reason: 'expired' | 'epoch'): void {
    const sub = socket.subs.get(name)
    if (sub !== undefined) this.#tell(sub, { type: 'gap', reason })
  }

  /** A paused socket keeps its place instead of a queue. */
  pause(socket: LiveSocket): void {
    for (const sub of socket.subs.values()) {
      if (!sub.live) continue
      this.#unroute(sub)
      sub.live = false
      sub.next = this.#delivered + 1
    }
  }

  /** Brings every subscription of a socket that is behind to the head, in slices that yield. */
  async pump(socket: LiveSocket): Promise<void> {
    if (socket.pumping) return
    socket.pumping = true
    try {
      for (;;) {
        const sub = [...socket.subs.values()].find((s) => !s.live)
        if (sub === undefined || socket.closed || socket.paused) return
        await this.#slice(sub)
      }
    } finally {
      socket.pumping = false
    }
  }

  /** Lossy: counts for who may have the post on screen. */
  stats(message: StatsMessage): void {
    const json = JSON.stringify({ type: 'stats', postId: message.postId, counts: message.counts })
    const keys = new Set<RouteKey>([
      'public',
      routeKeyOf('user', message.authorId),
      routeKeyOf('thread', message.postId),
    ])
    for (const viewer of this.#deps.viewers.viewersOf(message.authorId)) keys.add(routeKeyOf('home', viewer.id))
    for (const id of message.path) keys.add(routeKeyOf('thread', id))
    const told = new Set<LiveSocket>()
    for (const key of keys) for (const sub of this.#routes.get(key) ?? []) told.add(sub.socket)
    for (const socket of told) if (!socket.paused) socket.push(json)
  }

  /** Every socket hears its position at least every `everyMs`; paused ones get theirs when they drained. */
  sendCursors(everyMs: number): void {
    if (this.#isHeld) return
    const now = this.#deps.now()
    for (const socket of this.#sockets) {
      if (socket.paused || now - socket.cursorSentAtMs < everyMs) continue
      const feeds = [...socket.subs.values()].filter((sub) => sub.live).map((sub) => sub.name)
      if (feeds.length === 0) continue
      socket.cursorSentAtMs = now
      socket.push(JSON.stringify({ type: 'cursor', feeds, cursor: this.#cursor }))
    }
  }

  /** Once a second: what the open feeds only counted is said as `more`. */
  sendMore(): void {
    if (this.#isHeld) return
    for (const socket of this.#sockets) {
      for (const sub of socket.subs.values()) {
        sub.sentThisSecond = 0
        if (sub.heldBack === 0 || !sub.live) continue
        this.#tell(sub, { type: 'more', count: sub.heldBack })
        sub.heldBack = 0
      }
    }
  }

  #tell(sub: Sub, fields: object): void {
    sub.socket.push(JSON.stringify({ ...fields, feeds: [sub.name], cursor: this.#cursor }))
  }

  #goLive(sub: Sub): void {
    sub.live = true
    sub.from = null
    sub.leftOut.clear()
    addTo(this.#routes, sub.route, sub)
    if (!sub.announce) return
    sub.announce = false
    this.#deps.metrics.replayed('recovered', sub.replayed)
    this.#tell(sub, { type: 'caught-up', replayed: sub.replayed })
  }

  #skipToHead(window: Window): void {
    this.#delivered = window.headIndex
    this.#cursor = window.cursor
  }

  /** At the delivered head: live, or, paused, waiting there. */
  #startHere(sub: Sub): void {
    sub.announce = false
    sub.from = null
    sub.next = this.#delivered + 1
    if (!sub.socket.paused) this.#goLive(sub)
  }

  #unroute(sub: Sub): void {
    if (sub.live) removeFrom(this.#routes, sub.route, sub)
  }

  async #deliverAll(): Promise<void> {
    this.#delivering = true
    try {
      for (;;) {
        const entry = this.#window?.at(this.#delivered + 1)
        if (entry === undefined || this.#isHeld) return
        if (this.#deps.cards.missing(peopleIn(entry.event)).length > 0 && !(await this.#fetchNextCards())) continue
        if (this.#window?.at(this.#delivered + 1) === entry) this.#deliver(entry)
      }
    } finally {
      this.#delivering = false
    }
  }

  /** For everything that waits for delivery, in one read. */
  async #fetchNextCards(): Promise<boolean> {
    const window = this.#window
    if (window === null) return false
    const last = Math.min(window.headIndex, this.#delivered + sliceEntries)
    return this.#fetchCards(this.#deps.cards.missing(this.#peopleBetween(window, this.#delivered + 1, last)))
  }

  /** Whether it went well; when not, it has waited and the caller tries again. */
  async #fetchCards(ids: readonly UserId[]): Promise<boolean> {
    try {
      await this.#deps.cards.fetch(ids)
      return true
    } catch (cause) {
      await this.#deps.onCardsFailed(cause)
      return false
    }
  }

  #deliver(entry: WindowEntry): void {
    const messages = new Map<LiveSocket, Message[]>()
    const rendered = this.#render(entry)
    for (const sub of this.#candidates(entry)) {
      const bodies = match(rendered, sub.feed, sub.socket.viewer, 'nothing')
      for (const body of bodies) if (!this.#holdsBack(sub, body)) gather(messages, sub, body)
    }
    this.#delivered = entry.index
    this.#cursor = entry.cursor
    const tails = new Map<string, string>()
    for (const [socket, list] of messages) {
      for (const { body, feeds } of list) socket.push(`{${body}${tailOf(tails, body, feeds, entry.cursor)}`)
      socket.cursorSentAtMs = this.#deps.now()
    }
    if (messages.size > 0) this.#deps.metrics.delivered(entry.event.atMs)
  }

  *#candidates({ event }: WindowEntry): Generator<Sub> {
    const { viewers } = this.#deps
    if (isRelation(event) && event.kind !== 'follow') {
      for (const id of [event.actorId, event.targetId]) {
        for (const socket of this.socketsOf(id)) for (const sub of socket.subs.values()) if (sub.live) yield sub
      }
      return
    }
    const sources = { viewersOf: (id: UserId) => viewers.viewersOf(id), everyone: () => viewers.all() }
    const seen = event.kind === 'post' && event.rev > 1 ? new Set<RouteKey>() : null
    for (const key of audienceOf(event, sources)) {
      if (seen?.has(key)) continue
      seen?.add(key)
      yield* this.#routes.get(key) ?? []
    }
  }

  /** Open feeds above their rate only count. */
  #holdsBack(sub: Sub, body: string): boolean {
    if (!openFeeds.has(sub.feed.kind) || !isLine(body)) return false
    if (sub.sentThisSecond++ < this.#deps.openFeedPostsPerSecond) return false
    sub.heldBack++
    return true
  }

  #render(entry: WindowEntry): Rendered {
    const held = this.#rendered.get(entry.index)
    if (held !== undefined) return held
    const rendered = new Rendered(entry, this.#deps.cards)
    this.#rendered.set(entry.index, rendered)
    return rendered
  }

  /** One slice of a subscription that is behind. */
  async #slice(sub: Sub): Promise<void> {
    const window = this.#window
    if (window === null) return
    const end = Math.min(sub.next + sliceEntries - 1, this.#delivered)
    const missing = this.#deps.cards.missing(this.#peopleBetween(window, sub.next, end))
    if (missing.length > 0 && !(await this.#fetchCards(missing))) return
    if (!this.#isOpen(sub)) return
    if (sub.next < window.floorIndex) return this.#deps.onSlow(sub.socket)
    let bytes = 0
    for (; sub.next <= end && bytes < sliceBytes; sub.next++) bytes += this.#replay(sub, window.at(sub.next))
    if (sub.next > this.#delivered) this.#goLive(sub)
    sub.socket.flush()
    await new Promise((go) => setImmediate(go))
  }

  #isOpen(sub: Sub): boolean {
    return !sub.socket.closed && !sub.live && sub.socket.subs.get(sub.name) === sub
  }

  *#peopleBetween(window: Window, first: number, last: number): Generator<UserId> {
    for (let i = first; i <= last; i++) {
      const entry = window.at(i)
      if (entry !== undefined) yield* peopleIn(entry.event)
    }
  }

  /** The bytes it put on the way. */
  #replay(sub: Sub, entry: WindowEntry | undefined): number {
    if (entry === undefined || !isDeliverable(entry.event)) return 0
    if (sub.from !== null && entry.position.seq <= (sub.from[entry.lane]?.seq ?? 0)) return 0
    const { event } = entry
    if (event.kind === 'post' && entry.superseded) {
      if (sub.leftOut.get(event.entity) !== 'all') sub.leftOut.set(event.entity, event.rev === 1 ? 'all' : 'edits')
      return 0
    }
    const leftOut = sub.leftOut.get(event.entity) ?? 'nothing'
    let bytes = 0
    for (const body of match(this.#render(entry), sub.feed, sub.socket.viewer, leftOut)) {
      sub.socket.push(`{${body}${tail(body, [sub.name], entry.cursor, true)}`)
      sub.replayed++
      bytes += body.length
    }
    return bytes
  }

  markDirty(socket: LiveSocket): void {
    this.#turn.add(socket)
  }
}
