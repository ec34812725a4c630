import type { RedisClient } from './lane-scripts.js'

export interface LaneSubscriptionHandlers {
  readonly onMessage: (lane: number, text: string) => void
  /** The connection is down, or up again: what was published meanwhile was not heard. */
  readonly onChange: (isUp: boolean) => void
}

/** The channels of all lanes on a connection of the caller's, which may carry other channels too. */
export class LaneSubscription {
  readonly #subscriber: RedisClient
  readonly #lanes: ReadonlyMap<string, number>
  readonly #handlers: LaneSubscriptionHandlers
  readonly #onMessage = (channel: string, text: string): void => {
    const lane = this.#lanes.get(channel)
    if (lane !== undefined) this.#handlers.onMessage(lane, text)
  }
  readonly #onReady = (): void => this.#handlers.onChange(true)
  readonly #onClose = (): void => this.#handlers.onChange(false)
  #subscribing: Promise<void> | undefined
  #isOpen = false

  constructor(subscriber: RedisClient, channels: readonly string[], handlers: LaneSubscriptionHandlers) {
    this.#subscriber = subscriber
    this.#lanes = new Map(channels.map((channel, lane) => [channel, lane]))
    this.#handlers = handlers
  }

  /**
   * Subscribes, again if need be, and resolves once the server confirmed it. A connection that does not answer is given
   * up for a new one. @throws what the driver throws
   */
  confirm(): Promise<void> {
    this.#listen()
    this.#subscribing ??= this.#subscribe().finally(() => (this.#subscribing = undefined))
    return this.#subscribing
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#subscriber.off(this.#messages, this.#onMessage).off('ready', this.#onReady).off('close', this.#onClose)
    if (this.#subscriber.status === 'ready') this.#unsubscribe().catch(() => undefined)
  }

  get #messages(): string {
    return this.#subscriber.isCluster ? 'smessage' : 'message'
  }

  #listen(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#subscriber.on(this.#messages, this.#onMessage).on('ready', this.#onReady).on('close', this.#onClose)
  }

  async #subscribe(): Promise<void> {
    const wasReady = this.#subscriber.status === 'ready'
    try {
      // Each lane lies in a slot of its own: a cluster takes one sharded channel a call.
      if (this.#subscriber.isCluster)
        for (const channel of this.#lanes.keys()) await this.#subscriber.ssubscribe(channel)
      else await this.#subscriber.subscribe(...this.#lanes.keys())
    } catch (error) {
      if (wasReady && this.#subscriber.status === 'ready') this.#subscriber.disconnect(true)
      throw error
    }
  }

  async #unsubscribe(): Promise<void> {
    if (this.#subscriber.isCluster)
      for (const channel of this.#lanes.keys()) await this.#subscriber.sunsubscribe(channel)
    else await this.#subscriber.unsubscribe(...this.#lanes.keys())
  }
}
