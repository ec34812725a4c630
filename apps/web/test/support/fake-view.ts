import type {
  FeedName,
  FeedSnapshot,
  FeedView,
  NotificationsView,
  Notification,
  OutgoingPost,
  Post,
  SkeinErrorShape,
  ThreadView,
} from '@skein/client'

interface Line {
  id: string
}

export interface FakeViewOptions<T> {
  feed: FeedName
  /** All that exists, newest first. Shown page by page. */
  all: T[]
  pageSize: number
  autoShow: boolean
  /** Settles when the first page "arrives". Rejects to fail. */
  loaded: Promise<unknown>
  postOf: (line: T) => Post | undefined
  withPost: (line: T, post: Post) => T
  /** For a page of older lines. */
  older?: () => Promise<unknown>
}

/** A feed view over scripted lines, with the SDK's promises: pending, autoShow, gap, caught-up, outgoing. */
export class FakeView<T extends Line> implements FeedView<T> {
  readonly feed: FeedName
  readonly #options: FakeViewOptions<T>
  readonly #listeners = new Set<() => void>()
  #all: T[]
  #snapshot: FeedSnapshot<T>
  #autoShow: boolean
  #isTold = false

  constructor(options: FakeViewOptions<T>) {
    this.feed = options.feed
    this.#options = options
    this.#all = [...options.all]
    this.#autoShow = options.autoShow
    this.#snapshot = {
      status: 'loading',
      error: null,
      items: [],
      pending: [],
      outgoing: [],
      gap: null,
      older: 'more',
      live: false,
      caughtUp: null,
      fresh: new Set(),
    }
    this.#load()
  }

  #load(): void {
    this.#options.loaded.then(
      () => this.#showFirst(),
      (error: SkeinErrorShape) => this.change({ status: 'failed', error }),
    )
  }
  #showFirst(): void {
    const items = this.#all.slice(0, this.#options.pageSize)
    const older = items.length < this.#all.length ? 'more' : 'end'
    this.change({ status: 'ready', error: null, items, older, live: true })
  }

  getSnapshot(): FeedSnapshot<T> {
    return this.#snapshot
  }
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  change(part: Partial<FeedSnapshot<T>>): void {
    this.#snapshot = { ...this.#snapshot, ...part }
    if (this.#isTold) return
    this.#isTold = true
    queueMicrotask(() => {
      this.#isTold = false
      for (const listener of this.#listeners) listener()
    })
  }

  /** A new line comes in live. */
  arrive(line: T, isOwn = false): void {
    const { items, pending, fresh } = this.#snapshot
    if (items.some((held) => held.id === line.id)) return
    this.#all = [line, ...this.#all]
    if (this.#autoShow || isOwn) this.change({ items: [line, ...items], fresh: new Set([...fresh, line.id]) })
    else this.change({ pending: [line, ...pending] })
  }
  showPending(): void {
    const { items, pending, fresh } = this.#snapshot
    if (pending.length === 0) return
    const sorted = [...pending, ...items].sort((a, b) => (a.id < b.id ? 1 : -1))
    this.change({ items: sorted, pending: [], fresh: new Set([...fresh, ...pending.map(({ id }) => id)]) })
  }
  setAutoShow(on: boolean): void {
    this.#autoShow = on
  }
  async loadOlder(): Promise<void> {
    if (this.#snapshot.older !== 'more' && this.#snapshot.older !== 'failed') return
    this.change({ older: 'loading' })
    await this.#options.older?.()
    const shown = this.#snapshot.items.length
    const items = this.#all.slice(0, shown + this.#options.pageSize)
    this.change({ items, older: items.length < this.#all.length ? 'more' : 'end' })
  }
  async fillGap(): Promise<void> {
    const gap = this.#snapshot.gap
    if (gap === null) return
    this.change({ gap: { ...gap, state: 'loading' } })
    await new Promise((done) => setTimeout(done, 50))
    this.change({ gap: null })
  }
  async reload(): Promise<void> {
    this.change({ status: 'loading' })
    this.#load()
    await this.#options.loaded
  }
  markSeen(): void {
    this.change({ fresh: new Set() })
  }
  close(): Promise<void> {
    this.#listeners.clear()
    return Promise.resolve()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  mapPosts(change: (post: Post) => Post | null): void {
    const map = (lines: readonly T[]) =>
      lines.flatMap((line) => {
        const post = this.#options.postOf(line)
        if (post === undefined) return [line]
        const next = change(post)
        return next === null ? [] : next === post ? [line] : [this.#options.withPost(line, next)]
      })
    this.#all = map(this.#all)
    this.change({ items: map(this.#snapshot.items), pending: map(this.#snapshot.pending) })
  }
  setOutgoing(outgoing: readonly OutgoingPost[]): void {
    this.change({ outgoing })
  }
}

export class FakeThreadView extends FakeView<{ id: string; post: Post }> implements ThreadView {
  thread: { post: Post; ancestors: readonly Post[] } | null = null
  getThread(): { post: Post; ancestors: readonly Post[] } | null {
    return this.getSnapshot().status === 'loading' ? null : this.thread
  }
  override mapPosts(change: (post: Post) => Post | null): void {
    if (this.thread !== null) {
      const post = change(this.thread.post) ?? { ...this.thread.post, text: '', entities: [], deletedAtMs: Date.now() }
      this.thread = { post, ancestors: this.thread.ancestors.map((p) => change(p) ?? p) }
    }
    super.mapPosts(change)
  }
}

export class FakeNotificationsView extends FakeView<Notification> implements NotificationsView {
  readUpTo: string | null = null
  getRead(): { upTo: string | null; unread: number } {
    const { items, pending } = this.getSnapshot()
    const upTo = this.readUpTo
    return { upTo, unread: [...pending, ...items].filter(({ id }) => upTo === null || id > upTo).length }
  }
  markRead(): Promise<void> {
    this.readUpTo = this.getSnapshot().items[0]?.id ?? this.readUpTo
    this.change({})
    return Promise.resolve()
  }
}
