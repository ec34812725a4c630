import { AppError } from '@skein/contracts'
import { readRefreshToken, successorOf } from '../domain/refresh-tokens.js'
import { toMe } from '../domain/users.js'
import { endingNow, tokensOf } from './issue-session.js'
import type { Method, Methods } from './method.js'

export const refreshSession: Method<Methods['sessions']['refresh']> = async (account, input) => {
  const { store, config, log, secrets } = account
  const token = readRefreshToken(secrets().refreshKey, input.refreshToken)
  if (token === null) throw new AppError('session_ended', { message: 'This refresh token is not of this server.' })
  const successor = successorOf(secrets().refreshKey, token)
  const { nowMs, untilMs } = endingNow(account, 'token_reused')
  const { refreshGraceMs: graceMs, refreshTtlMs: tokenTtlMs } = config
  const refresh = { tokenHash: token.hash, successorHash: successor.hash, nowMs, graceMs, tokenTtlMs }
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
      return { me: toMe(user), tokens: tokensOf(account, user, { ...session, refreshToken: successor }) }
    }
  }
}
