import type { Clock, Logger } from '@skein/platform'
import type { RequestHandler } from 'express'
import type { HttpApiMetrics } from '../ops/http-metrics.js'
import { exchangeOf } from './exchange.js'

/** One log line and one observation a request, once it is answered or its caller left. No bodies, tokens or raw paths. */
export function recordAnswers({
  clock,
  log,
  metrics,
}: {
  clock: Clock
  log: Logger
  metrics: HttpApiMetrics
}): RequestHandler {
  return (req, res, next) => {
    const { method } = req
    res.once('close', () => {
      const { requestId, startedAtMs, route, code, actor } = exchangeOf(req)
      const durationMs = clock.now() - startedAtMs
      const status = res.writableFinished ? res.statusCode : 499
      metrics.answered({ route, method, status, durationMs })
      const who = actor === null ? {} : { userId: actor.userId }
      const failed = code === undefined ? {} : { code }
      log.info({ requestId, method, route, status, durationMs, ...who, ...failed }, 'request answered')
    })
    next()
  }
}
