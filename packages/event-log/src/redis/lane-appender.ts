import { AppError, type LogEvent, type Position } from '@skein/contracts'

/*
 * One call of the script in flight per lane; what gathers meanwhile leaves as the next. So a process appends in its own
 * order, and the cost of a call and of a message is shared by all that wait.
 */

const callMaxEvents = 256
const callMaxChars = 1_000_000
export const queueMaxEvents = 10_000

/** One `append` of the log: settled once, by its last event, by the first failure, or when its time is over. */
export class AppendJob {
  readonly promise: Promise<Position[]>
  #positions: Position[] = []
  #left: number
  #isSettled = false
  #resolve: (positions: Position[]) => void = () => undefined
  #reject: (error: AppError) => void = () => undefined

  constructor(size: number) {
    this.#left = size
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  place(index: number, position: Position): void {
    this.#positions[index] = position
    if (--this.#left > 0 || this.#isSettled) return
    this.#isSettled = true
    this.#resolve(this.#positions)
  }

  fail(error: AppError): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#reject(error)
  }
}

export interface QueuedEvent {
  readonly job: AppendJob
  /** Of the event in its append. */
  readonly index: number
  readonly event: LogEvent
}

type Send = (pairs: readonly string[]) => Promise<readonly Position[]>

export class LaneAppender {
  readonly #send: Send
  #queue: QueuedEvent[] = []
  #sending: Promise<void> | undefined

  /** `send` gives one position per pair of id and JSON; what it rejects with is the cause of `delayed`. */
  constructor(send: Send) {
    this.#send = send
  }

  get isFull(): boolean {
    return this.#queue.length >= queueMaxEvents
  }

  /** What waits and what is in flight; undefined when nothing is. Never rejects. */
  get idle(): Promise<void> | undefined {
    return this.#sending
  }

  /** Sent before the next turn, with all that this turn adds. */
  add(queued: QueuedEvent): void {
    this.#queue.push(queued)
    this.#sending ??= Promise.resolve().then(() => this.#sendAll())
  }

  async #sendAll(): Promise<void> {
    for (let batch = this.#take(); batch.events.length > 0; batch = this.#take()) {
      try {
        const positions = await this.#send(batch.pairs)
        for (const [i, position] of positions.entries()) {
          const queued = batch.events[i]
          queued?.job.place(queued.index, position)
        }
      } catch (cause) {
        const error = cause instanceof AppError ? cause : new AppError('delayed', { cause })
        for (const { job } of batch.events) job.fail(error)
      }
    }
    this.#sending = undefined
  }

  /** The oldest that are still waited for. */
  #take(): { events: QueuedEvent[]; pairs: string[] } {
    const events: QueuedEvent[] = []
    const pairs: string[] = []
    let [taken, chars] = [0, 0]
    for (const queued of this.#queue) {
      if (events.length === callMaxEvents || chars > callMaxChars) break
      taken++
      if (queued.job.isSettled) continue
      const json = JSON.stringify(queued.event)
      events.push(queued)
      pairs.push(queued.event.id, json)
      chars += json.length
    }
    this.#queue = this.#queue.slice(taken)
    return { events, pairs }
  }
}
