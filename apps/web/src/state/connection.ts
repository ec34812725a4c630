import { batch, signal, type ReadonlySignal } from '@preact/signals'
import type { Client, ConnectionState } from '@skein/client'
import { secondsUntil } from '../text/times.js'

export interface Connection {
  readonly state: ReadonlySignal<ConnectionState>
  /** Without a connection for 2 s or longer. */
  readonly isDown: ReadonlySignal<boolean>
  /** Whole seconds to the next attempt; null while one is under way. Counts down while `isDown`. */
  readonly retryInS: ReadonlySignal<number | null>
  /** Lived at least once: before that nothing is said of the connection. */
  readonly wasLive: ReadonlySignal<boolean>
}

const graceMs = 2_000

/** Watches the client's connection; short blips are not spoken of. */
export function watchConnection(client: Pick<Client, 'connection' | 'on'>): Connection {
  const state = signal<ConnectionState>(client.connection)
  const isDown = signal(false)
  const wasLive = signal(client.connection.status === 'live')
  const retryInS = signal<number | null>(null)
  let grace: ReturnType<typeof setTimeout> | undefined
  let ticker: ReturnType<typeof setInterval> | undefined

  const count = () => {
    const now = state.value
    const inS = now.status === 'offline' && now.retryAtMs !== null ? secondsUntil(now.retryAtMs, Date.now()) : 0
    retryInS.value = inS > 0 ? inS : null
  }
  const up = () => {
    clearTimeout(grace)
    clearInterval(ticker)
    grace = ticker = undefined
    isDown.value = false
  }
  const down = () => {
    isDown.value = true
    count()
    ticker = setInterval(count, 250)
  }
  const follow = (next: ConnectionState) =>
    batch(() => {
      state.value = next
      if (next.status === 'live') wasLive.value = true
      if (next.status === 'offline' || next.status === 'connecting') grace ??= setTimeout(down, graceMs)
      else up()
      count()
    })
  follow(client.connection)
  client.on('connection', follow)
  return { state, isDown, retryInS, wasLive }
}
