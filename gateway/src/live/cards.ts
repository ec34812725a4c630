import { LRUCache } from 'lru-cache'
import type { UserCard, UserEvent, UserId } from '@skein/contracts'

/** Names for ids: read in batches once, then kept true by `user` events. */
export class CardCache {
  readonly #cards: LRUCache<UserId, UserCard>
  readonly #unknown: LRUCache<UserId, true>
  readonly #load: (ids: UserId[]) => Promise<readonly UserCard[]>

  constructor(load: (ids: UserId[]) => Promise<readonly UserCard[]>, max = 100_000) {
    this.#load = load
    this.#cards = new LRUCache({ max })
    this.#unknown = new LRUCache({ max: 10_000, ttl: 5_000 })
  }

  get(id: UserId): UserCard | undefined {
    return this.#cards.get(id)
  }

  /** The ids that have to be read before they can be shown; one that does not exist is asked for again after 5 s. */
  missing(ids: Iterable<UserId>): UserId[] {
    return [...new Set(ids)].filter((id) => !this.#cards.has(id) && !this.#unknown.has(id))
  }

  /** @throws what the account service throws */
  async fetch(ids: readonly UserId[]): Promise<void> {
    for (let at = 0; at < ids.length; at += 1_000) {
      const part = ids.slice(at, at + 1_000)
      for (const card of await this.#load(part)) this.#cards.set(card.id, card)
      for (const id of part) if (!this.#cards.has(id)) this.#unknown.set(id, true)
    }
  }

  apply({ user }: UserEvent): void {
    this.#unknown.delete(user.id)
    this.#cards.set(user.id, { id: user.id, handle: user.handle, name: user.name })
  }
}
