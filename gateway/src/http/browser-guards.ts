import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** The headers that keep a page to itself: scripts and styles of this server only, no frames, no inline code. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
      },
    },
    // Whoever ends TLS decides on it: this server may well be reached by plain HTTP.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  })
}

const exposed = 'x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after'
const allowedHeaders = 'authorization, content-type, idempotency-key, x-request-id, traceparent'
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** Lets pages of the listed origins read answers. Other pages get no such leave, and their preflights fail. */
export function crossOriginHeaders(origins: readonly string[]): RequestHandler {
  const known = new Set(origins)
  return (req, res, next) => {
    const origin = req.headers.origin
    res.vary('origin')
    if (origin !== undefined && known.has(origin)) {
      res.setHeader('access-control-allow-origin', origin)
      res.setHeader('access-control-expose-headers', exposed)
    }
    next()
  }
}

/** Answers the preflights of the listed origins. */
export function answerPreflights(): RequestHandler {
  return (req, res, next) => {
    const isPreflight = req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined
    if (!isPreflight || !res.hasHeader('access-control-allow-origin')) return next()
    res.setHeader('access-control-allow-methods', allowedMethods)
    res.setHeader('access-control-allow-headers', allowedHeaders)
    res.setHeader('access-control-max-age', '600')
    res.statusCode = 204
    res.end()
  }
}
