import {
  EntryId,
  Handle,
  PostId,
  Tag,
  UserId,
  type LogEvent,
  type PostEvent,
  type PostRecord,
  type RelationEvent,
  type RepostEvent,
} from '@skein/contracts'
import { encodeLogCursor, type Positions } from '@skein/contracts'
import type { Locate, Window, WindowEntry } from '@skein/event-log'
import { CardCache } from '../../src/live/cards.js'
import { Hub } from '../../src/live/hub.js'
import { LiveSocket } from '../../src/live/live-socket.js'
import type { LiveMetrics } from '../../src/live/metrics.js'
import { ViewerRegistry } from '../../src/live/viewers.js'

const base = '01J0000000000000000000'
const word = (n: number) =>
  n
    .toString(32)
    .toUpperCase()
    .replace(/[ILOU]/g, (c) => ({ I: 'W', L: 'X', O: 'Y', U: 'Z' })[c] ?? c)
    .padStart(4, '0')
export const user = (n: number): UserId => UserId.parse(`${base}${word(n)}`)
export const post = (n: number): PostId => PostId.parse(`01K0000000000000000000${word(n)}`)
export const entry = (n: number): EntryId => EntryId.parse(`01M0000000000000000000${word(n)}`)

export const noMetrics: LiveMetrics = {
  opened() {},
  closed() {},
  refused() {},
  subscribed() {},
  users() {},
  received() {},
  sent() {},
  delivered() {},
  replayed() {},
  paused() {},
}

export function record(n: number, author: number, more: Partial<PostRecord> = {}): PostRecord {
  return {
    id: post(n),
    authorId: user(author),
    rev: 1,
    text: `post ${n}`,
    entities: [],
    createdAtMs: n,
    path: [],
    mentions: [],
    tags: [],
    counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
    ...more,
  }
}

export function posted(
  n: number,
  author: number,
  more: Partial<PostRecord> = {},
  event: Partial<PostEvent> = {},
): PostEvent {
  const rev = more.rev ?? 1
  return {
    id: `post:${n}@${rev}`,
    entity: `post:${n}`,
    kind: 'post',
    subject: user(author),
    rev,
    atMs: n,
    post: record(n, author, more),
    ...event,
  }
}

export function related(
  kind: RelationEvent['kind'],
  actor: number,
  target: number,
  on: boolean,
  rev: number,
): RelationEvent {
  const entity = `${kind}:${actor}:${target}`
  return {
    id: `${entity}@${rev}`,
    entity,
    kind,
    subject: user(actor),
    rev,
    atMs: rev,
    on,
    edgeId: entry(rev),
    actorId: user(actor),
    targetId: user(target),
  }
}

export function reposted(edge: number, actor: number, of: PostRecord, on = true, rev = 1): RepostEvent {
  const entity = `repost:${actor}:${of.id}`
  return {
    id: `${entity}@${rev}`,
    entity,
    kind: 'repost',
    subject: user(actor),
    rev,
    atMs: edge,
    on,
    edgeId: entry(edge),
    actorId: user(actor),
    postId: of.id,
    postAuthorId: of.authorId,
    ...(on ? { post: of } : {}),
  }
}

export const tag = (text: string): Tag => Tag.parse(text)

/** A window that holds what the test puts into it. */
export class FakeWindow implements Window {
  readonly entries: WindowEntry[] = []
  floorIndex = 0
  heardAtMs = 0
  epoch = 'e'

  put(event: LogEvent): WindowEntry {
    const index = this.entries.length
    for (const older of this.entries)
      if (older.event.entity === event.entity) Object.assign(older, { superseded: true })
    const position = { epoch: this.epoch, seq: index + 1 }
    const made = { index, lane: 0, position, event, cursor: encodeLogCursor([position]), superseded: false }
    this.entries.push(made)
    return made
  }
  get headIndex(): number {
    return this.entries.length - 1
  }
  get positions(): Positions {
    return [{ epoch: this.epoch, seq: this.entries.length }]
  }
  get cursor(): string {
    return encodeLogCursor(this.positions)
  }
  locate(): Locate {
    return { kind: 'ahead' }
  }
  at(index: number): WindowEntry | undefined {
    return index < this.floorIndex ? undefined : this.entries[index]
  }
  async waitFor(): Promise<boolean> {
    return true
  }
  async close(): Promise<void> {}
}

/** A hub over a fake window, with sockets that remember what was sent to them. */
export class Stage {
  readonly window = new FakeWindow()
  readonly follows = new Map<number, number[]>()
  nowMs = 0
  cardsAreAway = false
  viewersAreAway = false
  readonly loads: number[] = []
  readonly slow: LiveSocket[] = []
  readonly cards = new CardCache(async (ids) => {
    if (this.cardsAreAway) throw new Error('away')
    return ids.map((id) => ({ id, handle: Handle.parse(`u${id.slice(-4).toLowerCase()}`), name: id }))
  })
  readonly viewers = new ViewerRegistry({
    load: async (ids) => {
      this.loads.push(ids.length)
      if (this.viewersAreAway) throw new Error('away')
      return ids.map((userId) => ({
        userId,
        follows: [...this.follows].flatMap(([who, whom]) =>
          user(who) === userId ? whom.map((n) => ({ id: user(n), rev: 1 })) : [],
        ),
        blocking: [],
        blockedBy: [],
        mutes: [],
      }))
    },
    headIndex: () => this.window.headIndex,
    relationsAfter: (index) =>
      this.window.entries
        .slice(index + 1)
        .flatMap(({ event }) =>
          event.kind === 'follow' || event.kind === 'block' || event.kind === 'mute' ? [event] : [],
        ),
  })
  readonly hub = new Hub({
    viewers: this.viewers,
    cards: this.cards,
    metrics: noMetrics,
    now: () => this.nowMs,
    onSlow: (socket) => {
      this.slow.push(socket)
      socket.close('slow', () => 0)
    },
    onCardsFailed: () => new Promise((go) => setImmediate(go)),
    openFeedPostsPerSecond: 20,
  })

  constructor() {
    this.hub.open(this.window)
  }

  emit(...events: LogEvent[]): void {
    for (const event of events) {
      this.window.put(event)
      if (event.kind === 'follow' || event.kind === 'block' || event.kind === 'mute') this.viewers.apply(event)
      this.hub.onEntry()
    }
  }

  async connect(viewer: number | null): Promise<TestSocket> {
    const state = viewer === null ? null : await this.viewers.acquire(user(viewer))
    const frames: string[] = []
    const waiting: (() => void)[] = []
    const socket: LiveSocket = new LiveSocket(
      state,
      {
        send: (frame, _encoded, drained) => {
          frames.push(frame)
          waiting.push(drained)
        },
        drop() {},
        end() {},
      },
      {
        now: () => this.nowMs,
        onDirty: (dirty) => this.hub.markDirty(dirty),
        onPaused: (paused) => this.hub.pause(paused),
        onDrained: (drained) => void this.hub.pump(drained),
        onSent() {},
      },
    )
    this.hub.add(socket)
    return new TestSocket(socket, frames, waiting)
  }
}

export interface Seen {
  type: string
  feeds?: string[]
  cursor?: string
  [key: string]: unknown
}

export class TestSocket {
  readonly socket: LiveSocket
  readonly frames: string[]
  readonly #waiting: (() => void)[]
  constructor(socket: LiveSocket, frames: string[], waiting: (() => void)[]) {
    this.socket = socket
    this.frames = frames
    this.#waiting = waiting
  }

  get events(): Seen[] {
    return this.frames.flatMap((frame) => (JSON.parse(frame.slice(1)) as [string, Seen[]])[1])
  }
  of(type: string): Seen[] {
    return this.events.filter((event) => event.type === type)
  }
  /** Text of each line, in the order sent. */
  get lines(): string[] {
    return this.of('post').map((event) => (event['item'] as { post: { text: string } }).post.text)
  }
  /** The kernel took what was sent. */
  drain(): void {
    for (const drained of this.#waiting.splice(0)) drained()
  }
}

/** Lets everything that is due run. */
export async function settle(turns = 40): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((go) => setImmediate(go))
}
