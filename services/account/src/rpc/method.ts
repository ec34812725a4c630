import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/server'
import { AppError, type accountContract, type UserId } from '@skein/contracts'
import type { Actor, ServiceContext } from '@skein/platform'
import type { AccountContext } from '../account-context.js'
import type { UserRecord } from '../domain/users.js'

export type Methods = typeof accountContract
type Returned<T> = T | Promise<T>

/** One method of the service: its input is parsed, its context verified, its reply checked by the contract. */
export type Method<C> =
  C extends ContractProcedure<infer I, infer O, infer _E, infer _M>
    ? (account: AccountContext, input: InferSchemaOutput<I>, context: ServiceContext) => Returned<InferSchemaInput<O>>
    : never

/** The person who asks. @throws AppError unauthenticated */
export function actorOf({ actor }: ServiceContext): Actor {
  if (actor === null) throw new AppError('unauthenticated')
  return actor
}

/** @throws AppError not_found */
export function found<T>(value: T | null, message = 'Nobody has this handle.'): T {
  if (value === null) throw new AppError('not_found', { message })
  return value
}

/** The record of the person who asks. @throws AppError unauthenticated */
export async function selfOf({ store }: AccountContext, context: ServiceContext): Promise<UserRecord> {
  const user = await store.userById(actorOf(context).userId)
  if (user === null) throw new AppError('unauthenticated')
  return user
}

export function viewerIdOf({ actor }: ServiceContext): UserId | null {
  return actor?.userId ?? null
}
