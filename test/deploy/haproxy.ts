import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@skein/platform/testing'
import { freePort } from '@skein/platform/testing/redis'
import { WebSocketServer } from 'ws'
import { fromRoot } from '../support/repo-files.js'

/** Whether this machine has HAProxy. */
export const hasHaproxy = (): boolean => spawnSync('haproxy', ['-v']).status === 0

/** Stands where a gateway does: says who it is and what it was asked, on one port with its health. */
export interface StandIn extends AsyncDisposable {
  readonly port: number
  isReady: boolean
}

export interface Asked {
  readonly by: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export async function startStandIn(name: string): Promise<StandIn> {
  const server = createServer((req, res) => {
    if (req.url === '/readyz') return void res.writeHead(standIn.isReady ? 200 : 503).end()
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify({ by: name, url: req.url, headers: req.headers }))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(`${name} heard ${data.toString()}`))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const standIn: StandIn = {
    port: (server.address() as AddressInfo).port,
    isReady: true,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return standIn
}

/** HAProxy over the repository's own file, the line that finds gateways by DNS replaced by these. */
export async function startHaproxy(gateways: readonly StandIn[], env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'skein-haproxy-'))
  const file = join(folder, 'haproxy.cfg')
  const servers = gateways.map(({ port }, i) => `  server gateway${i + 1} 127.0.0.1:${port} check port ${port}`)
  const text = readFileSync(fromRoot('deploy/haproxy.cfg'), 'utf8')
  writeFileSync(file, text.replace(/^ *server-template .*$/m, servers.join('\n')))
  const [port, opsPort] = [await freePort(), await freePort()]
  const bind = { BALANCER_BIND: `127.0.0.1:${port}`, BALANCER_OPS_BIND: `127.0.0.1:${opsPort}` }
  const child = spawn('haproxy', ['-db', '-f', file], {
    stdio: 'ignore',
    env: { ...process.env, ...bind, BALANCER_CONNECTIONS: '1000', ...env },
  })
  const stop = async (): Promise<void> => {
    const gone = child.exitCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await gone
    rmSync(folder, { recursive: true })
  }
  try {
    await eventually(async () => (await ask(opsPort, '/readyz')).status === 200, 10_000)
  } catch (thrown) {
    await stop()
    throw thrown
  }
  return {
    port,
    opsPort,
    [Symbol.asyncDispose]: stop,
  }
}

/** One request on a connection of its own, with the path as it stands. */
export async function ask(port: number, path: string, headers: Record<string, string> = {}) {
  const req = request({ host: '127.0.0.1', port, path, headers, agent: false })
  req.end()
  const [res] = (await once(req, 'response')) as [IncomingMessage]
  let body = ''
  for await (const chunk of res.setEncoding('utf8')) body += String(chunk)
  return { status: res.statusCode ?? 0, body }
}
