/** What a caller says with every call; carried as headers, in process too. */
export interface CallContext {
  readonly requestId: string
  /** The user's own access token, passed on untouched; absent for anonymous and for calls without a user. */
  readonly accessToken?: string
  /** By the caller's clock. */
  readonly deadlineAtMs: number
  readonly traceparent?: string
}

export type Caller = 'gateway' | 'account' | 'post' | 'timeline' | 'cli'

/** The person a verified access token speaks for. */
export interface Actor {
  readonly userId: string
  readonly handle: string
  readonly sessionId: string
  readonly role: 'user' | 'operator'
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
