import { apiContract } from '@skein/contracts'
import { declareHttpMetrics, type Metrics } from '@skein/platform'
import type { LimitName } from '../http/rate-limits.js'
import { createRouteTable } from '../http/route-table.js'

/** What the HTTP side tells its operators. */
export interface HttpApiMetrics {
  /** `route` is a path template or `web`; anything else counts as `unknown`. */
  answered(answer: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly durationMs: number
  }): void
  rateLimited(limit: LimitName): void
}

const limitNames = ['ip', 'user', 'signUp', 'signIn', 'refresh', 'post'] as const satisfies readonly LimitName[]
const fixed = ['/v1/openapi.json', '/docs', '/docs/docs.css', '/.well-known/jwks.json', 'web']

/**
 * Requests and their duration by route, as `GET /v1/posts/{id}` (a HEAD counts as the GET it is), requests by class of
 * status, and those refused by each rate limit. Declared once a registry.
 */
export function createHttpApiMetrics(metrics: Metrics): HttpApiMetrics {
  const api = createRouteTable(apiContract).routes.map(({ method, template }) => `${method} /v1${template}`)
  const http = declareHttpMetrics(metrics, [...api, ...fixed.map((route) => `GET ${route}`)])
  const limited = metrics.counter({
    name: 'http_rate_limited_total',
    help: 'Requests refused by a rate limit.',
    labels: { limit: limitNames },
  })
  return {
    answered({ method, route, status, durationMs }) {
      http.observe({ route: `${method === 'HEAD' ? 'GET' : method} ${route}`, status, durationMs })
    },
    rateLimited(limit) {
      limited.add({ limit })
    },
  }
}
