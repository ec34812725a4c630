import type { Handle, UserCard, UserId } from '@skein/contracts'
import type { Clock } from '@skein/platform'
import { LRUCache } from 'lru-cache'
import { asNobody, type AccountReads, type CallOptions } from '../ports.js'

/** Cards of people, kept for a while: a name may be as old as `ttlMs`. */
export interface People {
  /** A look-up that knows every one of the ids that exists. One call for those not kept. */
  cards(ids: Iterable<UserId>, call: CallOptions): Promise<(id: UserId) => UserCard | undefined>
  /** undefined when nobody has the handle. That is not remembered. */
  byHandle(handle: Handle, call: CallOptions): Promise<UserCard | undefined>
  clear(): void
}

export interface PeopleOptions {
  readonly account: AccountReads
  readonly clock: Pick<Clock, 'now'>
  readonly ttlMs: number
  readonly max: number
}

const idsPerCall = 1_000

export function createPeople({ account, clock, ttlMs, max }: PeopleOptions): People {
  const options = { max, ttl: ttlMs, ttlResolution: 0, perf: clock }
  const byId = new LRUCache<UserId, UserCard>(options)
  const byHandle = new LRUCache<Handle, UserCard>(options)

  function keep(card: UserCard): void {
    byId.set(card.id, card)
    byHandle.set(card.handle, card)
  }

  return {
    async cards(ids, call) {
      const known = new Map<UserId, UserCard>()
      const missing = new Set<UserId>()
      for (const id of ids) {
        if (known.has(id)) continue
        const card = byId.get(id)
        if (card === undefined) missing.add(id)
        else known.set(id, card)
      }
      const asked = [...missing]
      for (let at = 0; at < asked.length; at += idsPerCall) {
        const { items } = await account.users.cards({ ids: asked.slice(at, at + idsPerCall) }, asNobody(call))
        for (const card of items) {
          known.set(card.id, card)
          keep(card)
        }
      }
      return (id) => known.get(id)
    },

    async byHandle(handle, call) {
      const kept = byHandle.get(handle)
      if (kept !== undefined) return kept
      const { items } = await account.users.byHandles({ handles: [handle] }, asNobody(call))
      for (const card of items) keep(card)
      return items.find((card) => card.handle === handle)
    },

    clear() {
      byId.clear()
      byHandle.clear()
    },
  }
}
