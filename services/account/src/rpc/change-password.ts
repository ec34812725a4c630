import { AppError } from '@skein/contracts'
import { checkPassword, requireGoodPassword } from './check-password.js'
import { endingNow } from './issue-session.js'
import { actorOf, type Method, type Methods } from './method.js'

export const changePassword: Method<Methods['me']['changePassword']> = async (account, input, context) => {
  const { store, hasher, log } = account
  const { userId, sessionId, handle } = actorOf(context)
  requireGoodPassword(input.next, handle, 'next')
  const session = await store.sessionById(sessionId)
  if (session === null || session.end !== null) throw new AppError('session_ended')
  const credentials = await store.credentialsById(userId)
  const held = await checkPassword(account, { key: `user:${userId}`, credentials, password: input.current })
  const next = await hasher.hash(input.next)
  const change = { userId, expected: held.passwordHash, next, keep: sessionId }
  const ended = await store.changePassword(change, endingNow(account, 'password_changed'))
  if (ended === 'stale') throw new AppError('wrong_credentials')
  log.info({ userId, ended }, 'a person changed their password')
  return { done: true }
}
