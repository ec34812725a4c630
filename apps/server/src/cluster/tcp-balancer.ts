import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'

export interface TcpBalancer {
  close(): Promise<void>
}

/**
 * Passes each connection to the next of the targets that takes it, in turn. Reads nothing of what passes: what HAProxy
 * refuses is not refused here, and every visitor has the address of this machine.
 */
export async function startTcpBalancer(port: number, targets: () => readonly number[]): Promise<TcpBalancer> {
  let turn = 0
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (visitor) => {
    const now = targets()
    const first = turn++
    const order = now.map((_, i) => now[(first + i) % now.length] ?? 0)
    track(open, visitor)
    join(visitor, order, open)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async close() {
      if (!server.listening) return
      const closed = once(server.close(), 'close')
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

function join(visitor: Socket, [port, ...others]: readonly number[], open: Set<Socket>): void {
  if (port === undefined) {
    visitor.destroy()
    return
  }
  const gateway = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  track(open, gateway)
  let isJoined = false
  gateway.once('connect', () => {
    isJoined = true
    visitor.pipe(gateway).pipe(visitor)
  })
  gateway.once('error', () => (isJoined ? visitor.destroy() : join(visitor, others, open)))
  visitor.once('close', () => gateway.destroy())
  gateway.once('close', () => isJoined && visitor.destroy())
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket)
  socket.once('close', () => open.delete(socket))
  socket.on('error', () => socket.destroy())
}
