import type { Client } from '@skein/client'
import type { DraftTarget, Drafts } from './drafts.js'
import { must } from './must.js'
import type { Kept } from './kept.js'

export interface Outgoing {
  key: string
  text: string
  replyTo?: string
  quoteOf?: string
  createdAtMs: number
}

export interface Outbox {
  /** Sends and keeps the words on this device until the server has them. Never rejects: a refusal shows in the feed. */
  send(account: string, post: { text: string; replyTo?: string; quoteOf?: string }): void
  retry(key: string): void
  /** Forgets a post that was not sent; returns its words. */
  discard(account: string, key: string): string
  /** Sends again what a reload or sign-out interrupted; what is older than an hour goes back to its draft instead. */
  resume(account: string): void
}

export interface OutboxDeps {
  client: Pick<Client, 'posts'>
  kept: Kept
  drafts: Drafts
  nowMs: () => number
  newKey: () => string
}

const resumeMaxAgeMs = 60 * 60_000

/** Posts on their way. One key a post, so that sending twice posts once. */
export function createOutbox({ client, kept, drafts, nowMs, newKey }: OutboxDeps): Outbox {
  const nameOf = (account: string, key: string) => `outbox:${account}:${key}`
  const start = (account: string, post: Outgoing) => {
    const { key, text, replyTo, quoteOf } = post
    const sent = client.posts.create(text, {
      idempotencyKey: key,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(quoteOf === undefined ? {} : { quoteOf }),
    })
    sent.then(
      () => kept.set(nameOf(account, key), null),
      () => {},
    )
  }
  const sendKept = (account: string, post: Outgoing) => {
    kept.set(nameOf(account, post.key), JSON.stringify(post))
    start(account, post)
  }
  return {
    send(account, post) {
      sendKept(account, { ...post, key: newKey(), createdAtMs: nowMs() })
    },
    retry(key) {
      const name = kept.keys('outbox:').find((k) => k.endsWith(`:${key}`))
      client.posts.retry(key).then(
        () => name !== undefined && kept.set(name, null),
        () => {},
      )
    },
    discard(account, key) {
      const text = client.posts.discard(key) ?? parseOutgoing(kept.get(nameOf(account, key)))?.text ?? ''
      kept.set(nameOf(account, key), null)
      return text
    },
    resume(account) {
      for (const name of kept.keys(`outbox:${account}:`)) {
        const post = parseOutgoing(kept.get(name))
        if (post !== null && nowMs() - post.createdAtMs <= resumeMaxAgeMs) {
          start(account, post)
          continue
        }
        if (post !== null) drafts.giveBack(account, targetOf(post), post.text)
        kept.set(name, null)
      }
    },
  }
}

/** The composer a post came from. */
export function targetOf(post: { replyTo?: string; quoteOf?: string }): DraftTarget {
  if (post.replyTo !== undefined) return `reply:${post.replyTo}`
  return post.quoteOf === undefined ? 'home' : `quote:${post.quoteOf}`
}

/** 128 random bits. Does not need a secure context. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function parseOutgoing(json: string | null): Outgoing | null {
  try {
    const value: unknown = JSON.parse(must(json, 'checked by catch'))
    if (typeof value !== 'object' || value === null) return null
    const { key, text, replyTo, quoteOf, createdAtMs } = value as Partial<Record<keyof Outgoing, unknown>>
    if (typeof key !== 'string' || typeof text !== 'string' || typeof createdAtMs !== 'number') return null
    return {
      key,
      text,
      createdAtMs,
      ...(typeof replyTo === 'string' ? { replyTo } : {}),
      ...(typeof quoteOf === 'string' ? { quoteOf } : {}),
    }
  } catch {
    return null
  }
}
