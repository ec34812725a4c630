import { createServer, type ServerResponse } from 'node:http'
import type { Health, HealthReport } from './health.js'
import { listen, shut, type ListenOptions } from './http-server.js'
import type { Metrics } from './metrics.js'

export interface OpsServerOptions extends ListenOptions {
  readonly health: Health
  readonly metrics: Metrics
}

export interface OpsServer {
  readonly port: number
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * For the operator and the balancer, on a port of its own that nobody outside reaches: `/livez` (the process answers; also
 * `/healthz`), `/readyz` (200 or 503; the checks line by line with `?verbose`), `/metrics`. Resolves when listening.
 */
export async function serveOps({ health, metrics, ...where }: OpsServerOptions): Promise<OpsServer> {
  let closing: Promise<void> | undefined
  const server = createServer((request, response) => {
    answer(request.method ?? '', request.url ?? '/', health, metrics).then(
      (reply) => send(response, reply),
      () => send(response, { status: 500, text: 'failed\n' }),
    )
  })
  const port = await listen(server, where)
  return { port, close: () => (closing ??= shut(server, 500)) }
}

type Reply = { readonly status: number; readonly text: string; readonly contentType?: string }

async function answer(method: string, target: string, health: Health, metrics: Metrics): Promise<Reply> {
  const [path = '', query = ''] = target.split('?')
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET\n' }
  switch (path) {
    case '/livez':
    case '/healthz':
      return { status: 200, text: 'ok\n' }
    case '/readyz': {
      const report = await health.report()
      const text = new URLSearchParams(query).has('verbose')
        ? linesOf(report)
        : `${report.isReady ? 'ok' : 'not ready'}\n`
      return { status: report.isReady ? 200 : 503, text }
    }
    case '/metrics':
      return { status: 200, text: await metrics.read(), contentType: metrics.contentType }
    default:
      return { status: 404, text: 'there is /livez, /readyz?verbose and /metrics\n' }
  }
}

/** `[+]name detail` of a well one, `[-]name detail` of one that makes the process not ready, `[!]` of another unwell one. */
function linesOf({ checks, isReady }: HealthReport): string {
  const lines = checks.map(({ name, isOk, affectsReady, detail }) => {
    const mark = isOk ? '+' : affectsReady ? '-' : '!'
    return `[${mark}]${name} ${detail ?? (isOk ? 'ok' : 'failed')}`
  })
  return `${[...lines, isReady ? 'ready' : 'not ready'].join('\n')}\n`
}

function send(response: ServerResponse, { status, text, contentType = 'text/plain; charset=utf-8' }: Reply): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' })
  response.end(text)
}
