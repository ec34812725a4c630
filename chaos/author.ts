import { setTimeout as wait } from 'node:timers/promises'
import { SkeinError, type Client } from '@skein/client'
import type { Chance } from '../test/support/random.js'
import type { Sent } from './record.js'
import { untilDone } from './restless.js'

/** Somebody who posts at a steady pace, one post after another, through every outage, and deletes one now and then. */
export interface Author {
  readonly id: string
  readonly handle: string
  readonly client: Client
  readonly sent: readonly Sent[]
  /** Whether posts come all the time, one after another. */
  readonly isSteady: boolean
  readonly acknowledged: number
  /** Calls that were refused for good, in words. */
  readonly refused: readonly string[]
  /** Finishes what is under way. */
  stop(): Promise<void>
  /** Leaves it. */
  abandon(): Promise<void>
}

const patienceMs = 120_000
const deleteShare = 0.02

export function startAuthor(
  person: { readonly id: string; readonly handle: string; readonly client: Client },
  chance: Chance,
  everyMs: number,
): Author {
  const { handle, client } = person
  const sent: Sent[] = []
  const refused: string[] = []
  let acknowledged = 0
  const stopping = new AbortController()
  const leaving = new AbortController()
  async function post(): Promise<void> {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const own: Sent = { text: `${handle} ${n}`, fromMs: performance.now() }
      sent.push(own)
      try {
        const { id } = await client.posts.create(own.text, { timeoutMs: patienceMs, signal: leaving.signal })
        own.id = id
        own.acknowledgedMs = performance.now()
        acknowledged += 1
      } catch (thrown) {
        if (leaving.signal.aborted) return
        if (!(thrown instanceof SkeinError) || !thrown.retryable) refused.push(`${own.text}: ${String(thrown)}`)
      }
      if (chance.next() < deleteShare) await remove(chance.pick(sent))
      await pause(everyMs * (0.5 + chance.next()) - (performance.now() - own.fromMs))
    }
  }
  async function remove(post: Sent): Promise<void> {
    const { id } = post
    if (id === undefined || post.deletingMs !== undefined) return
    post.deletingMs = performance.now()
    try {
      await untilDone(() => client.posts.delete(id), leaving.signal)
      post.deletedMs = performance.now()
    } catch (thrown) {
      if (!leaving.signal.aborted) refused.push(`delete ${post.text}: ${String(thrown)}`)
    }
  }
  async function pause(forMs: number): Promise<void> {
    await wait(Math.max(0, forMs), undefined, { signal: stopping.signal }).catch(() => {})
  }
  const posting = pause(everyMs * chance.next()).then(post)
  posting.catch(() => {})
  return {
    ...person,
    sent,
    isSteady: true,
    get acknowledged() {
      return acknowledged
    },
    refused,
    stop: () => {
      stopping.abort()
      return posting
    },
    abandon: async () => {
      stopping.abort()
      leaving.abort()
      await posting.catch(() => {})
    },
  }
}
