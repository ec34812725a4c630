import { apiContract, AppError, IdempotencyKey } from '@skein/contracts'
import type { Clock } from '@skein/platform'
import type { Request, RequestHandler, Response } from 'express'
import { anonymousRoutes } from '../auth/anonymous-routes.js'
import { authenticate, type AccessTokenVerifier } from '../auth/authenticate.js'
import { sendJson } from './answer.js'
import type { ApiContext } from './api-context.js'
import type { ApiHandler } from './api-handler.js'
import { exchangeOf } from './exchange.js'
import { addressKey, type RateLimits } from './rate-limits.js'
import { hasBody, readJsonBody } from './read-body.js'
import { createRouteTable, type Route, type RouteTable } from './route-table.js'

export interface ServeApiOptions {
  readonly handle: ApiHandler
  readonly verifier: AccessTokenVerifier
  readonly limits: RateLimits
  readonly clock: Clock
  readonly deadlineMs: number
  readonly maxBodyBytes: number
}

/** The methods of the contract under the path this is mounted at. Every path there is answered, known or not. */
export function serveApi(options: ServeApiOptions): RequestHandler {
  const table = createRouteTable(apiContract)
  return async (req, res) => {
    const { path, query } = splitUrl(req.url)
    const route = findRoute(table, req, res, path)
    if (route === null) return
    await admit(route, req, res, options)
    const signal = goneSignal(res)
    const body = await bodyOf(route, req, options.maxBodyBytes)
    const context = contextOf(req, options)
    const answer = await options.handle({ route, path, query, body, context, signal })
    sendJson(res, answer.status, answer.body)
  }
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const at = url.indexOf('?')
  return at < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) }
}

/** null when the answer is already given. @throws AppError not_found, method_not_allowed */
function findRoute(table: RouteTable, req: Request, res: Response, path: string): Route | null {
  const exchange = exchangeOf(req)
  const found = table.find(req.method, path)
  if (found.kind === 'none') throw new AppError('not_found')
  if (found.kind === 'route') {
    exchange.route = `${req.baseUrl}${found.route.template}`
    return found.route
  }
  exchange.route = `${req.baseUrl}${found.template}`
  res.setHeader('allow', found.allow.join(', '))
  if (req.method !== 'OPTIONS') throw new AppError('method_not_allowed')
  res.statusCode = 204
  res.end()
  return null
}

const limitOfRoute = new Map([
  ['accounts.create', 'signUp'],
  ['sessions.create', 'signIn'],
  ['sessions.refresh', 'refresh'],
] as const)

/** @throws AppError rate_limited, unauthenticated, session_ended */
async function admit(route: Route, req: Request, res: Response, { verifier, limits }: ServeApiOptions): Promise<void> {
  const exchange = exchangeOf(req)
  const special = [...limitOfRoute].find(([name]) => name === route.name)
  if (special !== undefined) await limits.take(special[1], addressKey(req), res)
  const signedIn = await authenticate(req.headers, verifier)
  if (signedIn === null) {
    if (!anonymousRoutes.has(route.name)) throw new AppError('unauthenticated')
    return
  }
  exchange.actor = signedIn.actor
  exchange.accessToken = signedIn.accessToken
  await limits.take('user', signedIn.actor.userId, res)
  if (route.name === 'posts.create') await limits.take('post', signedIn.actor.userId, res)
}

function goneSignal(res: Response): AbortSignal {
  const controller = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) controller.abort(new AppError('unavailable', { message: 'The caller left.' }))
  })
  return controller.signal
}

async function bodyOf(route: Route, req: Request, maxBytes: number): Promise<Record<string, unknown>> {
  if (route.method !== 'GET') return readJsonBody(req, maxBytes)
  if (hasBody(req)) throw new AppError('invalid', { message: 'A GET takes no body.' })
  return {}
}

function contextOf(req: Request, { clock, deadlineMs }: ServeApiOptions): ApiContext {
  const { requestId, accessToken, traceparent, actor } = exchangeOf(req)
  return {
    call: {
      requestId,
      deadlineAtMs: clock.now() + deadlineMs,
      ...(accessToken === undefined ? {} : { accessToken }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    actor,
    userAgent: req.get('user-agent') ?? '',
    idempotencyKey: idempotencyKeyOf(req),
    reply: {},
  }
}

/** @throws AppError invalid */
function idempotencyKeyOf(req: Request): string | undefined {
  const key = req.get('idempotency-key')
  if (key === undefined) return undefined
  const parsed = IdempotencyKey.safeParse(key)
  if (parsed.success) return parsed.data
  throw new AppError('invalid', { fields: { 'Idempotency-Key': parsed.error.issues[0]?.message ?? 'is not valid' } })
}
