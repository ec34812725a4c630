import type { Clock, Logger, Random } from '@skein/platform'
import type { Hub } from './hub.js'
import type { ViewerRegistry } from './viewers.js'

/*
 * The log goes on from another place and what lay before is not known. In this order: delivery is held; the lanes, which
 * begin anew one after another, settle; every viewer is read again from the primary, a hundred a call and one call at a
 * time; everyone is told `gap` once, in slices, so that they do not all reload at once; delivery goes on behind the cursor
 * they were told. So nobody is delivered anything by a graph that is not true any more.
 */

const lanesSettleMs = 500
const jitterMs = 200
const retryMs = 250
const retryMaxMs = 2_000
const betweenSlicesMs = 10

export interface LogResetDeps {
  readonly lanes: number
  readonly hub: Hub
  readonly viewers: ViewerRegistry
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

export class LogReset {
  readonly #deps: LogResetDeps
  #running = false
  #again = false
  #closed = false

  constructor(deps: LogResetDeps) {
    this.#deps = deps
  }

  /** Once for each reset of the window. */
  begin(): void {
    this.#again = true
    this.#deps.hub.hold()
    if (this.#running) return
    this.#running = true
    this.#run().catch((err: unknown) => {
      if (!this.#closed) this.#deps.log.error({ err }, 'the start of another log could not be taken over')
    })
  }

  close(): void {
    this.#closed = true
  }

  async #run(): Promise<void> {
    const { hub, viewers, random, lanes } = this.#deps
    const settleMs = lanes > 1 ? lanesSettleMs : 0
    try {
      while (this.#again) {
        this.#again = false
        await this.#wait(settleMs + random.next() * jitterMs)
        let failures = 0
        await viewers.reload((cause) => this.#afterFailure(cause, failures++))
        if (!this.#again) await hub.release(() => this.#wait(betweenSlicesMs))
      }
    } finally {
      this.#running = false
    }
  }

  async #afterFailure(err: unknown, failures: number): Promise<void> {
    if (failures === 0) this.#deps.log.warn({ err }, 'viewer states could not be read again; delivery waits')
    const backoffMs = Math.min(retryMs * 2 ** Math.min(failures, 5), retryMaxMs)
    await this.#wait(backoffMs * (0.5 + this.#deps.random.next() / 2))
  }

  /** @throws Error once closed */
  async #wait(ms: number): Promise<void> {
    await new Promise<void>((go) => this.#deps.clock.after(ms, go))
    if (this.#closed) throw new Error('closed')
  }
}
