import type { SessionEndReason, SessionEvent, SessionId, UserId } from '@skein/contracts'

/** A refresh token that was used, by its hash. */
export interface SpentToken {
  readonly hash: string
  readonly spentAtMs: number
}

export interface SessionEnd {
  readonly reason: SessionEndReason
  readonly atMs: number
  /** When the last access token of the session expires by itself. */
  readonly untilMs: number
}

export interface SessionRecord {
  readonly id: SessionId
  readonly userId: UserId
  /** What the person signed in with, as it called itself. */
  readonly client: string
  readonly createdAtMs: number
  readonly lastUsedAtMs: number
  /** 1 while it lives; 2 when it ended. */
  readonly rev: number
  /** Of the one refresh token that may still be spent. */
  readonly tokenHash: string
  readonly tokenExpiresAtMs: number
  /** The one spent last, and before it those spent within the grace before that. */
  readonly spent: readonly SpentToken[]
  readonly end: SessionEnd | null
}

export interface Refresh {
  readonly tokenHash: string
  /** Of the token that follows it when it is spent at that time. */
  readonly successorHash: (spentAtMs: number) => string
  readonly nowMs: number
  readonly graceMs: number
  readonly tokenTtlMs: number
}

export type RefreshDecision =
  /** Spent now; its successor is the current token. */
  | { readonly kind: 'rotate'; readonly session: SessionRecord }
  /** Spent a moment ago: the answer was lost, or two asked at once. The successor is handed out again. */
  | { readonly kind: 'repeat' }
  /** Spent long ago and followed since, or replaced by another successor: someone else may hold it. */
  | { readonly kind: 'reused' }
  | { readonly kind: 'over' }

const spentMax = 16

/**
 * What an authentic refresh token of this session does now.
 *
 * An outage may outlast the grace, so the token that was spent last is never refused: after the grace it is spent once more,
 * and its new successor takes the place of the one that nobody has used. Of two holders of one token, whichever comes
 * second with the successor that was replaced ends the session.
 */
export function decideRefresh(session: SessionRecord, refresh: Refresh): RefreshDecision {
  const { nowMs, graceMs, tokenHash } = refresh
  if (!isLive(session, nowMs)) return { kind: 'over' }
  const recent = session.spent.filter((token) => nowMs - token.spentAtMs < graceMs)
  if (recent.some(({ hash }) => hash === tokenHash)) return { kind: 'repeat' }
  const isNext = session.tokenHash === tokenHash || session.spent.at(-1)?.hash === tokenHash
  if (!isNext) return { kind: 'reused' }
  return {
    kind: 'rotate',
    session: {
      ...session,
      lastUsedAtMs: nowMs,
      tokenHash: refresh.successorHash(nowMs),
      tokenExpiresAtMs: nowMs + refresh.tokenTtlMs,
      spent: [...recent, { hash: tokenHash, spentAtMs: nowMs }].slice(-spentMax),
    },
  }
}

/** When the token of a `rotate` or `repeat` was spent. @throws RangeError for any other */
export function spentAtMsOf(session: SessionRecord, tokenHash: string): number {
  const token = session.spent.find(({ hash }) => hash === tokenHash)
  if (token === undefined) throw new RangeError('this session does not remember that it spent this token')
  return token.spentAtMs
}

export function isLive(session: SessionRecord, nowMs: number): boolean {
  return session.end === null && nowMs < session.tokenExpiresAtMs
}

/** The session after its end, at its next revision. Its refresh tokens open nothing any more. */
export function endSession(session: SessionRecord, end: SessionEnd): SessionRecord & { readonly end: SessionEnd } {
  return { ...session, rev: session.rev + 1, end }
}

/** The event of an ended session. */
export function sessionEvent({ id, userId, rev, end }: SessionRecord & { readonly end: SessionEnd }): SessionEvent {
  const { reason, untilMs } = end
  const entity = `session:${id}`
  const place = { id: `${entity}@${rev}`, entity, subject: userId, rev, atMs: end.atMs }
  return { kind: 'session', ...place, sessionId: id, userId, reason, untilMs }
}
