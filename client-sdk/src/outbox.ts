import { sessionEnded, shapeOf, SkeinError, toSkeinError } from './errors.js'
import { backoffMs, reasonOf, sleep, type Env } from './timing.js'
import type { CallOptions, OutgoingPost, Post } from './types.js'

/*
 * Own posts on their way. One Idempotency-Key a post, one post at a time, tried until it is acknowledged, refused,
 * aborted or out of time: however often it is sent, the server makes one post of it.
 */

export type CreateOptions = CallOptions & { replyTo?: string; quoteOf?: string; idempotencyKey?: string }

export interface Outbox {
  readonly create: (text: string, options?: CreateOptions) => Promise<Post>
  readonly retry: (key: string) => Promise<Post>
  readonly discard: (key: string) => string | null
  /** Newest first, without those that have arrived by push before their answer. */
  list(): readonly OutgoingPost[]
  /** A post has arrived by push. Whether this client sent it. */
  isOwn(post: Post, authorId: string | undefined): boolean
  /** The way is free again: try now. */
  wake(): void
  /** Nobody is signed in any more, or somebody else is. */
  clear(): void
  close(error: Error): void
}

export interface OutboxDeps {
  env: Env
  send(body: object, key: string, options: CallOptions): Promise<Post>
  onChange(): void
  /** Acknowledged. */
  onCreated(post: Post): void
}

interface Entry {
  post: OutgoingPost
  cancel: AbortController
  budgetMs: number
  /** The post that it became. */
  postId: string | null
}

const dayMs = 24 * 3_600_000
const attemptMs = 15_000
const keptMax = 200

export function createOutbox(deps: OutboxDeps): Outbox {
  const { env } = deps
  const entries = new Map<string, Entry>()
  const sent = new Set<string>()
  let tail: Promise<unknown> = Promise.resolve()
  let pausing: AbortController | null = null

  function change(entry: Entry, post: OutgoingPost): void {
    entry.post = post
    deps.onChange()
  }

  function enqueue(entry: Entry, signal?: AbortSignal): Promise<Post> {
    const endsAtMs = env.now() + entry.budgetMs
    const follow = () => entry.cancel.abort(signal?.reason)
    if (signal?.aborted === true) follow()
    signal?.addEventListener('abort', follow, { once: true })
    const turn = tail.then(() => deliver(entry, endsAtMs))
    tail = turn.catch(() => {})
    return turn.finally(() => signal?.removeEventListener('abort', follow))
  }

  async function deliver(entry: Entry, endsAtMs: number): Promise<Post> {
    const { key, text, replyTo, quoteOf } = entry.post
    const body = { text, ...(replyTo === undefined ? {} : { replyTo }), ...(quoteOf === undefined ? {} : { quoteOf }) }
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (entry.cancel.signal.aborted) throw reasonOf(entry.cancel.signal)
        const timeoutMs = Math.max(1, Math.min(attemptMs, endsAtMs - env.now()))
        const post = await deps.send(body, key, { signal: entry.cancel.signal, timeoutMs })
        settle(entry, post)
        return post
      } catch (error) {
        await again(entry, error, attempt, endsAtMs)
      }
    }
  }

  /** Waits for the next try. @throws what ends the trying */
  async function again(entry: Entry, cause: unknown, attempt: number, endsAtMs: number): Promise<void> {
    const { signal } = entry.cancel
    if (signal.aborted) {
      entries.delete(entry.post.key)
      deps.onChange()
      throw reasonOf(signal)
    }
    const error = toSkeinError(cause)
    const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, 500, 20_000, env))
    if (!error.retryable || env.now() + waitMs >= endsAtMs) {
      change(entry, { ...entry.post, state: 'failed', error: shapeOf(error) })
      throw error
    }
    const skip = new AbortController()
    const stop = () => skip.abort()
    if (error.retryAfterMs === undefined) pausing = skip
    signal.addEventListener('abort', stop, { once: true })
    await sleep(env, waitMs, skip.signal).catch(() => {})
    signal.removeEventListener('abort', stop)
    pausing = null
  }

  function settle(entry: Entry, post: Post): void {
    entries.delete(entry.post.key)
    remember(post.id)
    deps.onCreated(post)
    deps.onChange()
  }

  function remember(postId: string): void {
    sent.add(postId)
    if (sent.size > keptMax) for (const oldest of [...sent].slice(0, sent.size - keptMax)) sent.delete(oldest)
  }

  return {
    create(text, options = {}) {
      const key = options.idempotencyKey ?? newKey()
      const post: OutgoingPost = {
        key,
        text,
        ...(options.replyTo === undefined ? {} : { replyTo: options.replyTo }),
        ...(options.quoteOf === undefined ? {} : { quoteOf: options.quoteOf }),
        createdAtMs: env.now(),
        state: 'sending',
      }
      const entry = { post, cancel: new AbortController(), budgetMs: options.timeoutMs ?? dayMs, postId: null }
      entries.set(key, entry)
      deps.onChange()
      return enqueue(entry, options.signal)
    },
    async retry(key) {
      const entry = entries.get(key)
      if (entry?.post.state !== 'failed')
        throw new SkeinError('not_found', 'No failed post has this key.', { retryable: false })
      const { error: _error, ...post } = entry.post
      change(entry, { ...post, state: 'sending' })
      return await enqueue(entry)
    },
    discard(key) {
      const entry = entries.get(key)
      if (entry?.post.state !== 'failed') return null
      entries.delete(key)
      deps.onChange()
      return entry.post.text
    },
    list: () =>
      [...entries.values()]
        .filter((e) => e.postId === null)
        .map((e) => e.post)
        .reverse(),
    isOwn(post, authorId) {
      if (sent.has(post.id)) return true
      if (post.author.id !== authorId) return false
      for (const entry of entries.values()) {
        if (entry.postId === post.id) return true
        if (entry.postId !== null || !isSame(entry.post, post)) continue
        entry.postId = post.id
        remember(post.id)
        deps.onChange()
        return true
      }
      return false
    },
    wake: () => pausing?.abort(),
    clear() {
      const error = sessionEnded('signed out')
      for (const entry of entries.values()) entry.cancel.abort(error)
      entries.clear()
      deps.onChange()
    },
    close(error) {
      for (const entry of entries.values()) entry.cancel.abort(error)
    },
  }
}

/** The push carries no key; what it says is enough to tell one's own posts on their way apart. */
function isSame(outgoing: OutgoingPost, post: Post): boolean {
  return (
    post.text.trim() === outgoing.text.trim() &&
    post.replyTo?.id === outgoing.replyTo &&
    post.quote?.id === outgoing.quoteOf
  )
}

/** Works without a secure context, unlike crypto.randomUUID. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
