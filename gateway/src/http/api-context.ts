import { implement } from '@orpc/server'
import {
  apiContract,
  type ClientOf,
  type accountContract,
  type postContract,
  type timelineContract,
} from '@skein/contracts'
import { AppError } from '@skein/contracts'
import type { Actor, CallContext } from '@skein/platform'

/** The services, as their clients. */
export interface Services {
  readonly account: ClientOf<typeof accountContract, CallContext>
  readonly post: ClientOf<typeof postContract, CallContext>
  readonly timeline: ClientOf<typeof timelineContract, CallContext>
}

/** What a method of the API gets beside its input. */
export interface ApiContext {
  /** Said with every call to a service. */
  readonly call: CallContext
  readonly actor: Actor | null
  readonly userAgent: string
  readonly idempotencyKey: string | undefined
  /** Set to answer with another status than the contract's. */
  readonly reply: { status?: number }
}

/** The start of every method: `api.users.get.handler(({ input, context, signal }) => …)`. */
export const api = implement(apiContract).$context<ApiContext>()

type Call = { readonly context: ApiContext; readonly signal?: AbortSignal | undefined }
export type CallOptions = { context: CallContext; signal?: AbortSignal }

/** The options of a call to a service, made on behalf of a call to the API. */
export function passing({ context, signal }: Call): CallOptions {
  return { context: context.call, ...(signal === undefined ? {} : { signal }) }
}

/** @throws AppError unauthenticated */
export function actorOf({ actor }: ApiContext): Actor {
  if (actor === null) throw new AppError('unauthenticated')
  return actor
}
