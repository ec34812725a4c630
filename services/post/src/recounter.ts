import type { StatsMessage } from '@skein/contracts'
import type { Cancel, Clock, Logger } from '@skein/platform'
import type { PostStore } from './store/post-store.js'

export interface RecounterConfig {
  /** Between two rounds, and so between two counts of one post. */
  readonly everyMs: number
  /** Posts counted in one round; the others wait for the next. */
  readonly maxPosts: number
}

export interface RecounterDeps {
  readonly store: Pick<PostStore, 'dirtyPosts' | 'recount'>
  readonly clock: Clock
  readonly log: Logger
  /** Hears of every post counted. What it throws is logged. */
  readonly onStats: (stats: StatsMessage) => void
}

/** Posts counted in one transaction. */
const batchPosts = 50

/**
 * Counts the edges of every post marked as changed, once a round, and tells the counts. A round that fails leaves the marks,
 * as does a crash: the next one finds them.
 */
export class Recounter {
  readonly #config: RecounterConfig
  readonly #deps: RecounterDeps
  #cancel: Cancel | undefined
  #round: Promise<void> | undefined

  constructor(config: RecounterConfig, deps: RecounterDeps) {
    this.#config = config
    this.#deps = deps
  }

  start(): void {
    this.#cancel ??= this.#deps.clock.every(this.#config.everyMs, () => void this.run())
  }

  /** One round; joins the one that is under way. Never rejects. */
  run(): Promise<void> {
    this.#round ??= this.#countDirty()
      .catch((error: unknown) => this.#deps.log.warn({ error }, 'posts could not be counted'))
      .finally(() => (this.#round = undefined))
    return this.#round
  }

  /** No round begins any more; waits for the one under way. */
  async close(): Promise<void> {
    this.#cancel?.()
    await this.#round
  }

  async #countDirty(): Promise<void> {
    const ids = await this.#deps.store.dirtyPosts(this.#config.maxPosts)
    for (let start = 0; start < ids.length; start += batchPosts) {
      const counted = await this.#deps.store.recount(ids.slice(start, start + batchPosts))
      for (const stats of counted) this.#deps.onStats(stats)
    }
  }
}
