import { createServer, type Server } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import type { AddressInfo } from 'node:net'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
/** What the gateway sends: no inline script, no inline style. */
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"

export interface StaticServer extends AsyncDisposable {
  readonly url: string
}

/** Serves a built page on a free port; any address without a file gets index.html. */
export async function serveBuilt(root: string): Promise<StaticServer> {
  const server = createServer((req, res) => {
    const path = normalize(new URL(req.url ?? '/', 'http://x').pathname)
    const file = extname(path) === '' ? 'index.html' : path
    readFile(join(root, file)).then(
      (body) => {
        res.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
        res.setHeader('content-security-policy', policy)
        res.end(body)
      },
      () => {
        res.statusCode = 404
        res.end()
      },
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${portOf(server)}`, [Symbol.asyncDispose]: () => close(server) }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.closeAllConnections()
    server.close(() => done())
  })
}
