import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { SessionId } from '@skein/contracts'

/*
 * A refresh token is `<session id>.<secret>.<tag>`. The secret is 32 bytes, at random in the first token of a session and
 * made from its predecessor and the time that one was spent by the server's key in every later one: the successor of a
 * token can be made again without being stored. The tag proves that the server once issued exactly this token to this
 * session, so a token that is authentic and neither current nor just spent is known to be an old one without a list of old
 * ones.
 */

export interface RefreshToken {
  readonly text: string
  readonly sessionId: SessionId
  readonly secret: Buffer
  /** What is stored of it. */
  readonly hash: string
}

export const refreshSecretBytes = 32

/** @param key of 32 bytes, of this installation alone */
export function issueRefreshToken(key: Uint8Array, sessionId: SessionId, secret: Uint8Array): RefreshToken {
  const bytes = Buffer.from(secret)
  const text = `${sessionId}.${bytes.toString('base64url')}.${tagOf(key, sessionId, bytes).toString('base64url')}`
  return { text, sessionId, secret: bytes, hash: createHash('sha256').update(text).digest('base64url') }
}

/** The one token that follows this one when it is spent at that time, the same at every call. */
export function successorOf(key: Uint8Array, { sessionId, secret }: RefreshToken, spentAtMs: number): RefreshToken {
  const next = createHmac('sha256', key).update(`next\0${spentAtMs}\0`).update(sessionId).update(secret).digest()
  return issueRefreshToken(key, sessionId, next)
}

/** null when this server did not issue it. */
export function readRefreshToken(key: Uint8Array, text: string): RefreshToken | null {
  const parts = text.split('.')
  const sessionId = SessionId.safeParse(parts[0])
  const secret = Buffer.from(parts[1] ?? '', 'base64url')
  const tag = Buffer.from(parts[2] ?? '', 'base64url')
  if (!sessionId.success || secret.length !== refreshSecretBytes) return null
  const right = tagOf(key, sessionId.data, secret)
  if (tag.length !== right.length || !timingSafeEqual(tag, right)) return null
  return issueRefreshToken(key, sessionId.data, secret)
}

function tagOf(key: Uint8Array, sessionId: SessionId, secret: Uint8Array): Buffer {
  return createHmac('sha256', key).update('tag\0').update(sessionId).update(secret).digest().subarray(0, 16)
}
