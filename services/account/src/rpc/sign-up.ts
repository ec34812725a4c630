import { AppError, type Handle } from '@skein/contracts'
import type { AccountContext } from '../account-context.js'
import { isReservedHandle, similarHandles } from '../domain/handles.js'
import { toMe } from '../domain/users.js'
import type { NewUser } from '../store/account-store.js'
import { newUserRecord } from '../store/new-user.js'
import { requireGoodPassword } from './check-password.js'
import { openSession, tokensOf } from './issue-session.js'
import type { Method, Methods } from './method.js'
import { signIn } from './sign-in.js'

const suggestedHandles = 2
const repeatableMs = 10 * 60_000

export const signUp: Method<Methods['sessions']['signUp']> = async (account, input, context) => {
  const { store, ids, hasher, clock, log } = account
  const { handle, name, client } = input
  requireGoodPassword(input.password, handle, 'password')
  const [free] = isReservedHandle(handle) ? [] : await store.freeHandles([handle])
  if (free === undefined) return await signUpAgain(account, input, context)
  const passwordHash = await hasher.hash(input.password)
  const user: NewUser = { id: ids.user(), handle, name, bio: '', role: 'user', createdAtMs: clock.now(), passwordHash }
  const { session, refreshToken } = openSession(account, user.id, client)
  if ((await store.createUser(user, session)) === 'handle_taken') return await signUpAgain(account, input, context)
  log.info({ userId: user.id }, 'a person signed up')
  return { me: toMe(newUserRecord(user)), tokens: tokensOf(account, user, { ...session, refreshToken }) }
}

/** The same sign-up again, because its answer was lost or delayed, is answered as the first: it made this account. */
const signUpAgain: Method<Methods['sessions']['signUp']> = async (account, input, context) => {
  const { handle, name, password, client } = input
  const held = await account.store.userByHandle(handle)
  const isLikeFirst = held !== null && held.name === name && account.clock.now() - held.createdAtMs < repeatableMs
  if (isLikeFirst) {
    try {
      return await signIn(account, { handle, password, client }, context)
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'wrong_credentials') throw thrown
    }
  }
  throw await handleTaken(account, handle)
}

/** Names two like it that are free. */
export async function handleTaken({ store, random }: AccountContext, handle: Handle): Promise<AppError> {
  const numbers = [100, 1_000].map((size) => Math.floor(size / 10 + random.next() * size * 0.9))
  const free = (await store.freeHandles(similarHandles(handle, numbers))).slice(0, suggestedHandles)
  return new AppError('handle_taken', free.length === 0 ? {} : { fields: { handle: free.join(', ') } })
}
