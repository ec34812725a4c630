import type { IncomingMessage } from 'node:http'

export interface AdmissionConfig {
  readonly origins: readonly string[]
  readonly maxSockets: number
  readonly maxSocketsPerIp: number
  readonly trustProxy: boolean
}

export type Refusal = 'origin' | 'capacity' | 'rate'

/** The peer's address; behind a balancer the one it appended. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? [request.headers['x-forwarded-for']].flat().join(',').split(',').at(-1)?.trim() : ''
  return forwarded || (request.socket.remoteAddress ?? 'unknown')
}

/** Browsers send Origin, programs do not: absent passes, own host passes, anything else must be listed exactly. */
export function isOriginAllowed(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || origins.includes(origin)) return true
  return origin === `http://${host}` || origin === `https://${host}`
}

/** Who may open a socket: checked before the upgrade, so nothing is spent on who may not. */
export class Admission {
  readonly #config: AdmissionConfig
  readonly #perIp = new Map<string, number>()
  #open = 0
  draining = false

  constructor(config: AdmissionConfig) {
    this.#config = config
  }

  check(request: IncomingMessage): Refusal | null {
    if (!isOriginAllowed(request, this.#config.origins)) return 'origin'
    if (this.draining || this.#open >= this.#config.maxSockets) return 'capacity'
    const held = this.#perIp.get(addressOf(request, this.#config.trustProxy)) ?? 0
    return held >= this.#config.maxSocketsPerIp ? 'rate' : null
  }

  /** Returns the way to give the place back, once. */
  enter(request: IncomingMessage): () => void {
    const ip = addressOf(request, this.#config.trustProxy)
    this.#open++
    this.#perIp.set(ip, (this.#perIp.get(ip) ?? 0) + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      this.#open--
      const held = (this.#perIp.get(ip) ?? 1) - 1
      if (held > 0) this.#perIp.set(ip, held)
      else this.#perIp.delete(ip)
    }
  }
}

/** A bucket of `burst` calls, filled at `perSecond`. */
export class TokenBucket {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #atMs: number

  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
    this.#atMs = nowMs
  }

  /** 0 when the call may go on, else how long to wait. */
  take(nowMs: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#atMs) / 1_000) * this.#perSecond)
    this.#atMs = nowMs
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1_000)
    this.#tokens--
    return 0
  }
}
