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
  /** Those spent within the grace before the last use, the newest last. */
  readonly spent: readonly SpentToken[]
  readonly end: SessionEnd | null
}

export interface Refresh {
  readonly tokenHash: string
  /** Of the token that follows it. */
  readonly successorHash: string
  readonly nowMs: number
  readonly graceMs: number
  readonly tokenTtlMs: number
}

export type RefreshDecision =
  | { readonly kind: 'rotate'; readonly session: SessionRecord }
  /** Spent a moment ago: the answer was lost, or two asked at once. The successor is handed out again. */
  | { readonly kind: 'repeat' }
  /** Spent long ago: someone else may hold it. */
  | { readonly kind: 'reused' }
  | { readonly kind: 'over' }

const spentMax = 16

/** What an authentic refresh token of this session does now. */
export function decideRefresh(session: SessionRecord, refresh: Refresh): RefreshDecision {
  const { nowMs, graceMs, tokenHash } = refresh
  if (!isLive(session, nowMs)) return { kind: 'over' }
  const spent = session.spent.filter((token) => nowMs - token.spentAtMs < graceMs)
  if (session.tokenHash !== tokenHash) {
    return { kind: spent.some((token) => token.hash === tokenHash) ? 'repeat' : 'reused' }
  }
  return {
    kind: 'rotate',
    session: {
      ...session,
      lastUsedAtMs: nowMs,
      tokenHash: refresh.successorHash,
      tokenExpiresAtMs: nowMs + refresh.tokenTtlMs,
      spent: [...spent, { hash: tokenHash, spentAtMs: nowMs }].slice(-spentMax),
    },
  }
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
