import { AppError } from '@skein/contracts'
import { systemRandom, type Clock, type Logger, type Random } from '@skein/platform'
import express, { type Express, type RequestHandler } from 'express'
import type { AccessTokenVerifier } from '../auth/authenticate.js'
import type { HttpApiMetrics } from '../ops/http-metrics.js'
import { answerErrors, sendJson } from './answer.js'
import type { Services } from './api-context.js'
import { createApiHandler } from './api-handler.js'
import { createApiRouter } from './api-router.js'
import { answerPreflights, crossOriginHeaders, securityHeaders } from './browser-guards.js'
import { createDocs } from './docs/docs.js'
import { exchangeOf, openExchange } from './exchange.js'
import type { HttpApiConfig } from './http-config.js'
import { addressKey, createRateLimits, type RateLimits } from './rate-limits.js'
import { readOnly } from './read-only.js'
import { recordAnswers } from './record-answers.js'
import type { NotificationsRead } from './routes/feed-routes.js'
import type { SessionEnded } from './routes/session-routes.js'
import { serveApi } from './serve-api.js'
import { serveWebPage } from './web-page.js'

export interface HttpApiDeps extends Services {
  readonly verifier: AccessTokenVerifier
  readonly clock: Clock
  readonly random?: Random
  readonly log: Logger
  readonly metrics: HttpApiMetrics
  /** Told after the read marker moved, to tell the person's other devices. Must not wait. */
  readonly onNotificationsRead: NotificationsRead
  /** Told after somebody signed a session of theirs out, to close its sockets before the log says so. Must not wait. */
  readonly onSessionEnded?: SessionEnded
}

/**
 * The public HTTP side, not listening: `/v1` (the API), `/v1/openapi.json`, `/docs`, `/.well-known/jwks.json` and the web
 * page. Every answer carries `X-Request-Id` and the rate limit; every failure is an error of the table.
 */
export function createHttpApi(config: HttpApiConfig, deps: HttpApiDeps): Express {
  const { clock, log, metrics, verifier, account, random = systemRandom } = deps
  const { deadlineMs, maxBodyBytes } = config
  const limits = createRateLimits(config.limits, (name) => metrics.rateLimited(name))
  const handle = createApiHandler(createApiRouter(config, deps))
  const docs = createDocs(config)

  const app = express()
  app.disable('x-powered-by').disable('etag').set('query parser', false)
  app.set('trust proxy', config.trustProxy)

  app.use(openExchange({ clock, random }))
  app.use(recordAnswers({ clock, log, metrics }))
  app.use(securityHeaders())
  app.use(crossOriginHeaders(config.origins))
  app.use(limitAddresses(limits))
  app.use(answerPreflights())
  app.use('/v1/openapi.json', readOnly(docs.document))
  app.use('/v1', serveApi({ handle, verifier, limits, clock, deadlineMs, maxBodyBytes }))
  app.use('/docs/docs.css', readOnly(docs.style))
  app.use('/docs', readOnly(docs.page))
  app.use(
    '/.well-known/jwks.json',
    readOnly(async (req, res) => {
      const { requestId } = exchangeOf(req)
      const keys = await account.sessions.jwks({}, { context: { requestId, deadlineAtMs: clock.now() + deadlineMs } })
      res.setHeader('cache-control', 'public, max-age=300')
      sendJson(res, 200, keys)
    }),
  )
  app.use(serveWebPage(config.webRoot, log))
  app.use(() => {
    throw new AppError('not_found')
  })
  app.use(answerErrors(log))
  return app
}

function limitAddresses(limits: RateLimits): RequestHandler {
  return async (req, res, next) => {
    await limits.take('ip', addressKey(req), res)
    if (req.headers.host === undefined && req.httpVersion === '1.1')
      throw new AppError('invalid', { message: 'The Host header is missing.' })
    next()
  }
}
