import { AppError } from '@skein/contracts'
import { readHandle } from '../domain/handles.js'
import { toMe } from '../domain/users.js'
import { checkPassword } from './check-password.js'
import { openSession, suspendedError, tokensOf } from './issue-session.js'
import type { Method, Methods } from './method.js'

export const signIn: Method<Methods['sessions']['signIn']> = async (account, { handle: typed, password, client }) => {
  const { store, log } = account
  const handle = readHandle(typed)
  const held = handle === null ? null : await store.credentialsByHandle(handle)
  const key = `handle:${handle ?? typed}`
  const { user, passwordHash } = await checkPassword(account, { key, credentials: held, password })
  if (user.suspended) throw suspendedError()
  const { session, refreshToken } = openSession(account, user.id, client)
  if ((await store.createSession(session, passwordHash)) === 'refused') throw new AppError('wrong_credentials')
  log.info({ userId: user.id, sessionId: session.id }, 'a person signed in')
  return { me: toMe(user), tokens: tokensOf(account, user, { ...session, refreshToken }) }
}
