import { AppError, type Handle } from '@skein/contracts'
import type { AccountContext } from '../account-context.js'
import { isReservedHandle, similarHandles } from '../domain/handles.js'
import { toMe } from '../domain/users.js'
import type { NewUser } from '../store/account-store.js'
import { newUserRecord } from '../store/new-user.js'
import { requireGoodPassword } from './check-password.js'
import { openSession, tokensOf } from './issue-session.js'
import type { Method, Methods } from './method.js'

const suggestedHandles = 2

export const signUp: Method<Methods['sessions']['signUp']> = async (account, input) => {
  const { store, ids, hasher, clock, log } = account
  const { handle, name, client } = input
  requireGoodPassword(input.password, handle, 'password')
  const [free] = isReservedHandle(handle) ? [] : await store.freeHandles([handle])
  if (free === undefined) throw await handleTaken(account, handle)
  const passwordHash = await hasher.hash(input.password)
  const user: NewUser = { id: ids.user(), handle, name, bio: '', role: 'user', createdAtMs: clock.now(), passwordHash }
  const { session, refreshToken } = openSession(account, user.id, client)
  if ((await store.createUser(user, session)) === 'handle_taken') throw await handleTaken(account, handle)
  log.info({ userId: user.id }, 'a person signed up')
  return { me: toMe(newUserRecord(user)), tokens: tokensOf(account, user, { ...session, refreshToken }) }
}

/** Names two like it that are free. */
export async function handleTaken({ store, random }: AccountContext, handle: Handle): Promise<AppError> {
  const numbers = [100, 1_000].map((size) => Math.floor(size / 10 + random.next() * size * 0.9))
  const free = (await store.freeHandles(similarHandles(handle, numbers))).slice(0, suggestedHandles)
  return new AppError('handle_taken', free.length === 0 ? {} : { fields: { handle: free.join(', ') } })
}
