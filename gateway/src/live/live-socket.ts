import { closeReasons, type CloseReason, type LiveEvent, type Positions } from '@skein/contracts'
import type { RouteKey } from './audience.js'
import type { FeedKey, LeftOut } from './match.js'
import type { ViewerState } from './viewers.js'

/** The connection under a socket, as much as the write path needs. */
export interface Wire {
  /** `drained` runs once the frame is in the kernel's hands. `encoded` is the same, as it goes over the wire. */
  send(frame: string, encoded: Buffer, drained: () => void): void
  /** The client may come back by itself. */
  drop(): void
  /** The client is told not to come back by itself. */
  end(): void
}

/** One feed on one socket: a position in the log. */
export interface Sub {
  readonly name: string
  readonly feed: FeedKey
  readonly route: RouteKey
  readonly socket: LiveSocket
  /** Live: gets entries as they are delivered. Else it reads the window from `next`. */
  live: boolean
  next: number
  /** Replay leaves out what is not above this, lane by lane; null once every entry counts. */
  from: Positions | null
  /** Says `caught-up` when it gets live. */
  announce: boolean
  replayed: number
  /** By post, what replay left out for a newer revision. */
  readonly leftOut: Map<string, LeftOut>
  /** Of an open feed: posts sent in this second, and those only counted. */
  sentThisSecond: number
  heldBack: number
}

const pauseAboveBytes = 256 * 1_024
const resumeBelowBytes = 64 * 1_024

export interface SocketHooks {
  readonly now: () => number
  readonly onDirty: (socket: LiveSocket) => void
  readonly onPaused: (socket: LiveSocket) => void
  readonly onDrained: (socket: LiveSocket) => void
  readonly onSent: (bytes: number, messages: number) => void
}

/**
 * What one socket is owed: the messages of this turn, which leave as one frame, and how much of what was sent is still
 * queued. Above 256 KiB it is paused: nothing more is put into memory for it until it drained.
 */
export class LiveSocket {
  readonly viewer: ViewerState | null
  readonly subs = new Map<string, Sub>()
  paused = false
  closed = false
  pumping = false
  drainedAtMs: number
  cursorSentAtMs: number
  readonly #wire: Wire
  readonly #hooks: SocketHooks
  #turn: string[] = []
  #queuedBytes = 0

  constructor(viewer: ViewerState | null, wire: Wire, hooks: SocketHooks) {
    this.viewer = viewer
    this.#wire = wire
    this.#hooks = hooks
    this.drainedAtMs = this.cursorSentAtMs = hooks.now()
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** `message` is JSON. It leaves at the end of this turn. */
  push(message: string): void {
    if (this.closed) return
    if (this.#turn.push(message) === 1) this.#hooks.onDirty(this)
  }

  /** `frames`: sockets that are owed the same in the same turn share it. */
  flush(frames: FrameCache = new Map()): void {
    if (this.closed || this.#turn.length === 0) return
    const messages = this.#turn.length
    const [only] = this.#turn
    const { text, encoded } = frameOf(messages === 1 && only !== undefined ? only : this.#turn.join(','), frames)
    this.#turn = []
    const bytes = encoded.length
    this.#queuedBytes += bytes
    this.#hooks.onSent(bytes, messages)
    this.#wire.send(text, encoded, () => this.#drained(bytes))
    if (!this.paused && this.#queuedBytes > pauseAboveBytes) {
      this.paused = true
      this.#hooks.onPaused(this)
    }
  }

  #drained(bytes: number): void {
    this.#queuedBytes -= bytes
    this.drainedAtMs = this.#hooks.now()
    if (this.paused && !this.closed && this.#queuedBytes < resumeBelowBytes) {
      this.paused = false
      this.#hooks.onDrained(this)
    }
  }

  /** Says why, then closes. Nothing is sent after it. */
  close(reason: CloseReason, random: () => number): void {
    if (this.closed) return
    this.push(JSON.stringify(closeMessage(reason, random)))
    this.flush()
    this.closed = true
    if (closeReasons[reason].client === 'reconnect') this.#wire.drop()
    else this.#wire.end()
  }
}

export type FrameCache = Map<string, Frame>
type Frame = { readonly text: string; readonly encoded: Buffer }

function frameOf(messages: string, frames: FrameCache): Frame {
  const held = frames.get(messages)
  if (held !== undefined) return held
  const text = `2["events",[${messages}]]`
  const frame = { text, encoded: encodeFrame(text) }
  frames.set(messages, frame)
  return frame
}

const finalText = 0x81
const message = '4'

/** An Engine.IO message as one unmasked WebSocket text frame (RFC 6455 §5.2), so that one buffer serves many sockets. */
function encodeFrame(text: string): Buffer {
  const payload = Buffer.from(message + text)
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([finalText, length]), payload])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = finalText
  header[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/** The last thing a socket hears. */
export function closeMessage(reason: CloseReason, random: () => number): LiveEvent {
  const { code, jitterMs } = closeReasons[reason]
  return { type: 'close', reason: code, retryAfterMs: Math.floor(random() * jitterMs) }
}
