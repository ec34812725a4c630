import {
  AppError,
  closeReasons,
  HandshakeAuth,
  RefreshInput,
  SubscribeInput,
  toErrorBody,
  UnsubscribeInput,
  type CloseReason,
  type UserId,
} from '@skein/contracts'
import { createRequestId, toAppError, type Cancel, type VerifiedToken } from '@skein/platform'
import type { Socket } from 'socket.io'
import { TokenBucket } from './admission.js'
import type { LiveConfig, LiveDeps } from './deps.js'
import type { Hub } from './hub.js'
import { closeMessage, LiveSocket, type Wire } from './live-socket.js'
import { parse } from './parse.js'
import { subscribe, type SubscribeDeps } from './subscribe.js'
import type { ViewerRegistry, ViewerState } from './viewers.js'

export interface ConnectionDeps extends LiveDeps {
  readonly hub: Hub
  readonly viewers: ViewerRegistry
  readonly subscribing: SubscribeDeps
}

const violationsMax = 20
const discardAfterMs = 1_000

/** Parsed before anything else is known of a socket. @throws AppError invalid, unauthenticated, session_ended */
export async function authenticate(deps: Pick<LiveDeps, 'verifier'>, auth: unknown): Promise<VerifiedToken | null> {
  const { accessToken } = parse(HandshakeAuth, auth)
  return accessToken === undefined ? null : deps.verifier.verify(accessToken)
}

/** One socket's life: its calls, the end of its token, its close. */
export class Connection {
  readonly #socket: Socket
  readonly #deps: ConnectionDeps
  readonly #openedAtMs: number
  readonly #bucket: TokenBucket
  #token: VerifiedToken | null
  #live: Promise<LiveSocket> | null = null
  #viewer: ViewerState | null = null
  #expiry: Cancel = () => {}
  #violations = 0
  #reason: CloseReason | 'client' = 'client'
  #gone = false

  constructor(socket: Socket, token: VerifiedToken | null, config: LiveConfig, deps: ConnectionDeps) {
    this.#socket = socket
    this.#token = token
    this.#deps = deps
    this.#openedAtMs = deps.clock.now()
    this.#bucket = new TokenBucket(config.callBurst, config.callsPerSecond, this.#openedAtMs)
    this.#watchToken()
    socket.use((packet, next) => {
      next()
      this.#receive(packet)
    })
    socket.on('disconnect', () => this.#leave())
  }

  /** Says why, then closes. */
  async close(reason: CloseReason): Promise<void> {
    this.#reason = reason
    const live = await this.#live?.catch(() => null)
    const random = () => this.#deps.random.next()
    if (live) return live.close(reason, random)
    this.#socket.emit('events', [closeMessage(reason, random)])
    const wire = this.#wire()
    if (closeReasons[reason].client === 'reconnect') wire.drop()
    else wire.end()
  }

  get userId(): UserId | null {
    return this.#token === null ? null : this.#token.actor.userId
  }
  get sessionId(): string | null {
    return this.#token?.actor.sessionId ?? null
  }

  #watchToken(): void {
    this.#expiry()
    if (this.#token === null) return
    this.#expiry = this.#deps.clock.after(
      this.#token.expiresAtMs - this.#deps.clock.now(),
      () => void this.close('token_expired'),
    )
  }

  /** The viewer's state is read once, when it is first needed; a failed read is tried again by the next call. */
  #open(): Promise<LiveSocket> {
    if (this.#live !== null) return this.#live
    const opening = this.#acquire()
    this.#live = opening
    opening.catch(() => {
      if (this.#live === opening) this.#live = null
    })
    return opening
  }

  async #acquire(): Promise<LiveSocket> {
    const { userId } = this
    const viewer = userId === null ? null : await this.#deps.viewers.acquire(userId)
    if (this.#gone) {
      if (viewer !== null) this.#deps.viewers.release(viewer)
      throw new AppError('unavailable')
    }
    this.#viewer = viewer
    const { hub, clock, metrics } = this.#deps
    const live = new LiveSocket(viewer, this.#wire(), {
      now: () => clock.now(),
      onDirty: (socket) => hub.markDirty(socket),
      onPaused: (socket) => {
        metrics.paused(1)
        hub.pause(socket)
      },
      onDrained: (socket) => {
        metrics.paused(-1)
        void hub.pump(socket)
      },
      onSent: (bytes, messages) => metrics.sent(bytes, messages),
    })
    hub.add(live)
    return live
  }

  #wire(): Wire {
    const { conn } = this.#socket
    const { clock } = this.#deps
    return {
      send: (frame, encoded, drained) => void conn.send(frame, preEncoded(encoded), drained),
      drop: () => {
        conn.close()
        const cancel = clock.after(discardAfterMs, () => conn.close(true))
        conn.once('close', cancel)
      },
      end: () => void this.#socket.disconnect(true),
    }
  }

  #receive(packet: unknown[]): void {
    const [event, input] = packet
    const ack = packet.at(-1)
    if (!isAck(ack) || packet.length !== 3) return this.#violate()
    const name = event === 'subscribe' || event === 'unsubscribe' || event === 'refresh' ? event : null
    this.#deps.metrics.received(name ?? 'other')
    this.#answer(name, input).then(
      (reply) => ack(reply),
      (thrown: unknown) => {
        const requestId = createRequestId(this.#deps.random)
        const error = toAppError(thrown)
        if (error.code === 'internal') this.#deps.log.error({ requestId, err: thrown }, 'a live call failed')
        if (error.code === 'invalid') this.#violate()
        ack({ ok: false, error: toErrorBody(error, requestId) })
      },
    )
  }

  async #answer(name: 'subscribe' | 'unsubscribe' | 'refresh' | null, input: unknown): Promise<object> {
    const retryAfterMs = this.#bucket.take(this.#deps.clock.now())
    if (retryAfterMs > 0) {
      // Too much is no reason to stay away for good, as nonsense is.
      this.#violate('rate')
      throw new AppError('rate_limited', { retryAfterMs })
    }
    switch (name) {
      case 'subscribe': {
        const { feed, from } = parse(SubscribeInput, input)
        return { ok: true, cursor: await subscribe(this.#deps.subscribing, await this.#open(), feed, from) }
      }
      case 'unsubscribe': {
        const { feed } = parse(UnsubscribeInput, input)
        this.#deps.hub.unsubscribe(await this.#open(), feed)
        return { ok: true }
      }
      case 'refresh':
        await this.#refresh(parse(RefreshInput, input).accessToken)
        return { ok: true }
      case null:
        throw new AppError('invalid', { fields: { event: 'must be subscribe, unsubscribe or refresh' } })
    }
  }

  /** A live socket goes on under a new token of the same person. */
  async #refresh(accessToken: string): Promise<void> {
    const token = await this.#deps.verifier.verify(accessToken)
    if (token.actor.userId !== this.#token?.actor.userId)
      throw new AppError('forbidden', { message: 'The token is of another person.' })
    this.#token = token
    this.#watchToken()
  }

  #violate(reason: 'protocol' | 'rate' = 'protocol'): void {
    if (++this.#violations === violationsMax) void this.close(reason)
  }

  #leave(): void {
    this.#gone = true
    this.#expiry()
    this.#deps.metrics.closed(this.#reason, this.#deps.clock.now() - this.#openedAtMs)
    const live = this.#live
    if (live === null) return
    void live.then(
      (socket) => {
        if (socket.paused) this.#deps.metrics.paused(-1)
        this.#deps.hub.remove(socket)
        if (this.#viewer !== null) this.#deps.viewers.release(this.#viewer)
        this.#viewer = null
      },
      () => {},
    )
  }
}

function isAck(value: unknown): value is (reply: object) => void {
  return typeof value === 'function'
}

/** As the adapter's broadcasts do: the WebSocket transport writes the buffer as it is; any other takes the text. */
function preEncoded(encoded: Buffer): SendOptions {
  return { compress: false, wsPreEncodedFrame: [encoded] }
}

type SendOptions = { compress: boolean; wsPreEncodedFrame: Buffer[] }
