import { createORPCClient, type NestedClient } from '@orpc/client'
import type { StandardLinkClient } from '@orpc/client/standard'
import type { AnyContractRouter } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import { StandardOpenAPILink } from '@orpc/openapi-client/standard'
import { traverseContractProcedures } from '@orpc/server'
import { AppError, type ClientOf } from '@skein/contracts'
import { z } from 'zod'
import { systemClock, type Clock } from '../clock.js'
import { createTimedSignal, orAborted, reasonOf } from '../timed-signal.js'
import type { CallContext } from './context.js'
import { jsonTextSerializer, textOf } from './json-text.js'
import type { ServiceTokens } from './service-tokens.js'
import { headerNames, readErrorAnswer, type RpcLink } from './wire.js'

export interface RpcClientOptions {
  /** The service called: the audience of the caller's tokens. */
  readonly service: string
  readonly serviceTokens: Pick<ServiceTokens, 'mint'>
  readonly clock?: Clock
}

/** A call as `client.users.get(input, { context, signal? })`. */
export type RpcClient<T extends AnyContractRouter> = ClientOf<T, CallContext>

/**
 * The typed client of a contract over a transport. Every reply is checked by its schema and cut to it: here, or, by a link
 * within the process, once by the service alone.
 * @throws AppError every failure, with the code the service answered; `unavailable` when no answer came, `deadline` when it
 * did not come in time, `internal` for a reply that is not what the contract says
 * @throws the reason of the caller's own signal when that aborts
 */
export function createRpcClient<T extends AnyContractRouter>(
  contract: T,
  link: RpcLink,
  options: RpcClientOptions,
): RpcClient<T> {
  const { service, serviceTokens, clock = systemClock } = options
  const orpcLink = new StandardOpenAPILink<CallContext>(contract, sendOver(contract, link, service), {
    url: 'http://rpc/',
    headers: ({ context }) => headersOf(context, serviceTokens.mint(service), clock),
    customErrorResponseBodyDecoder: (body, { status }) => {
      throw readErrorAnswer(body, status)
    },
    customJsonSerializers: [jsonTextSerializer],
    plugins: link.inProcess === true ? [] : [new ResponseValidationPlugin(contract)],
    interceptors: [
      async (call) => {
        const timeoutMs = call.context.deadlineAtMs - clock.now()
        if (timeoutMs <= 0) throw new AppError('deadline')
        if (link.inProcess === true) return settle(call.next(call), call.signal)
        const timed = createTimedSignal({
          clock,
          timeoutMs,
          parent: call.signal,
          onTimeout: () => new AppError('deadline'),
        })
        try {
          const { signal } = timed
          return await orAborted(settle(call.next({ ...call, signal }), signal), signal)
        } finally {
          timed.end()
        }
      },
    ],
  })
  // The library cannot see that a link for CallContext serves a client of a contract not known yet.
  return createORPCClient<NestedClient<CallContext>>(orpcLink) as RpcClient<T>
}

/** @throws the reason of the signal when that aborted, else AppError */
async function settle(reply: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await reply
  } catch (thrown) {
    if (signal?.aborted === true) throw reasonOf(signal)
    throw thrown instanceof AppError ? thrown : new AppError('internal', { cause: thrown })
  }
}

function headersOf(context: CallContext, serviceToken: string, clock: Clock): Record<string, string> {
  return {
    'content-type': 'application/json',
    [headerNames.requestId]: context.requestId,
    [headerNames.deadlineMs]: String(Math.max(0, Math.ceil(context.deadlineAtMs - clock.now()))),
    [headerNames.serviceToken]: serviceToken,
    ...(context.accessToken === undefined ? {} : { [headerNames.accessToken]: `Bearer ${context.accessToken}` }),
    ...(context.traceparent === undefined ? {} : { [headerNames.traceparent]: context.traceparent }),
  }
}

function sendOver(contract: AnyContractRouter, link: RpcLink, service: string): StandardLinkClient<CallContext> {
  const safePaths = safePathsOf(contract)
  return {
    async call({ url, headers, body }, { signal }, path) {
      const response = await link.call({
        service,
        path: url.pathname,
        headers: headers as Record<string, string>,
        text: textOf(body) ?? '',
        safe: safePaths.has(path.join('.')),
        signal: signal ?? new AbortController().signal,
      })
      const reply = parse(response.text)
      return { status: response.status, headers: response.headers, body: () => Promise.resolve(reply) }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('unavailable', { cause })
  }
}

/** The paths of the methods that the contract marks `safe`. */
function safePathsOf(contract: AnyContractRouter): ReadonlySet<string> {
  const paths = new Set<string>()
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: method, path }) => {
    if (SafeMeta.safeParse(method['~orpc'].meta).success) paths.add(path.join('.'))
  })
  return paths
}

const SafeMeta = z.object({ safe: z.literal(true) })
