import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

const host = '127.0.0.1'

/** So many different ports that nothing listened on a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** @throws Error naming the remedy, when something listens there */
export async function assertFree(port: number): Promise<void> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new Error(`Port ${port} cannot be opened. Take another one: skein cluster --port 8081`, { cause })
  }
  await once(server.close(), 'close')
}
