import { AppError } from '@skein/contracts'
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleType,
  type CircuitBreakerPolicy,
} from 'cockatiel'
import { Pool } from 'undici'
import type { Clock } from '../clock.js'
import { createTimedSignal, reasonOf } from '../timed-signal.js'
import { rpcPrefix } from './serve-rpc.js'
import { headerNames, type RpcCall, type RpcResponse } from './wire.js'

/** A try that failed by the replica or the way to it, and not by what was asked. */
export class ReplicaFault extends Error {
  /** The request may have reached the replica. */
  readonly sent: boolean
  constructor(message: string, sent: boolean, cause?: unknown) {
    super(message, { cause })
    this.name = 'ReplicaFault'
    this.sent = sent
  }
}

export type ReplicaState = 'closed' | 'open' | 'half-open'

export interface ReplicaOptions {
  readonly clock: Clock
  readonly connections: number
  readonly tryTimeoutMs: number
  /** The first pause of an ejected replica; it grows to five times that. */
  readonly openMs: number
  readonly failuresToOpen: number
  readonly onState?: ((address: string, state: ReplicaState) => void) | undefined
}

const neverSent = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/** One address of a service: its connections and its breaker. */
export class Replica {
  readonly address: string
  readonly #pool: Pool
  readonly #breaker: CircuitBreakerPolicy
  readonly #options: ReplicaOptions

  constructor(address: string, options: ReplicaOptions) {
    this.address = address
    this.#options = options
    this.#pool = new Pool(`http://${address}`, {
      connections: options.connections,
      connect: { timeout: 500 },
      keepAliveTimeout: 30_000,
      // The try's own timer is exact; these would only add coarse ones.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    this.#breaker = circuitBreaker(handleType(ReplicaFault), {
      breaker: new ConsecutiveBreaker(options.failuresToOpen),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: options.openMs, maxDelay: 5 * options.openMs }),
    })
    this.#breaker.onStateChange((state) => options.onState?.(address, nameOf(state)))
  }

  get state(): ReplicaState {
    return nameOf(this.#breaker.state)
  }

  /**
   * One try. @throws ReplicaFault; BrokenCircuitError at once while the replica is ejected and its pause is not over; the
   * reason of the call's signal
   */
  send(call: RpcCall): Promise<RpcResponse> {
    return this.#breaker.execute(() => this.#try(call))
  }

  /** Calls in flight end first. */
  close(): Promise<void> {
    return this.#pool.close()
  }

  async #try(call: RpcCall): Promise<RpcResponse> {
    const { clock, tryTimeoutMs: timeoutMs } = this.#options
    const onTimeout = (): Error => new ReplicaFault(`${this.address}: no answer in ${timeoutMs} ms`, true)
    const timed = createTimedSignal({ clock, timeoutMs, parent: call.signal, onTimeout })
    try {
      return await this.#request(call, timed.signal)
    } catch (thrown) {
      // The try's own timeout is a fault; the reason of a caller that left, or was late, says nothing about the replica.
      if (timed.signal.aborted) throw reasonOf(timed.signal)
      if (thrown instanceof ReplicaFault) throw thrown
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no code'
      throw new ReplicaFault(`${this.address}: ${code}`, !neverSent.has(code), thrown)
    } finally {
      timed.end()
    }
  }

  async #request({ service, path, headers, text }: RpcCall, signal: AbortSignal): Promise<RpcResponse> {
    const response = await this.#pool.request({
      method: 'POST',
      path: `${rpcPrefix}${service}${path}`,
      headers,
      body: text,
      signal,
    })
    const body = await response.body.text()
    // Only a service of ours names the request; a 5xx without it came from something in between.
    if (response.headers[headerNames.requestId] === undefined) {
      throw new ReplicaFault(`${this.address}: status ${response.statusCode} of something else`, true)
    }
    return { status: response.statusCode, headers: {}, text: body }
  }
}

/** What a call fails with when its replicas do. */
export function unavailable(service: string, cause: unknown): AppError {
  return new AppError('unavailable', { cause: new Error(`${service} does not answer`, { cause }) })
}

function nameOf(state: CircuitState): ReplicaState {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'half-open' : 'open'
}
