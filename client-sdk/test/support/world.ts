import type { FeedItem, FeedName, FeedPage, Notification, Post, ThreadPage, UserCard } from '../../src/types.js'
import type { FeedLiveEvent } from '../../src/wire.js'

/*
 * A small model of the whole system: people, follows, posts, reposts, one log. It answers pages and says which live
 * events a log entry becomes for one reader of one feed, by the rules of the real one.
 */

type Body = FeedLiveEvent extends infer E ? (E extends unknown ? Omit<E, 'feeds' | 'cursor'> : never) : never
type Entry =
  | { kind: 'post'; postId: string; rev: number }
  | { kind: 'repost'; id: string; on: boolean }
  | { kind: 'follow' | 'block'; actor: string; target: string; on: boolean }
  | { kind: 'like'; id: string; actor: string; postId: string; on: boolean }
interface FeedEntry {
  id: string
  postId: string
  actor: string
  repost: boolean
}
export interface PageAt {
  limit?: number | undefined
  before?: string | undefined
  after?: string | undefined
  replies?: string | undefined
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export class World {
  readonly people = new Map<string, UserCard>()
  readonly posts = new Map<string, Post>()
  readonly follows = new Set<string>()
  readonly blocks = new Set<string>()
  readonly likes = new Map<string, { id: string; actor: string; postId: string }>()
  entries: FeedEntry[] = []
  epoch = 'e1'
  log: Entry[] = []
  /** Entries before this index are not known to the window any more. */
  windowStart = 0
  /** Called after every append. */
  onAppend: () => void = () => {}
  #ids = 1_000_000
  readonly #used = new Set<number>()

  /** Ids grow; `back` makes one that is older than the last ones. */
  id(back = 0): string {
    this.#ids += 10
    let n = this.#ids - back * 10 - (back > 0 ? 5 : 0)
    while (this.#used.has(n)) n += 1
    this.#used.add(n)
    let text = ''
    for (let i = 0; i < 25; i += 1) {
      text = (alphabet[n % 32] ?? '0') + text
      n = Math.floor(n / 32)
    }
    return `0${text}`
  }

  person(handle: string): UserCard {
    const held = [...this.people.values()].find((p) => p.handle === handle)
    if (held !== undefined) return held
    const card = { id: this.id(), handle, name: handle.toUpperCase() }
    this.people.set(card.id, card)
    return card
  }

  get head(): number {
    return this.log.length
  }
  cursor(seq = this.head): string {
    return `s1.${this.epoch}-${seq.toString(36)}`
  }
  /** The index up to which a cursor is known; null: another epoch or out of the window. */
  locate(cursor: string): number | 'expired' | 'epoch' | null {
    const match = /^s1\.([a-z0-9]+)-([0-9a-z]+)$/.exec(cursor)
    if (match === null) return null
    if (match[1] !== this.epoch) return 'epoch'
    const seq = Number.parseInt(match[2] ?? '', 36)
    return seq < this.windowStart ? 'expired' : seq
  }
  newEpoch(): void {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`
    this.log = []
    this.windowStart = 0
  }

  /** The same world as it is now, for reads that lag behind. */
  copy(): World {
    const other = new World()
    for (const [id, card] of this.people) other.people.set(id, card)
    for (const [id, post] of this.posts) other.posts.set(id, post)
    for (const key of this.follows) other.follows.add(key)
    for (const key of this.blocks) other.blocks.add(key)
    for (const [key, like] of this.likes) other.likes.set(key, like)
    other.entries = [...this.entries]
    other.epoch = this.epoch
    other.log = [...this.log]
    return other
  }

  #append(entry: Entry): void {
    this.log.push(entry)
    this.onAppend()
  }

  post(handle: string, text: string, extra: { replyTo?: string; quoteOf?: string; back?: number } = {}): Post {
    const author = this.person(handle)
    const id = this.id(extra.back)
    const parent = extra.replyTo === undefined ? undefined : this.posts.get(extra.replyTo)
    const post: Post = {
      id,
      author,
      rev: 1,
      text,
      entities: [],
      createdAtMs: this.#ids,
      path: parent === undefined ? [] : [...parent.path, parent.id],
      tags: [...text.matchAll(/#(\w+)/g)].map(([, tag]) => tag ?? ''),
      counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
      ...(parent === undefined ? {} : { replyTo: { id: parent.id, author: parent.author } }),
      ...(extra.quoteOf === undefined ? {} : { quote: { id: extra.quoteOf, hidden: true } }),
    }
    this.posts.set(id, post)
    this.entries.push({ id, postId: id, actor: author.id, repost: false })
    this.#append({ kind: 'post', postId: id, rev: 1 })
    return post
  }

  edit(postId: string, text: string): void {
    const post = this.must(postId)
    if (post.deletedAtMs !== undefined) return
    const rev = post.rev + 1
    this.posts.set(postId, { ...post, text, rev, editedAtMs: this.#ids + rev })
    this.#append({ kind: 'post', postId, rev })
  }

  delete(postId: string): void {
    const post = this.must(postId)
    if (post.deletedAtMs !== undefined) return
    this.posts.set(postId, { ...post, text: '', tags: [], rev: post.rev + 1, deletedAtMs: this.#ids })
    this.#append({ kind: 'post', postId, rev: post.rev + 1 })
  }

  repost(handle: string, postId: string, on = true): void {
    const actor = this.person(handle).id
    const held = this.entries.find((e) => e.repost && e.actor === actor && e.postId === postId)
    if ((held !== undefined) === on || this.must(postId).deletedAtMs !== undefined) return
    const entry = held ?? { id: this.id(), postId, actor, repost: true }
    if (on) this.entries.push(entry)
    else this.entries = this.entries.filter((e) => e !== entry)
    this.#reposts.set(entry.id, entry)
    this.#append({ kind: 'repost', id: entry.id, on })
  }
  readonly #reposts = new Map<string, FeedEntry>()

  like(handle: string, postId: string, on = true): void {
    const actor = this.person(handle).id
    const key = `${actor} ${postId}`
    if (this.likes.has(key) === on) return
    const like = this.likes.get(key) ?? { id: this.id(), actor, postId }
    if (on) this.likes.set(key, like)
    else this.likes.delete(key)
    this.#append({ kind: 'like', ...like, on })
  }

  relate(kind: 'follow' | 'block', handle: string, target: string, on = true): void {
    const actor = this.person(handle).id
    const other = this.person(target).id
    const held = kind === 'follow' ? this.follows : this.blocks
    const key = `${actor} ${other}`
    if (held.has(key) === on) return
    if (on) held.add(key)
    else held.delete(key)
    this.#append({ kind, actor, target: other, on })
  }
  follow(handle: string, target: string, on = true): void {
    this.relate('follow', handle, target, on)
  }

  must(postId: string): Post {
    const post = this.posts.get(postId)
    if (post === undefined) throw new Error(`no post ${postId}`)
    return post
  }

  /** A post as this reader sees it. `live`: without what a log event does not know. */
  shown(postId: string, reader: string | null, live = false): Post {
    const { quote, ...post } = this.must(postId)
    const quoted = quote && this.posts.get(quote.id)
    return {
      ...post,
      counts: live ? { replies: 0, reposts: 0, quotes: 0, likes: 0 } : this.counts(postId),
      ...(reader === null || live ? {} : { viewer: this.flags(postId, reader) }),
      ...(quoted === undefined
        ? {}
        : {
            quote: {
              id: quoted.id,
              author: quoted.author,
              text: quoted.text,
              entities: [],
              createdAtMs: quoted.createdAtMs,
              ...(quoted.editedAtMs === undefined ? {} : { editedAtMs: quoted.editedAtMs }),
              ...(quoted.deletedAtMs === undefined ? {} : { deletedAtMs: quoted.deletedAtMs }),
            },
          }),
    }
  }
  flags(postId: string, reader: string): NonNullable<Post['viewer']> {
    const reposted = this.entries.some((e) => e.repost && e.actor === reader && e.postId === postId)
    return { liked: this.likes.has(`${reader} ${postId}`), reposted, bookmarked: false }
  }
  counts(postId: string): Post['counts'] {
    const replies = [...this.posts.values()].filter(
      (p) => p.replyTo?.id === postId && p.deletedAtMs === undefined,
    ).length
    const likes = [...this.likes.values()].filter((l) => l.postId === postId).length
    return { replies, likes, reposts: this.entries.filter((e) => e.repost && e.postId === postId).length, quotes: 0 }
  }

  /** Whether a line is in a feed. */
  belongs(feed: FeedName, { postId, actor, repost }: FeedEntry, reader: string | null): boolean {
    const post = this.must(postId)
    const key = feed.slice(feed.indexOf(':') + 1)
    const isHidden = (id: string) =>
      reader !== null && (this.blocks.has(`${reader} ${id}`) || this.blocks.has(`${id} ${reader}`))
    if (isHidden(actor) || isHidden(post.author.id)) return false
    if (feed.startsWith('thread:'))
      return !repost && post.path.includes(key) && (post.deletedAtMs === undefined || this.#hasAliveBelow(postId))
    if (post.deletedAtMs !== undefined) return false
    if (feed === 'public') return !repost && post.path.length === 0
    if (feed.startsWith('user:')) return actor === this.person(key).id
    if (feed.startsWith('tag:')) return !repost && post.tags.includes(key)
    if (feed !== 'home' || reader === null) return false
    const isSource = (id: string) => id === reader || this.follows.has(`${reader} ${id}`)
    if (!isSource(actor)) return false
    if (repost || post.replyTo === undefined || actor === reader) return true
    return !isHidden(post.replyTo.author.id) && isSource(post.replyTo.author.id)
  }
  #hasAliveBelow(postId: string): boolean {
    return [...this.posts.values()].some((p) => p.deletedAtMs === undefined && p.path.includes(postId))
  }

  #entriesOf(feed: FeedName, reader: string | null): FeedEntry[] {
    return this.entries.filter((entry) => this.belongs(feed, entry, reader)).sort((a, b) => (a.id < b.id ? 1 : -1))
  }
  feed(feed: FeedName, reader: string | null): FeedItem[] {
    return this.#entriesOf(feed, reader).map((entry) => this.#item(entry, reader))
  }
  #item({ id, postId, actor, repost }: FeedEntry, reader: string | null, live = false): FeedItem {
    const by = this.people.get(actor)
    return { id, post: this.shown(postId, reader, live), ...(repost && by !== undefined ? { repostedBy: by } : {}) }
  }

  page(feed: FeedName, reader: string | null, at: PageAt): FeedPage {
    const cursor = this.cursor()
    const filtered = this.#entriesOf(feed, reader).filter(({ postId, repost }) => {
      const isReply = !repost && this.must(postId).path.length > 0
      return at.replies === undefined || at.replies === 'include' || isReply === (at.replies === 'only')
    })
    const page = paged(filtered, at)
    return { ...page, items: page.items.map((entry) => this.#item(entry, reader)), cursor }
  }

  thread(postId: string, reader: string | null, at: PageAt): ThreadPage {
    const post = this.shown(postId, reader)
    const ancestors = post.path.map((id) => this.shown(id, reader))
    return { ...this.page(`thread:${postId}`, reader, at), post, ancestors }
  }

  notifications(reader: string): Notification[] {
    const made: Notification[] = []
    for (const post of this.posts.values()) {
      const line = this.#notice(post.id, reader, false)
      if (line !== null && post.deletedAtMs === undefined) made.push(line)
    }
    for (const like of this.likes.values()) {
      const line = this.#likeNotice(like, reader, false)
      if (line !== null && this.must(like.postId).deletedAtMs === undefined) made.push(line)
    }
    return made.sort((a, b) => (a.id < b.id ? 1 : -1))
  }
  #notice(postId: string, reader: string, live: boolean): Notification | null {
    const post = this.must(postId)
    if (post.author.id === reader || post.replyTo?.author.id !== reader) return null
    return {
      id: post.id,
      type: 'reply',
      atMs: post.createdAtMs,
      actor: post.author,
      post: this.shown(postId, reader, live),
    }
  }
  #likeNotice(like: { id: string; actor: string; postId: string }, reader: string, live: boolean): Notification | null {
    const post = this.must(like.postId)
    const actor = this.people.get(like.actor)
    if (post.author.id !== reader || like.actor === reader || actor === undefined) return null
    return { id: like.id, type: 'like', atMs: 1, actor, post: this.shown(like.postId, reader, live) }
  }

  /** What the log entry at `index` becomes. */
  events(index: number, feed: FeedName, reader: string | null, replayed: boolean): Body[] {
    const entry = this.log[index]
    if (entry === undefined) return []
    switch (entry.kind) {
      case 'post':
        return this.#postEvents(entry, feed, reader, replayed)
      case 'repost': {
        const line = this.#reposts.get(entry.id)
        if (line === undefined || (feed !== 'home' && !feed.startsWith('user:'))) return []
        if (!entry.on) return [{ type: 'delete', entryId: entry.id }]
        return this.belongs(feed, line, reader)
          ? [{ type: 'post', item: this.#item(line, reader, true), replayed }]
          : []
      }
      case 'like': {
        const line = reader === null || feed !== 'notifications' ? null : this.#likeNotice(entry, reader, true)
        if (line === null) return []
        return entry.on
          ? [{ type: 'notification', notification: line, replayed }]
          : [{ type: 'delete', entryId: entry.id }]
      }
      case 'follow':
        if (feed !== 'home' || entry.actor !== reader) return []
        return [entry.on ? sources([entry.target], []) : sources([], [entry.target])]
      case 'block': {
        if (entry.actor !== reader && entry.target !== reader) return []
        const other = entry.actor === reader ? entry.target : entry.actor
        return [entry.on ? sources([], [other]) : sources([other], [])]
      }
    }
  }

  #postEvents(
    entry: { postId: string; rev: number },
    feed: FeedName,
    reader: string | null,
    replayed: boolean,
  ): Body[] {
    const post = this.must(entry.postId)
    if (replayed && post.deletedAtMs !== undefined && entry.rev < post.rev) return []
    if (post.deletedAtMs !== undefined && entry.rev === post.rev) return [{ type: 'delete', postId: post.id }]
    const line = { id: post.id, postId: post.id, actor: post.author.id, repost: false }
    if (entry.rev > 1) return [{ type: 'edit', post: this.shown(post.id, reader, true) }]
    if (feed === 'notifications') {
      const notice = reader === null ? null : this.#notice(post.id, reader, true)
      return notice === null ? [] : [{ type: 'notification', notification: notice, replayed }]
    }
    return this.belongs(feed, line, reader) ? [{ type: 'post', item: this.#item(line, reader, true), replayed }] : []
  }
}

function sources(added: string[], removed: string[]): Body {
  return { type: 'sources', added, removed }
}

/** A page of a list by ids, as the server makes them. */
export function paged<T extends { id: string }>(all: T[], { limit = 20, before, after }: PageAt) {
  const bound = (cursor: string) => cursor.slice(3)
  if (after !== undefined) {
    const newer = all.filter(({ id }) => id > bound(after))
    const items = newer.slice(-limit)
    const last = items.at(-1)
    return { items, next: last === undefined ? null : `p1.${last.id}`, prev: `p1.${items[0]?.id ?? bound(after)}` }
  }
  const older = before === undefined ? all : all.filter(({ id }) => id < bound(before))
  const items = older.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    next: older.length > limit && last !== undefined ? `p1.${last.id}` : null,
    prev: items[0] === undefined ? null : `p1.${items[0].id}`,
  }
}
