import { lookup } from 'node:dns/promises'
import { isBrokenCircuitError } from 'cockatiel'
import { systemClock, type Cancel, type Clock } from '../clock.js'
import { systemRandom, type Random } from '../random.js'
import { reasonOf } from '../timed-signal.js'
import { Replica, ReplicaFault, unavailable, type ReplicaState } from './replica.js'
import type { RpcCall, RpcLink, RpcResponse } from './wire.js'

export type HttpLinkOptions = HttpLinkTarget & {
  /** How long one try may take: 2 s when absent. */
  readonly tryTimeoutMs?: number
  /** The first pause of an ejected replica: 1 s when absent; it doubles up to five times that. */
  readonly openMs?: number
  /** Failures in a row that eject: 3 when absent. */
  readonly failuresToOpen?: number
  /** Connections a replica: 32 when absent. */
  readonly connections?: number
  readonly onState?: (address: string, state: ReplicaState) => void
  readonly clock?: Clock
  readonly random?: Random
}

export type HttpLinkTarget =
  | {
      readonly host: string
      readonly port: number
      /** How often the name is asked again: 5 s when absent. */
      readonly refreshMs?: number
      /** Every address of the host. The system's resolver when absent. */
      readonly resolve?: (host: string) => Promise<readonly string[]>
    }
  /** Each as `host:port`. */
  | { readonly addresses: readonly string[] }

const maxTries = 3

/**
 * Calls the replicas of a service in turn. One that fails three times in a row is left out until a later call finds it well.
 * A call is tried again, elsewhere, when it was certainly never sent; when it may have been, only if it is safe to repeat.
 */
export function httpLink(options: HttpLinkOptions): RpcLink {
  return new HttpLink(options)
}

class HttpLink implements RpcLink {
  readonly #options: HttpLinkOptions
  readonly #clock: Clock
  readonly #random: Random
  readonly #replicas = new Map<string, Replica>()
  #ready: Promise<void> | undefined
  #stopRefresh: Cancel | undefined
  #turn = 0
  #closed = false

  constructor(options: HttpLinkOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? systemRandom
  }

  async call(call: RpcCall): Promise<RpcResponse> {
    const tried = new Set<Replica>()
    let last: unknown
    for (let tries = 0; tries < maxTries; tries++) {
      if (this.#closed) throw unavailable(call.service, new Error('the link is closed'))
      if (tries > 0) await this.#pause(tries, call.signal)
      try {
        await this.#start()
        return await this.#once(call, tried)
      } catch (thrown) {
        if (call.signal.aborted) throw reasonOf(call.signal)
        last = thrown
        if (!(thrown instanceof ReplicaFault) || (thrown.sent && !call.safe)) break
      }
    }
    throw unavailable(call.service, last)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#stopRefresh?.()
    await Promise.all([...this.#replicas.values()].map((replica) => replica.close()))
  }

  /** The first replica that takes the call. An ejected one refuses at once until its pause is over; then the call probes it. */
  async #once(call: RpcCall, tried: Set<Replica>): Promise<RpcResponse> {
    for (const replica of this.#inTurn(call.safe, tried)) {
      try {
        return await replica.send(call)
      } catch (thrown) {
        if (isBrokenCircuitError(thrown)) continue
        tried.add(replica)
        throw thrown
      }
    }
    throw new ReplicaFault('every replica is ejected', false)
  }

  /**
   * A call that may be repeated goes by the ejected ones first, so that they come back; another one only as a last hope.
   * Those that failed this call already come last.
   */
  #inTurn(safe: boolean, tried: ReadonlySet<Replica>): readonly Replica[] {
    const all = [...this.#replicas.values()]
    const closed = all.filter((replica) => replica.state === 'closed')
    const open = all.filter((replica) => replica.state === 'open')
    if (tried.size === 0) this.#turn += 1
    const at = closed.length === 0 ? 0 : this.#turn % closed.length
    const turned = [...closed.slice(at), ...closed.slice(0, at)]
    const order = safe ? [...open, ...turned] : [...turned, ...open]
    return [...order.filter((replica) => !tried.has(replica)), ...order.filter((replica) => tried.has(replica))]
  }

  /** A failed look-up is tried again by the next call; once one succeeded, a failed one keeps the last list. */
  #start(): Promise<void> {
    this.#ready ??= this.#refresh().then(
      () => {
        if ('addresses' in this.#options || this.#closed) return
        this.#stopRefresh = this.#clock.every(
          this.#options.refreshMs ?? 5_000,
          () => void this.#refresh().catch(() => undefined),
        )
      },
      (cause: unknown) => {
        this.#ready = undefined
        throw new ReplicaFault('the address is not known', false, cause)
      },
    )
    return this.#ready
  }

  async #refresh(): Promise<void> {
    const found = new Set(await findAddresses(this.#options))
    if (this.#closed) return
    for (const address of found) {
      if (!this.#replicas.has(address)) this.#replicas.set(address, this.#create(address))
    }
    for (const [address, replica] of this.#replicas) {
      if (found.has(address)) continue
      this.#replicas.delete(address)
      void replica.close()
    }
  }

  #create(address: string): Replica {
    const { connections = 32, tryTimeoutMs = 2_000, openMs = 1_000, failuresToOpen = 3, onState } = this.#options
    return new Replica(address, { clock: this.#clock, connections, tryTimeoutMs, openMs, failuresToOpen, onState })
  }

  /** Full jitter over 10 ms, then 20 ms. Ends early when the call is over. */
  #pause(tries: number, signal: AbortSignal): Promise<void> {
    const pauseMs = this.#random.next() * 10 * tries
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel()
        reject(reasonOf(signal))
      }
      const cancel = this.#clock.after(pauseMs, () => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
      signal.addEventListener('abort', stop, { once: true })
    })
  }
}

async function findAddresses(target: HttpLinkTarget): Promise<readonly string[]> {
  if ('addresses' in target) return target.addresses
  const found = await (target.resolve ?? resolveAll)(target.host)
  return found.map((address) => (address.includes(':') ? `[${address}]:${target.port}` : `${address}:${target.port}`))
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
