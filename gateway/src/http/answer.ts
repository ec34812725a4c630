import { AppError, errorTable, toErrorBody } from '@skein/contracts'
import { toAppError, type Logger } from '@skein/platform'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { z } from 'zod'
import { exchangeOf } from './exchange.js'

/** Sends JSON that no cache may keep. */
export function sendJson(res: Response, status: number, body: unknown): void {
  sendText(res, status, 'application/json; charset=utf-8', JSON.stringify(body))
}

/** Sends a whole text; a cache may not keep it unless `cache-control` was set before. */
export function sendText(res: Response, status: number, type: string, text: string): void {
  res.statusCode = status
  res.setHeader('content-type', type)
  res.setHeader('content-length', Buffer.byteLength(text))
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-store')
  res.end(text)
}

/** Sends the table's body of an error, with `Retry-After` where the error says when to come back. */
export function sendError(req: Request, res: Response, error: AppError): void {
  const exchange = exchangeOf(req)
  exchange.code = error.code
  if (error.retryAfterMs !== undefined) res.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1_000))
  if (error.code === 'unauthenticated' || error.code === 'session_ended') res.setHeader('www-authenticate', 'Bearer')
  res.setHeader('cache-control', 'no-store')
  sendJson(res, errorTable[error.code].status, toErrorBody(error, exchange.requestId))
}

const RefusedByLibrary = z.object({ status: z.int().min(400).max(499) })

/** The last handler: everything thrown becomes an answer of the table; what is `internal` is logged with its cause. */
export function answerErrors(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const refused = !(thrown instanceof AppError) && RefusedByLibrary.safeParse(thrown).success
    const error = refused ? new AppError('invalid', { cause: thrown }) : toAppError(thrown)
    const { requestId, route } = exchangeOf(req)
    if (error.code === 'internal' && !res.destroyed)
      log.error({ requestId, route, error: error.cause ?? error }, 'a request failed')
    if (res.headersSent || res.destroyed) res.destroy()
    else sendError(req, res, error)
  }
}
