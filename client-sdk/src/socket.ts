import { io, type Socket } from 'socket.io-client'
import { isRecord, readErrorBody, SkeinError, unavailable } from './errors.js'
import { isRefusedToken } from './http.js'
import type { Env } from './timing.js'
import { readLiveEvents, type LiveEvent } from './wire.js'

/** How one socket ended. */
export type End =
  /** Come back after a while; `waitMs` when the server named one. */
  | { kind: 'lost'; reason: string; waitMs?: number }
  /** Come back with another token. */
  | { kind: 'refused'; token: string; reason: string }
  /** Come back at once: we ended it ourselves. */
  | { kind: 'again' }
  | { kind: 'stop'; error: SkeinError }

export interface LiveSocket {
  readonly ended: Promise<End>
  /** @throws SkeinError: the server's refusal, or `unavailable` when the socket went away or did not answer in 10 s */
  request(event: string, payload: unknown): Promise<Record<string, unknown>>
  end(how: End): void
}

export interface SocketConfig {
  origin: string
  /** Before `/socket.io`. */
  path: string
  token: string | null
  app: string | undefined
  env: Env
}

const answerTimeoutMs = 10_000

/** One Socket.IO socket from its first byte to its end; never comes back by itself. */
export function openSocket(
  config: SocketConfig,
  onUp: () => void,
  onEvents: (events: LiveEvent[]) => void,
): LiveSocket {
  const { token } = config
  const socket: Socket = io(config.origin, {
    path: `${config.path}/socket.io`,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    timeout: answerTimeoutMs,
    auth: {
      ...(token === null ? {} : { accessToken: token }),
      ...(config.app === undefined ? {} : { client: config.app }),
    },
  })
  let finish: (end: End) => void = () => {}
  let told: { reason: number; retryAfterMs: number } | null = null
  const ended = new Promise<End>((resolve) => {
    finish = resolve
  })
  const stopWaiting = config.env.after(answerTimeoutMs * 1.5, () => finish({ kind: 'lost', reason: 'no answer' }))
  const finished = ended.then((end) => {
    stopWaiting()
    socket.disconnect()
    return end
  })
  socket.on('connect', () => {
    stopWaiting()
    onUp()
  })
  socket.on('events', (message: unknown) => {
    const events = readLiveEvents(message)
    for (const event of events) if (event.type === 'close') told = event
    onEvents(events)
  })
  socket.on('connect_error', (error: Error & { data?: unknown }) => finish(endOfRefusal(error, token)))
  socket.on('disconnect', (why) => finish(told === null ? { kind: 'lost', reason: why } : endOfClose(told, token)))

  function answerTo(event: string, payload: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no answer in ${answerTimeoutMs} ms`))
      const stop = config.env.after(answerTimeoutMs, late)
      socket.emitWithAck(event, payload).then(resolve, reject).finally(stop)
    })
  }

  return {
    ended: finished,
    end: (how) => finish(how),
    async request(event, payload) {
      if (!socket.connected) throw unavailable(undefined)
      let reply: unknown
      try {
        reply = await answerTo(event, payload)
      } catch (error) {
        finish({ kind: 'lost', reason: `no answer to ${event}` })
        throw unavailable(error)
      }
      if (!isRecord(reply)) throw unavailable(reply)
      if (reply['ok'] !== true) throw readErrorBody(reply['error'])
      return reply
    },
  }
}

function endOfRefusal(error: Error & { data?: unknown }, token: string | null): End {
  if (!isRecord(error.data)) return { kind: 'lost', reason: error.message }
  const refusal = readErrorBody(error.data)
  if (token !== null && isRefusedToken(refusal)) return { kind: 'refused', token, reason: refusal.message }
  const { retryAfterMs } = refusal
  return { kind: 'lost', reason: refusal.message, ...(retryAfterMs === undefined ? {} : { waitMs: retryAfterMs }) }
}

/** 4000–4099: come back. 4100–4199: with another token. 4200: the session ended, which a renewal finds out. Above: stop. */
function endOfClose(told: { reason: number; retryAfterMs: number }, token: string | null): End {
  const reason = `closed by the server (${told.reason})`
  if (token !== null && told.reason >= 4_100 && told.reason <= 4_200) return { kind: 'refused', token, reason }
  if (told.reason >= 4_200)
    return { kind: 'stop', error: new SkeinError('unavailable', `The connection was ${reason}.`, { retryable: false }) }
  return { kind: 'lost', reason, waitMs: told.retryAfterMs }
}
