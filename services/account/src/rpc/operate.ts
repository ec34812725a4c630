import { AppError } from '@skein/contracts'
import { toMe } from '../domain/users.js'
import type { NewUser } from '../store/account-store.js'
import { newUserRecord } from '../store/new-user.js'
import { requireGoodPassword } from './check-password.js'
import { endingNow, openSession, suspendedError, tokensOf } from './issue-session.js'
import { found, type Method, type Methods } from './method.js'

/** The operator may also take a reserved handle. */
export const createUser: Method<Methods['operator']['createUser']> = async (account, input) => {
  const { store, ids, clock, hasher, log } = account
  const { handle, name, role } = input
  requireGoodPassword(input.password, handle, 'password')
  const passwordHash = await hasher.hash(input.password)
  const user: NewUser = { id: ids.user(), handle, name, bio: '', role, createdAtMs: clock.now(), passwordHash }
  if ((await store.createUser(user, null)) === 'handle_taken') throw new AppError('handle_taken')
  log.info({ userId: user.id, role }, 'the operator made an account')
  return toMe(newUserRecord(user))
}

/** Access tokens made before keep the old role until they expire. */
export const setRole: Method<Methods['operator']['setRole']> = async ({ store, log }, { handle, role }) => {
  const { id } = found(await store.userByHandle(handle))
  const user = found(await store.setRole(id, role))
  log.info({ userId: id, role }, 'the operator set a role')
  return toMe(user)
}

export const createToken: Method<Methods['operator']['createToken']> = async (account, { handle, client }) => {
  const { store, log } = account
  const user = found(await store.userByHandle(handle))
  const { session, refreshToken } = openSession(account, user.id, client)
  if ((await store.createSession(session, null)) === 'refused') throw suspendedError()
  log.info({ userId: user.id, sessionId: session.id }, 'the operator made a token')
  return tokensOf(account, user, { ...session, refreshToken })
}

export const suspendUser: Method<Methods['operator']['suspend']> = async (account, { handle, on }) => {
  const { store, log } = account
  const { id } = found(await store.userByHandle(handle))
  await store.setSuspended(id, on, endingNow(account, 'suspended'))
  log.info({ userId: id, on }, 'the operator suspended or restored an account')
  return { done: true }
}
