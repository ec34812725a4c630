import type { Server } from 'node:http'

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

/** Resolves to the port when listening. @throws the error of the system, such as EADDRINUSE */
export async function listen(server: Server, { host, port }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** Stops accepting; resolves when every connection has ended. After `graceMs` the last ones are cut. */
export function shut(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
