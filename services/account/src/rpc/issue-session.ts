import { AppError, type SessionEndReason, type SessionId, type SessionTokens, type UserId } from '@skein/contracts'
import type { AccountContext } from '../account-context.js'
import { issueRefreshToken, refreshSecretBytes, type RefreshToken } from '../domain/refresh-tokens.js'
import type { UserRecord } from '../domain/users.js'
import type { Ending, NewSession } from '../store/account-store.js'

export interface OpenedSession {
  readonly session: NewSession
  readonly refreshToken: RefreshToken
}

/** A session of a person and its first refresh token, not stored yet. */
export function openSession(
  { config, ids, clock, random, secrets }: AccountContext,
  userId: UserId,
  client: string,
): OpenedSession {
  const id = ids.session()
  const createdAtMs = clock.now()
  const refreshToken = issueRefreshToken(secrets().refreshKey, id, random.bytes(refreshSecretBytes))
  const tokenExpiresAtMs = createdAtMs + config.refreshTtlMs
  return { session: { id, userId, client, createdAtMs, tokenHash: refreshToken.hash, tokenExpiresAtMs }, refreshToken }
}

/** What the person holds from now on. */
export function tokensOf(
  { keys, config }: AccountContext,
  user: Pick<UserRecord, 'id' | 'handle' | 'role'>,
  { id, tokenExpiresAtMs, refreshToken }: { id: SessionId; tokenExpiresAtMs: number; refreshToken: RefreshToken },
): SessionTokens {
  const actor = { userId: user.id, handle: user.handle, role: user.role, sessionId: id }
  const access = keys.signer().sign(actor, config.accessTtlMs)
  return { sessionId: id, ...access, refreshToken: refreshToken.text, refreshExpiresAtMs: tokenExpiresAtMs }
}

/** An end of sessions now. Their access tokens were all made before it. */
export function endingNow({ clock, config }: AccountContext, reason: SessionEndReason): Ending {
  const nowMs = clock.now()
  return { reason, nowMs, untilMs: nowMs + config.accessTtlMs + config.endLeewayMs }
}

export function suspendedError(): AppError {
  return new AppError('forbidden', { message: 'This account is suspended.' })
}
