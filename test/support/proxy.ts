import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to the server that can be cut, or made slow. */
export interface Proxy extends AsyncDisposable {
  readonly url: string
  /** Bytes that came from the server and went on to the client. */
  readonly carriedBytes: number
  /** Breaks what is open and takes nothing new, until `mend`. */
  cut(): void
  mend(): void
  /** From now on no faster than so many bytes a second to each client; null: as fast as it goes. */
  setRate(bytesPerSecond: number | null): void
  close(): Promise<void>
}

const stepMs = 20

export async function openProxy(targetPort: number): Promise<Proxy> {
  const open = new Set<Socket>()
  let isCut = false
  let rate: number | null = null
  let carriedBytes = 0
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(targetPort, '127.0.0.1')
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
    near.pipe(far)
    far.on('data', (bytes: Buffer) => {
      carriedBytes += bytes.length
      near.write(bytes)
      if (rate === null) return
      far.pause()
      setTimeout(() => far.resume(), Math.max(stepMs, (bytes.length / rate) * 1_000))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  async function close(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of open) socket.destroy()
    await closed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    get carriedBytes() {
      return carriedBytes
    },
    cut() {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    mend() {
      isCut = false
    },
    setRate(bytesPerSecond) {
      rate = bytesPerSecond
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
