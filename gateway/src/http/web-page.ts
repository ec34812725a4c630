import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@skein/platform'
import type { RequestHandler } from 'express'
import sirv from 'sirv'
import { exchangeOf } from './exchange.js'

const reserved = /^\/(?:v1|docs|socket\.io|\.well-known)(?:\/|$)/

/**
 * The built web page: hashed files under `/assets/` for ever, everything else asked for again; a compressed neighbour
 * (`.br`, `.gz`) when there is one. A browser that asks for a page at any other address gets `index.html`. The folder is
 * listed once, here.
 */
export function serveWebPage(webRoot: string | undefined, log: Logger): RequestHandler {
  if (webRoot === undefined) return (_req, _res, next) => next()
  if (!existsSync(join(webRoot, 'index.html'))) {
    log.warn({ webRoot }, 'the web page is not built: only the API is served')
    return (_req, _res, next) => next()
  }
  const serve = sirv(webRoot, {
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders: (res, path) => {
      const isHashed = path.startsWith('/assets/')
      res.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  return (req, res, next) => {
    if ((req.method !== 'GET' && req.method !== 'HEAD') || reserved.test(req.path)) return next()
    const exchange = exchangeOf(req)
    // Parts of files are asked for by no browser here, and a malformed range would break off an answer.
    delete req.headers.range
    exchange.route = 'web'
    serve(req, res, () => {
      const isPage = (req.headers.accept ?? '').includes('text/html')
      if (isPage) req.url = '/'
      else exchange.route = 'none'
      if (isPage) serve(req, res, next)
      else next()
    })
  }
}
