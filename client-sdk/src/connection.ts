import { toSkeinError, unavailable, type SkeinError } from './errors.js'
import { openSocket, type End, type LiveSocket } from './socket.js'
import { backoffMs, sleep, type Env, type Stop } from './timing.js'
import type { ConnectionState } from './types.js'
import type { LiveEvent } from './wire.js'

/*
 * One socket for everything. `run` is the whole life: connect, live, lost, wait, again; it runs while someone wants it.
 * Nothing is queued here: what must be said on a new socket is said by `onLive`.
 */

export interface Connection {
  readonly state: ConnectionState
  /** The number of this socket, another one after every reconnect; 0 while there is none. */
  readonly socketId: number
  /** Not wanted any more: it lingers for two seconds. */
  readonly want: (on: boolean) => void
  /** Connects anew, as somebody else. `isOver`: what was wanted is being given up, and nothing lingers. */
  restart(isOver?: boolean): void
  /** @throws SkeinError: the server's refusal, or `unavailable` when the socket went away or did not answer in 10 s */
  readonly request: (event: string, payload: unknown) => Promise<Record<string, unknown>>
  /** Tries at once. `gently`: not before a time the server has named. */
  reconnectNow(gently?: boolean): void
  close(): void
}

export interface ConnectionDeps {
  origin: string
  path: string
  app: string | undefined
  reconnect: { minMs: number; maxMs: number }
  env: Env
  token(): Promise<string | null>
  renew(refused: string): Promise<string | null>
  onState(state: ConnectionState): void
  onLive(): void
  onLost(): void
  readonly onEvents: (events: LiveEvent[]) => void
  /** The server will not have us. */
  onStopped(error: SkeinError): void
}

const lingerMs = 2_000

export function createConnection(deps: ConnectionDeps): Connection {
  const { env } = deps
  let state: ConnectionState = { status: 'idle' }
  let wanted = false
  let closed = false
  let running = false
  let socket: LiveSocket | null = null
  let socketId = 0
  let sockets = 0
  /** Failures since a request was last answered. */
  let failures = 0
  let lost: { sinceMs: number; reason: string } | null = null
  let notBeforeMs = 0
  let pausing: AbortController | null = null
  let isOver = false
  let stopLingering: Stop = () => {}

  function setState(next: ConnectionState): void {
    state = next
    deps.onState(next)
  }

  function setTrying(retryAtMs: number | null): void {
    setState(lost === null ? { status: 'connecting' } : { status: 'offline', ...lost, retryAtMs })
  }

  async function run(): Promise<void> {
    if (running) return
    running = true
    for (;;) {
      if (!wanted || closed) break
      setTrying(null)
      const end = await oneSocket()
      if (!wanted || closed || end.kind === 'again') continue
      if (end.kind === 'stop') {
        wanted = false
        setState({ status: 'closed' })
        deps.onStopped(end.error)
      } else await comeBack(end)
    }
    running = false
    lost = null
    failures = 0
    if (!closed && state.status !== 'closed') setState({ status: 'idle' })
  }

  /** One socket's whole life. */
  async function oneSocket(): Promise<End> {
    let token: string | null
    try {
      token = await deps.token()
    } catch (error) {
      const { message, retryAfterMs } = toSkeinError(error)
      return { kind: 'lost', reason: message, ...(retryAfterMs === undefined ? {} : { waitMs: retryAfterMs }) }
    }
    if (!wanted || closed) return { kind: 'again' }
    const own = openSocket({ origin: deps.origin, path: deps.path, app: deps.app, token, env }, onUp, deps.onEvents)
    socket = own
    const end = await own.ended
    socket = null
    if (socketId !== 0) {
      socketId = 0
      deps.onLost()
    }
    return end
  }

  function onUp(): void {
    sockets += 1
    socketId = sockets
    lost = null
    setState({ status: 'live' })
    deps.onLive()
  }

  /** Waits as long as it must, or gets another token; the first time without waiting. */
  async function comeBack(end: Extract<End, { kind: 'lost' | 'refused' }>): Promise<void> {
    lost = { sinceMs: lost?.sinceMs ?? env.now(), reason: end.reason }
    if (end.kind === 'refused') {
      const renewed = await deps.renew(end.token).catch(() => end.token)
      if (renewed !== end.token && failures === 0) {
        failures = 1
        return
      }
    }
    const backoff = backoffMs(failures, deps.reconnect.minMs, deps.reconnect.maxMs, env)
    failures += 1
    const waitMs = end.kind === 'lost' ? end.waitMs : undefined
    const inMs = waitMs === undefined ? backoff : waitMs + Math.min(backoff, 250)
    notBeforeMs = waitMs === undefined ? 0 : env.now() + waitMs
    pausing = new AbortController()
    setTrying(env.now() + inMs)
    await sleep(env, inMs, pausing.signal).catch(() => {})
    pausing = null
  }

  function interrupt(): void {
    pausing?.abort()
    socket?.end({ kind: 'again' })
  }

  function leave(): void {
    stopLingering()
    wanted = false
    interrupt()
  }

  return {
    get state() {
      return state
    },
    get socketId() {
      return socketId
    },
    want(on) {
      stopLingering()
      if (closed) return
      if (on) {
        isOver = false
        wanted = true
        void run()
      } else if (wanted) {
        if (isOver) leave()
        else stopLingering = env.after(lingerMs, leave, true)
      }
    },
    restart(over = false) {
      failures = 0
      isOver = over
      interrupt()
    },
    async request(event, payload) {
      if (socket === null) throw unavailable(undefined)
      const reply = await socket.request(event, payload)
      failures = 0
      return reply
    },
    reconnectNow(gently = false) {
      if (!gently || env.now() >= notBeforeMs) pausing?.abort()
    },
    close() {
      if (closed) return
      closed = true
      stopLingering()
      interrupt()
      setState({ status: 'closed' })
    },
  }
}
