import type { Kept } from './kept.js'

/** The newest line a reader had before them when they left a feed, and when that was. */
export interface LeftOff {
  id: string
  atMs: number
}

export interface LeftOffStore {
  read(account: string, feed: string): LeftOff | null
  /** Never moves back. */
  write(account: string, feed: string, left: LeftOff): void
}

/** Where each account left off in each feed, on this device. */
export function createLeftOff(kept: Kept): LeftOffStore {
  const keyOf = (account: string, feed: string) => `left:${account}:${feed}`
  const read: LeftOffStore['read'] = (account, feed) => {
    const [id = '', at = ''] = kept.get(keyOf(account, feed))?.split(' ') ?? []
    return id !== '' && /^\d+$/.test(at) ? { id, atMs: Number(at) } : null
  }
  return {
    read,
    write(account, feed, left) {
      const held = read(account, feed)
      if (held !== null && held.id > left.id) return
      kept.set(keyOf(account, feed), `${left.id} ${left.atMs}`)
    },
  }
}
