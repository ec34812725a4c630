import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '@skein/contracts'
import { createRequestId, type Actor, type Clock, type Random } from '@skein/platform'
import type { RequestHandler } from 'express'

/** What is known of one request and its answer. Every handler after `openExchange` finds it by the request. */
export interface Exchange {
  readonly requestId: string
  readonly startedAtMs: number
  /** The trace header of the caller, when it is one. */
  readonly traceparent: string | undefined
  /** For logs and metrics: a path template, never a raw path. */
  route: string
  actor: Actor | null
  accessToken: string | undefined
  /** The code of the error answered. */
  code: ErrorCode | undefined
}

const exchanges = new WeakMap<IncomingMessage, Exchange>()
const requestIdPattern = /^[\w-]{1,64}$/
const traceparentPattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** @throws Error for a request that never went through `openExchange` */
export function exchangeOf(req: IncomingMessage): Exchange {
  const exchange = exchanges.get(req)
  if (exchange === undefined) throw new Error('a request outside openExchange')
  return exchange
}

/** The first handler: gives each request its id (the caller's own when it is well formed) and answers with it. */
export function openExchange({ clock, random }: { clock: Clock; random: Random }): RequestHandler {
  return (req, res, next) => {
    const requestId = headerLike(req, 'x-request-id', requestIdPattern) ?? createRequestId(random)
    exchanges.set(req, {
      requestId,
      startedAtMs: clock.now(),
      traceparent: headerLike(req, 'traceparent', traceparentPattern),
      route: 'none',
      actor: null,
      accessToken: undefined,
      code: undefined,
    })
    res.setHeader('x-request-id', requestId)
    next()
  }
}

function headerLike(req: IncomingMessage, name: string, pattern: RegExp): string | undefined {
  const value = req.headers[name]
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}
