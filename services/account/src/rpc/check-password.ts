import { AppError } from '@skein/contracts'
import type { AccountContext } from '../account-context.js'
import { passwordProblem } from '../domain/passwords.js'
import type { Credentials } from '../store/account-store.js'

/**
 * The credentials when the password is theirs. Takes as long when there are none. Counts wrong ones by `key`.
 * @throws AppError wrong_credentials; rate_limited before anything is computed; overloaded, which counts as no try
 */
export async function checkPassword(
  { hasher, throttle, secrets }: AccountContext,
  { key, credentials, password }: { key: string; credentials: Credentials | null; password: string },
): Promise<Credentials> {
  const attempt = throttle.begin(key)
  const isRight = await hasher.verify(credentials?.passwordHash ?? secrets().nobodysHash, password).catch((error) => {
    attempt.undo()
    throw error
  })
  if (credentials === null || !isRight) throw new AppError('wrong_credentials')
  attempt.succeed()
  return credentials
}

/** @throws AppError invalid with what is wrong, under the name of the field */
export function requireGoodPassword(password: string, handle: string, field: string): void {
  const problem = passwordProblem(password, handle)
  if (problem !== null) throw new AppError('invalid', { fields: { [field]: problem } })
}
