import { AppError } from '@skein/contracts'
import { readRefreshToken, successorOf } from '../domain/refresh-tokens.js'
import { spentAtMsOf } from '../domain/sessions.js'
import { toMe } from '../domain/users.js'
import { endingNow, tokensOf } from './issue-session.js'
import type { Method, Methods } from './method.js'

export const refreshSession: Method<Methods['sessions']['refresh']> = async (account, input) => {
  const { store, config, log, secrets } = account
  const key = secrets().refreshKey
  const token = readRefreshToken(key, input.refreshToken)
  if (token === null) throw new AppError('session_ended', { message: 'This refresh token is not of this server.' })
  const { nowMs, untilMs } = endingNow(account, 'token_reused')
  const { refreshGraceMs: graceMs, refreshTtlMs: tokenTtlMs } = config
  const successorHash = (spentAtMs: number): string => successorOf(key, token, spentAtMs).hash
  const refresh = { tokenHash: token.hash, successorHash, nowMs, graceMs, tokenTtlMs }
  const outcome = await store.refresh(token.sessionId, refresh, untilMs)
  switch (outcome.kind) {
    case 'over':
      throw new AppError('session_ended')
    case 'reused': {
      const { id: sessionId, userId } = outcome.session
      log.warn({ sessionId, userId }, 'a spent refresh token came again, its session was ended')
      throw new AppError('session_ended', { message: 'The refresh token was used before; the session was ended.' })
    }
    case 'rotated':
    case 'repeated': {
      const { user, session } = outcome
      const refreshToken = successorOf(key, token, spentAtMsOf(session, token.hash))
      return { me: toMe(user), tokens: tokensOf(account, user, { ...session, refreshToken }) }
    }
  }
}
