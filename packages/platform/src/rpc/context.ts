import type { Handle, Role, SessionId, UserId } from '@skein/contracts'
import { z } from 'zod'

/** What a caller says with every call; carried as headers, in process too. */
export type CallContext = {
  readonly requestId: string
  /** The user's own access token, passed on untouched; absent for anonymous and for calls without a user. */
  readonly accessToken?: string
  /** By the caller's clock. */
  readonly deadlineAtMs: number
  readonly traceparent?: string
}

export const Caller = z.enum(['gateway', 'account', 'post', 'timeline', 'cli'])
export type Caller = z.infer<typeof Caller>

/** The person a verified access token speaks for. */
export interface Actor {
  readonly userId: UserId
  readonly handle: Handle
  readonly sessionId: SessionId
  readonly role: Role
}

/** What a method of a service gets: everything in it is verified. */
export interface ServiceContext {
  readonly requestId: string
  readonly caller: Caller
  readonly actor: Actor | null
  /** The actor's token, to pass on to another service. */
  readonly accessToken: string | undefined
  readonly deadlineAtMs: number
  readonly traceparent: string | undefined
}

/** What a service says when it calls another one on behalf of the call it is answering. */
export function passOn(context: ServiceContext): CallContext {
  return {
    requestId: context.requestId,
    deadlineAtMs: context.deadlineAtMs,
    ...(context.accessToken === undefined ? {} : { accessToken: context.accessToken }),
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  }
}
