import { setTimeout as wait } from 'node:timers/promises'
import { SkeinError } from '@skein/client'
import type { Chance } from '../test/support/random.js'
import type { Author } from './author.js'
import type { Reader } from './crowd.js'
import type { EdgeChange } from './record.js'

/** Readers who read, follow, unfollow and like, one act after another; each is repeated until it is answered. */
export interface Restless {
  readonly acts: number
  /** By the reader's handle, in order. */
  changesOf(handle: string): readonly EdgeChange[]
  refusedOf(handle: string): readonly string[]
  /** Follows when it is not followed, unfollows when it is. Resolves when that was acknowledged. */
  turn(reader: Turner, author: string): Promise<void>
  stop(): Promise<void>
}

/** Whoever can follow. */
export type Turner = Pick<Reader, 'handle' | 'client'>

const pauseMs = 300

export function startRestless(readers: readonly Reader[], authors: readonly Author[], chance: Chance): Restless {
  const changes = new Map<string, EdgeChange[]>()
  const refused = new Map<string, string[]>()
  const stopping = new AbortController()
  const on = new Map<string, boolean>()
  let acts = 0

  async function turn(reader: Turner, author: string): Promise<void> {
    const edge = `${reader.handle} ${author}`
    const change: EdgeChange = { author, on: on.get(edge) !== true, fromMs: performance.now() }
    changes.set(reader.handle, [...(changes.get(reader.handle) ?? []), change])
    on.set(edge, change.on)
    await untilDone(() => reader.client.users.follow(author, change.on))
    change.doneMs = performance.now()
  }

  async function like(reader: Reader, author: Author): Promise<void> {
    const post = author.sent.findLast(({ id, deletingMs }) => id !== undefined && deletingMs === undefined)
    const id = post?.id
    if (post === undefined || id === undefined) return
    try {
      await untilDone(() => reader.client.posts.like(id, true))
      post.likers = new Set([...(post.likers ?? []), reader.handle])
    } catch (thrown) {
      if (post.deletingMs === undefined) throw thrown
    }
  }

  async function act(): Promise<void> {
    while (!stopping.signal.aborted) {
      const [reader, author, die] = [chance.pick(readers), chance.pick(authors), chance.next()]
      try {
        if (die < 0.3) await like(reader, author)
        else if (die < 0.6) await untilDone(async () => await reader.client.timeline('home', { limit: 20 }))
        else if (!reader.follows.includes(author.handle)) await turn(reader, author.handle)
        acts += 1
      } catch (thrown) {
        refused.set(reader.handle, [...(refused.get(reader.handle) ?? []), String(thrown)])
      }
      await wait(pauseMs * chance.next(), undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const acting = readers.length === 0 || authors.length === 0 ? Promise.resolve() : act()
  return {
    get acts() {
      return acts
    },
    changesOf: (handle) => changes.get(handle) ?? [],
    refusedOf: (handle) => refused.get(handle) ?? [],
    turn,
    stop: () => {
      stopping.abort()
      return acting
    },
  }
}

const patienceMs = 120_000

/** Repeats what may be repeated until it is answered. @throws what refused it for good, or the last failure after 2 minutes */
export async function untilDone<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const endsAtMs = performance.now() + patienceMs; ;) {
    try {
      return await act()
    } catch (thrown) {
      const isOver = performance.now() >= endsAtMs || signal?.aborted === true
      if (isOver || !(thrown instanceof SkeinError) || !thrown.retryable) throw thrown
      await wait(200)
    }
  }
}
