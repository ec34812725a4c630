import { EntryId, type UserId } from '@skein/contracts'
import { duplicateKeyOf } from '@skein/platform/mongo'
import type { Random } from '@skein/platform'
import { idBytes, nextId } from '../../domain/ids.js'
import { op, type Models } from './schema.js'

/** How often a guarded write is tried again because another came between. */
export const triesMax = 100

/**
 * Gives ids that grow per actor, from any number of processes: the newest one is kept in a document of the actor, and an
 * id is given by the write that makes it the newest, which asks that it is greater. Mostly that is one write; when the
 * clock is not ahead of the newest it is read, and the next one tried. What is given but not used is lost.
 */
export class IdSource {
  readonly #models: Models
  readonly #random: Random

  constructor(models: Models, random: Random) {
    this.#models = models
    this.#random = random
  }

  async next(actorId: UserId, nowMs: number): Promise<EntryId> {
    for (let newest: string | null = null; ;) {
      const id = nextId(nowMs, newest, this.#random.bytes(idBytes))
      if (await this.#take(actorId, id)) return EntryId.parse(id)
      newest = await this.newest(actorId)
    }
  }

  async newest(actorId: UserId): Promise<string | null> {
    return (await this.#models.actors.findById(actorId).lean())?.newest ?? null
  }

  async #take(actorId: UserId, id: string): Promise<boolean> {
    try {
      await this.#models.actors.updateOne({ _id: actorId, newest: op({ $lt: id }) }, { newest: id }, { upsert: true })
      return true
    } catch (thrown) {
      if (duplicateKeyOf(thrown) === null) throw thrown
      return false
    }
  }
}
