import { connect } from 'node:net'

/** Whether a part does its work now. */
export type Probe = () => Promise<boolean>

const timeoutMs = 1_500

export function httpProbe(url: string): Probe {
  return async () => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
      await answer.arrayBuffer()
      return answer.ok
    } catch {
      return false
    }
  }
}

/** Whether it takes connections; with `say`, whether it answers that with `expected` too. */
export function tcpProbe(port: number, say?: string, expected = ''): Probe {
  return () =>
    new Promise((done) => {
      const socket = connect(port, '127.0.0.1')
      const end = (ready: boolean): void => {
        socket.destroy()
        done(ready)
      }
      socket.setTimeout(timeoutMs, () => end(false))
      socket.once('error', () => end(false))
      socket.once('connect', () => (say === undefined ? end(true) : socket.write(say)))
      socket.once('data', (data) => end(data.toString('latin1').startsWith(expected)))
      socket.once('close', () => done(false))
    })
}

/** One gauge without labels; null when it cannot be read. */
export async function readGauge(opsPort: number, name: string): Promise<number | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${opsPort}/metrics`, { signal: AbortSignal.timeout(timeoutMs) })
    const line = (await answer.text()).split('\n').find((text) => text.startsWith(`${name} `))
    return line === undefined ? null : Number(line.split(' ').at(-1))
  } catch {
    return null
  }
}
