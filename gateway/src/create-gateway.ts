import type { Server } from 'node:http'
import type { StatsMessage } from '@skein/contracts'
import { AppError } from '@skein/contracts'
import { createHttpApi, type HttpApiDeps } from './http/http-api.js'
import type { HttpApiConfig } from './http/http-config.js'
import { createHttpServer } from './http/http-server.js'
import { createLive, type Live } from './live/create-live.js'
import type { LiveConfig, LiveDeps } from './live/deps.js'

export interface GatewayConfig {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly http: HttpApiConfig
  readonly live: LiveConfig
}

export interface GatewayDeps {
  readonly http: Omit<HttpApiDeps, 'onNotificationsRead' | 'onSessionEnded'>
  readonly live: LiveDeps
}

export interface Gateway {
  /** Resolves once it listens, the window filled. @throws Error EADDRINUSE and the like */
  start(): Promise<{ readonly port: number }>
  /** Recounted numbers for who may have the post on screen. May be lost. */
  stats(message: StatsMessage): void
  /** A word of the operator to everyone who is connected, at every gateway. May be lost. */
  notice(text: string): void
  readonly live: Pick<Live, 'isHearing' | 'positions'>
  /** Sockets get their cursor and leave in slices; new ones are refused; HTTP still answers. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** HTTP and Socket.IO on one port: all that a client can reach. */
export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  const app = createHttpApi(config.http, {
    ...deps.http,
    onNotificationsRead: (userId, upTo) => live.read(userId, upTo),
    onSessionEnded: (userId, sessionId) => live.endSession(userId, sessionId),
  })
  const server = createHttpServer(app)
  const live = createLive(server, config.live, deps.live)
  let closing: Promise<void> | undefined

  return {
    live,
    stats: (message) => live.stats(message),
    notice: (text) => live.notice(text),
    async start() {
      await live.start()
      await listen(server, config.host, config.port)
      return { port: portOf(server) }
    },
    drain: () => live.drain(),
    close: () => (closing ??= closeAll(server, live)),
  }
}

/** Socket.IO closes the HTTP server with itself; connections that stay open for requests are cut. */
async function closeAll(server: Server, live: Live): Promise<void> {
  const closed = live.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), 1_000)
  await closed
  clearTimeout(cut)
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      done()
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new AppError('internal')
  return address.port
}
