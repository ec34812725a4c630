import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A TCP way to a part, with the faults of a network. */
export interface Link {
  readonly port: number
  /** Both ways, so far. */
  readonly carriedBytes: number
  /** Every piece arrives so much later, both ways, in order. */
  delay(ms: number): void
  /** No faster than so many bytes a second to each client; null: as fast as it goes. */
  limit(bytesPerSecond: number | null): void
  /** Breaks what is open and refuses what is new. */
  cut(): void
  /** What is open, and what is new, stays open and carries nothing. */
  silence(): void
  /** Carries again; what was silent is broken, as by a router that forgot it. */
  mend(): void
  close(): Promise<void>
}

/** @param target asked for at each connection, because a part may get its port after its link */
export async function openLink(target: () => number | Promise<number>): Promise<Link> {
  const open = new Set<Socket>()
  let mode: 'carries' | 'refuses' | 'silent' = 'carries'
  let delayMs = 0
  let rate: number | null = null
  let carriedBytes = 0

  function carry(from: Socket, to: Socket, isDown: boolean): void {
    let last: Promise<unknown> = Promise.resolve()
    from.on('data', (bytes: Buffer) => {
      if (mode === 'silent') return
      carriedBytes += bytes.length
      const laterMs = delayMs + (isDown && rate !== null ? (1_000 * bytes.length) / rate : 0)
      if (laterMs === 0) {
        if (!to.write(bytes)) pauseUntilDrained(from, to)
        return
      }
      const dueMs = performance.now() + delayMs
      if (isDown && rate !== null) {
        from.pause()
        setTimeout(() => from.resume(), laterMs)
      }
      last = last.then(async () => {
        const leftMs = dueMs - performance.now()
        if (leftMs > 0) await wait(leftMs)
        if (mode !== 'silent' && !to.destroyed) to.write(bytes)
      })
    })
  }

  async function join(near: Socket): Promise<void> {
    const far = connect(await target(), '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        if (mode === 'silent') return
        near.destroy()
        far.destroy()
      })
    }
    carry(near, far, false)
    carry(far, near, true)
  }

  const server = createServer((near) => {
    if (mode === 'refuses') return void near.destroy()
    join(near).catch(() => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const breakAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get carriedBytes() {
      return carriedBytes
    },
    delay: (ms) => void (delayMs = ms),
    limit: (bytesPerSecond) => void (rate = bytesPerSecond),
    cut() {
      mode = 'refuses'
      breakAll()
    },
    silence: () => void (mode = 'silent'),
    mend() {
      const wasSilent = mode === 'silent'
      mode = 'carries'
      if (wasSilent) breakAll()
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      breakAll()
      await closed
    },
  }
}

function pauseUntilDrained(from: Socket, to: Socket): void {
  from.pause()
  to.once('drain', () => from.resume())
}
