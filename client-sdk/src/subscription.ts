import type { Channels, Member } from './channels.js'
import { guarded } from './emitter.js'
import { clientClosed, type SkeinError } from './errors.js'
import { createSeen } from './seen.js'
import { reasonOf } from './timing.js'
import type { Cursor, FeedEvent, FeedName, PostCounts, SubscribeOptions, Subscription } from './types.js'

/*
 * A raw subscription: a bounded queue between the channel and one consumer. When the queue is full the subscription
 * leaves its channel, and when it has drained it joins again where the queue ended: a slow consumer costs a position,
 * not memory, and loses nothing that the server still remembers (else it is told `gap`).
 */

export interface OpenSubscription extends Subscription {
  /** Counts, which name no feed: handed out for posts that this subscription has shown. */
  offerStats(postId: string, counts: PostCounts): void
  /** Ends it; without an error the iterators just end. */
  end(error?: Error): void
}

interface Entry {
  /** null: only the position moved. */
  event: FeedEvent | null
  cursor: Cursor | null
}

type Handler = (event: FeedEvent) => void
type Waiter = { resolve: (result: IteratorResult<FeedEvent>) => void; reject: (error: Error) => void }

const bufferDefault = 1_000

export function openSubscription(
  feed: FeedName,
  channels: Channels,
  options: SubscribeOptions,
  onEnd: (subscription: OpenSubscription) => void,
): OpenSubscription {
  const capacity = Math.max(1, options.buffer ?? bufferDefault)
  const queue: Entry[] = []
  const waiters: Waiter[] = []
  const handlers = new Map<string, Set<Handler>>()
  const seen = createSeen()
  let cursor: Cursor | null = options.from ?? null
  let isJoined = false
  let isPumping = false
  let ended: { error: Error | null } | null = null
  let accept: () => void = () => {}
  let refuse: (error: Error) => void = () => {}
  const ready = new Promise<void>((resolve, reject) => {
    accept = resolve
    refuse = reject
  })
  ready.catch(() => {})

  const member: Member = {
    position: cursor,
    receive(event) {
      push(event.type === 'cursor' ? null : seen.filter(event), event.cursor)
    },
    onAccepted: accept,
    onLive() {},
    onFailed: (error: SkeinError) => end(error),
  }

  function push(event: FeedEvent | null, at: Cursor | null): void {
    const last = queue.at(-1)
    if (event === null && last?.event === null) last.cursor = at
    else if (event !== null || queue.length > 0) queue.push({ event, cursor: at })
    else cursor = at
    if (queue.length >= capacity && isJoined) pause()
    flow()
  }

  function pause(): void {
    isJoined = false
    channels.leave(feed, member)
  }

  function join(): void {
    isJoined = true
    channels.join(feed, member)
  }

  /** Hands out: to a waiting iterator, else to handlers in a microtask of their own. */
  function flow(): void {
    while (waiters.length > 0) {
      const event = take()
      if (event === null) break
      waiters.shift()?.resolve({ done: false, value: event })
    }
    if (handlers.size === 0 || isPumping || queue.length === 0) return
    isPumping = true
    queueMicrotask(() => {
      isPumping = false
      for (let event = take(); event !== null; event = take()) {
        const current = event
        for (const handler of handlers.get(current.type) ?? []) guarded(() => handler(current))
      }
    })
  }

  /** The next event; moves the cursor past it and past what has no event of its own behind it. */
  function take(): FeedEvent | null {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      cursor = entry.cursor ?? cursor
      const next = queue[0]
      if (next?.event === null) cursor = queue.shift()?.cursor ?? cursor
      if (!isJoined && ended === null && queue.length <= capacity / 4) join()
      if (entry.event !== null) return entry.event
    }
    return null
  }

  function end(error: Error | null = null): void {
    if (ended !== null) return
    ended = { error }
    if (isJoined) channels.leave(feed, member)
    options.signal?.removeEventListener('abort', onAbort)
    refuse(error ?? clientClosed())
    for (const waiter of waiters.splice(0)) finish(waiter)
    onEnd(subscription)
  }

  function finish({ resolve, reject }: Waiter): void {
    if (ended?.error) reject(ended.error)
    else resolve({ done: true, value: undefined })
  }

  function onAbort(): void {
    if (options.signal === undefined) return
    queue.length = 0
    end(reasonOf(options.signal))
  }

  function next(): Promise<IteratorResult<FeedEvent>> {
    return new Promise((resolve, reject) => {
      const event = take()
      if (event !== null) resolve({ done: false, value: event })
      else if (ended === null) waiters.push({ resolve, reject })
      else finish({ resolve, reject })
    })
  }

  async function close(): Promise<void> {
    queue.length = 0
    end()
  }

  const subscription: OpenSubscription = {
    get cursor() {
      return cursor
    },
    ready,
    on(type, handler) {
      const set = handlers.get(type) ?? new Set()
      const own: Handler = (event) => {
        if (isOfType(event, type)) handler(event)
      }
      handlers.set(type, set.add(own))
      flow()
      return () => void set.delete(own)
    },
    offerStats(postId, counts) {
      if (isJoined && seen.hasPost(postId)) push({ type: 'stats', postId, counts }, member.position)
    },
    end: (error) => end(error ?? null),
    close,
    [Symbol.asyncDispose]: close,
    [Symbol.asyncIterator]: () => ({
      next,
      async return() {
        await close()
        return { done: true, value: undefined }
      },
    }),
  }
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted === true) onAbort()
  else join()
  return subscription
}

function isOfType<T extends FeedEvent['type']>(event: FeedEvent, type: T): event is Extract<FeedEvent, { type: T }> {
  return event.type === type
}
