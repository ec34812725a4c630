import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Takes connections on one port and gives them to the targets in turn. */
export interface Balancer {
  readonly port: number
  /** The ports to give connections to from now on. */
  aim(targets: readonly number[]): void
  close(): Promise<void>
}

export async function openBalancer(): Promise<Balancer> {
  const open = new Set<Socket>()
  let targets: readonly number[] = []
  let turn = 0
  const server = createServer((near) => {
    const target = targets[turn++ % targets.length]
    if (target === undefined) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    aim: (next) => {
      targets = next
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
