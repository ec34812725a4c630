import { EntryId, PostId, type UserId } from '@skein/contracts'
import type { Random, Tx } from '@skein/platform'
import { idBytes, keyOf, nextId } from '../../domain/ids.js'
import { toNewest } from './rows.js'

export const sql = {
  newest: 'SELECT newest FROM post_actors WHERE actor = ?',
  setNewest: 'INSERT INTO post_actors VALUES (?1, ?2) ON CONFLICT (actor) DO UPDATE SET newest = excluded.newest',
  keyTaken: 'SELECT 1 AS n FROM posts WHERE seq = ?',
} as const

/** Gives ids that grow per actor. Inside a transaction only: what is taken is noted there. */
export class IdSource {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** For a post: its first 63 bits are no other post's. */
  post(tx: Tx, authorId: UserId, nowMs: number): PostId {
    let id = this.#next(nowMs, toNewest(tx(sql.newest).get(authorId)))
    while (tx(sql.keyTaken).get(keyOf(id)) !== undefined) id = this.#next(nowMs, id)
    tx(sql.setNewest).run(authorId, id)
    return PostId.parse(id)
  }

  /** For an edge. */
  entry(tx: Tx, actorId: UserId, nowMs: number): EntryId {
    const id = this.#next(nowMs, toNewest(tx(sql.newest).get(actorId)))
    tx(sql.setNewest).run(actorId, id)
    return EntryId.parse(id)
  }

  #next(nowMs: number, newest: string | null): string {
    return nextId(nowMs, newest, this.#random.bytes(idBytes))
  }
}
