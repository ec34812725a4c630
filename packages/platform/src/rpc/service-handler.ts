import { StandardOpenAPIHandler } from '@orpc/openapi/standard'
import { traverseContractProcedures } from '@orpc/server'
import { AppError, errorTable, toErrorBody, type ErrorCode } from '@skein/contracts'
import { systemClock, type Clock } from '../clock.js'
import type { Logger } from '../log.js'
import { createRequestId, systemRandom, type Random } from '../random.js'
import { createTimedSignal, orAborted } from '../timed-signal.js'
import { createAccess, type AccessRules } from './access.js'
import { toAppError } from './app-error.js'
import type { Actor, Caller, ServiceContext } from './context.js'
import { jsonTextSerializer, textOf } from './json-text.js'
import type { ServiceTokens } from './service-tokens.js'
import { headerNames, headerOf, type RpcHeaders, type RpcRequest, type RpcResponse } from './wire.js'

export interface ServiceHandlerOptions extends AccessRules {
  /** The audience of the callers' tokens, and the first part of the path over HTTP. */
  readonly service: string
  readonly serviceTokens: Pick<ServiceTokens, 'verify'>
  /** @throws AppError unauthenticated, session_ended */
  readonly userTokens: { verify(accessToken: string): Promise<{ readonly actor: Actor }> }
  readonly log: Logger
  readonly clock?: Clock
  readonly random?: Random
  /** 1 MiB when absent: a list of 20,000 ids fits. */
  readonly maxBodyBytes?: number
  /** The deadline of a call that names none or a later one: 30 s when absent. */
  readonly maxDeadlineMs?: number
  /** Told once a call, after its answer. For metrics. */
  readonly onCall?: (call: ServedCall) => void
}

export interface ServedCall {
  /** A name of the contract, or `unknown`. */
  readonly method: string
  readonly caller: Caller | 'unknown'
  readonly code: ErrorCode | 'ok'
  readonly durationMs: number
}

/** A service as both transports take it. Never rejects: every failure is an answer. */
export interface ServiceHandler {
  readonly service: string
  /** Every method, as `users.cards`. */
  readonly methods: readonly string[]
  readonly maxBodyBytes: number
  handle(request: RpcRequest): Promise<RpcResponse>
}

type Router = ConstructorParameters<typeof StandardOpenAPIHandler<ServiceContext>>[0]
type LazyRequest = Parameters<StandardOpenAPIHandler<ServiceContext>['handle']>[0]
type Call = { method: string; caller: Caller | 'unknown'; readonly requestId: string; readonly startedAtMs: number }

/**
 * Serves an implemented contract. Before a method runs, the caller's and the user's tokens are verified, the access rules
 * asked and the input checked; its deadline ends the wait even when the method does not look at its signal; what it
 * returns is cut to the output schema. What it throws leaves as a code of the table, `internal` being logged with its cause.
 */
export function createServiceHandler(router: Router, options: ServiceHandlerOptions): ServiceHandler {
  const { log, clock = systemClock, random = systemRandom, maxBodyBytes = 1_048_576, maxDeadlineMs = 30_000 } = options
  const methods = methodsOf(router)
  const admit = createAccess(options, new Set(methods.values()))
  const handler = createHandler(router, (method, context) => admit(method, context.caller, context.actor))

  function finish(call: Call, code: ErrorCode | 'ok'): void {
    options.onCall?.({ method: call.method, caller: call.caller, code, durationMs: clock.now() - call.startedAtMs })
  }

  async function serve(request: RpcRequest, call: Call): Promise<RpcResponse> {
    const timeoutMs = readDeadline(request.headers, maxDeadlineMs)
    const timed = createTimedSignal({
      clock,
      timeoutMs,
      parent: request.signal,
      onTimeout: () => new AppError('deadline'),
    })
    try {
      return await orAborted(answer(request, call, timeoutMs, timed.signal), timed.signal)
    } finally {
      timed.end()
    }
  }

  async function answer(request: RpcRequest, call: Call, timeoutMs: number, signal: AbortSignal): Promise<RpcResponse> {
    const { headers } = request
    call.caller = verifyCaller(headers, options)
    call.method = methods.get(request.path) ?? 'unknown'
    if (call.method === 'unknown') throw new AppError('not_found', { message: 'There is no such method.' })
    if (request.method !== 'POST') throw new AppError('method_not_allowed')
    if (!isJson(headers)) throw new AppError('unsupported_media')
    const accessToken = bearerOf(headers)
    const actor = accessToken === undefined ? null : (await options.userTokens.verify(accessToken)).actor
    const { requestId, startedAtMs, caller } = call
    const traceparent = headerOf(headers, headerNames.traceparent)
    const context = { requestId, caller, actor, accessToken, deadlineAtMs: startedAtMs + timeoutMs, traceparent }
    const { response } = await handler.handle(lazyRequest(request, signal, maxBodyBytes), { context })
    if (response === undefined) throw new AppError('not_found', { message: 'There is no such method.' })
    return { status: response.status, headers: answerHeaders(requestId), text: textOf(response.body) ?? 'null' }
  }

  return {
    service: options.service,
    methods: [...methods.values()],
    maxBodyBytes,
    async handle(request) {
      const requestId = readRequestId(request.headers) ?? createRequestId(random)
      const call: Call = { method: 'unknown', caller: 'unknown', requestId, startedAtMs: clock.now() }
      try {
        const response = await serve(request, call)
        finish(call, 'ok')
        return response
      } catch (thrown) {
        const error = request.signal.aborted ? new AppError('unavailable', { cause: thrown }) : toAppError(thrown)
        if (error.code === 'internal') {
          log.error(
            { requestId, method: call.method, caller: call.caller, error: error.cause ?? error },
            'a call failed',
          )
        }
        finish(call, error.code)
        return errorResponse(error, requestId)
      }
    },
  }
}

/** The answer for an error, by whatever it came about. */
export function errorResponse(error: AppError, requestId: string): RpcResponse {
  return {
    status: errorTable[error.code].status,
    headers: answerHeaders(requestId),
    text: JSON.stringify(toErrorBody(error, requestId)),
  }
}

/** Names such as `users.cards` by their paths, `/users/cards`. */
function methodsOf(router: Router): ReadonlyMap<string, string> {
  const methods = new Map<string, string>()
  traverseContractProcedures({ router, path: [] }, ({ path }) => {
    methods.set(`/${path.map(encodeURIComponent).join('/')}`, path.join('.'))
  })
  return methods
}

function createHandler(
  router: Router,
  admit: (method: string, context: ServiceContext) => void,
): StandardOpenAPIHandler<ServiceContext> {
  return new StandardOpenAPIHandler<ServiceContext>(router, {
    customJsonSerializers: [jsonTextSerializer],
    clientInterceptors: [
      (call) => {
        admit(call.path.join('.'), call.context)
        return call.next()
      },
    ],
    // Outside the library's own mapping, which would turn what is thrown into its own codes: carried out as it is.
    interceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (thrown) {
          return { matched: true, response: { status: 500, headers: {}, body: new Thrown(toAppError(thrown)) } }
        }
      },
    ],
    rootInterceptors: [
      async (call) => {
        const result = await call.next()
        if (result.matched && result.response.body instanceof Thrown) throw result.response.body.error
        return result
      },
    ],
  })
}

class Thrown {
  readonly error: AppError
  constructor(error: AppError) {
    this.error = error
  }
}

function lazyRequest(request: RpcRequest, signal: AbortSignal, maxBodyBytes: number): LazyRequest {
  let parsed: Promise<unknown> | undefined
  return {
    method: 'POST',
    url: new URL(request.path, 'http://rpc'),
    headers: { ...request.headers },
    signal,
    body: () => (parsed ??= readJson(request, maxBodyBytes)),
  }
}

async function readJson(request: RpcRequest, maxBodyBytes: number): Promise<unknown> {
  const text = await request.text()
  if (Buffer.byteLength(text) > maxBodyBytes) throw new AppError('too_large')
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch (cause) {
    throw new AppError('invalid', { message: 'The body is not JSON.', cause })
  }
}

/** A caller without a valid token is a fault of the installation and nothing an end user could mend. */
function verifyCaller(headers: RpcHeaders, { service, serviceTokens }: ServiceHandlerOptions): Caller {
  try {
    return serviceTokens.verify(headerOf(headers, headerNames.serviceToken) ?? '', service)
  } catch (cause) {
    throw new AppError('internal', { cause })
  }
}

function bearerOf(headers: RpcHeaders): string | undefined {
  const value = headerOf(headers, headerNames.accessToken)
  if (value === undefined) return undefined
  if (!value.startsWith('Bearer ')) throw new AppError('unauthenticated')
  return value.slice('Bearer '.length)
}

function isJson(headers: RpcHeaders): boolean {
  return /^application\/json(;|$)/i.test(headerOf(headers, 'content-type') ?? '')
}

function readRequestId(headers: RpcHeaders): string | undefined {
  const value = headerOf(headers, headerNames.requestId)
  return value !== undefined && /^[\w.:-]{1,64}$/.test(value) ? value : undefined
}

function readDeadline(headers: RpcHeaders, maxMs: number): number {
  const value = headerOf(headers, headerNames.deadlineMs)
  if (value === undefined || !/^\d{1,9}$/.test(value)) return maxMs
  return Math.min(Number(value), maxMs)
}

function answerHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'application/json', [headerNames.requestId]: requestId }
}
