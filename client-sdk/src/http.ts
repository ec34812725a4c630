import { clientClosed, isRecord, readErrorBody, SkeinError, unavailable } from './errors.js'
import { backoffMs, reasonOf, scopeOf, sleep, type Env, type Scope } from './timing.js'
import type { CallOptions } from './types.js'

export type Query = Record<string, string | number | undefined>

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/v1`, its parts already escaped. */
  path: string
  query?: Query
  body?: unknown
  /** Idempotency-Key. */
  key?: string
  /** Sent without a token, whatever there is. */
  anonymous?: boolean
  /** How often a retryable failure is tried again within the deadline. Default 2, for POST 0. */
  retries?: number
  /** What a good answer must look like; another one counts as `unavailable`. */
  check?: (body: Record<string, unknown>) => boolean
}

export interface Auth {
  /** A token thought to be good; null to go without. */
  token(signal: AbortSignal): Promise<string | null>
  /** After `refused` was refused: another one, or null when there is none to be had. */
  renew(refused: string, signal: AbortSignal): Promise<string | null>
}

export interface Http {
  /**
   * One call of the public API with its deadline (10 s), its retries and a fresh token.
   * @throws SkeinError; the signal's reason when aborted
   */
  call<T>(request: Request, options?: CallOptions): Promise<T>
  /** Ends every call under way. */
  close(): void
}

export interface HttpConfig {
  /** Without a slash at the end. */
  base: string
  fetch: typeof fetch
  app: string | undefined
}

const defaultTimeoutMs = 10_000

export function createHttp(config: HttpConfig, auth: Auth, env: Env): Http {
  const open = new Set<AbortController>()
  let closed = false

  async function call<T>(request: Request, options: CallOptions = {}): Promise<T> {
    if (closed) throw clientClosed()
    const own = new AbortController()
    const follow = () => own.abort(options.signal?.reason)
    if (options.signal?.aborted === true) throw reasonOf(options.signal)
    options.signal?.addEventListener('abort', follow, { once: true })
    open.add(own)
    const scope = scopeOf(env, options.timeoutMs ?? defaultTimeoutMs, own.signal)
    try {
      return await retrying<T>(request, scope)
    } finally {
      scope.close()
      open.delete(own)
      options.signal?.removeEventListener('abort', follow)
    }
  }

  async function retrying<T>(request: Request, scope: Scope): Promise<T> {
    const retries = request.retries ?? (request.method === 'POST' ? 0 : 2)
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await authorised<T>(request, scope.signal)
      } catch (error) {
        if (scope.signal.aborted) throw reasonOf(scope.signal)
        if (!(error instanceof SkeinError) || !error.retryable || attempt >= retries) throw error
        const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, 200, 2_000, env))
        if (waitMs >= scope.remainingMs()) throw error
        await sleep(env, waitMs, scope.signal)
      }
    }
  }

  async function authorised<T>(request: Request, signal: AbortSignal): Promise<T> {
    const token = request.anonymous === true ? null : await auth.token(signal)
    try {
      return await send<T>(request, token, signal)
    } catch (error) {
      if (token === null || !isRefusedToken(error)) throw error
      const fresh = await auth.renew(token, signal)
      if (fresh === null) throw error
      return await send<T>(request, fresh, signal)
    }
  }

  async function send<T>(request: Request, token: string | null, signal: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token !== null) headers['authorization'] = `Bearer ${token}`
    if (request.key !== undefined) headers['idempotency-key'] = request.key
    // A page has its browser's name already, and may not change it.
    if (config.app !== undefined && globalThis.document === undefined) headers['user-agent'] = config.app
    const init: RequestInit = { method: request.method, headers, signal, cache: 'no-store', credentials: 'omit' }
    if (request.body !== undefined) {
      headers['content-type'] = 'application/json'
      init.body = JSON.stringify(request.body)
    }
    const fetched = await config.fetch(addressOf(config.base, request), init).catch((error: unknown) => error)
    if (!(fetched instanceof Response)) throw unavailable(fetched)
    return await readAnswer<T>(fetched, request)
  }

  return {
    call,
    close() {
      closed = true
      for (const controller of open) controller.abort(clientClosed())
    },
  }
}

/** A token that is expired, unknown, or of an ended session: a renewed one may help. */
export function isRefusedToken(error: unknown): boolean {
  return error instanceof SkeinError && (error.code === 'unauthenticated' || error.code === 'session_ended')
}

function addressOf(base: string, request: Request): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {}))
    if (value !== undefined) query.set(name, String(value))
  const text = query.toString()
  return `${base}/v1${request.path}${text === '' ? '' : `?${text}`}`
}

async function readAnswer<T>(response: Response, request: Request): Promise<T> {
  const body: unknown = await response.json().catch((error: unknown) => unavailable(error, response.status))
  if (!response.ok)
    throw withRetryAfter(readErrorBody(body instanceof SkeinError ? null : body, response.status), response)
  if (body instanceof SkeinError) throw body
  if (!isRecord(body) || request.check?.(body) === false)
    throw unavailable(new Error('the answer has another form than expected'), response.status)
  return body as T
}

/** The header counts when the body says nothing; seconds only. */
function withRetryAfter(error: SkeinError, response: Response): SkeinError {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  if (error.retryAfterMs === undefined && seconds >= 0) Object.assign(error, { retryAfterMs: seconds * 1_000 })
  return error
}
