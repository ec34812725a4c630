import { setTimeout as wait } from 'node:timers/promises'
import type { Chance } from './random.js'
import type { Person } from './people.js'

/** Posts one after another, as fast as they are acknowledged, through every outage. */
export interface Writer {
  readonly person: Person
  /** Texts whose sending has begun, in order. */
  readonly tried: readonly string[]
  /** Texts and ids of what was acknowledged, in order. */
  readonly acknowledged: readonly { readonly text: string; readonly id: string }[]
  /** Ids given to a key that was sent again although it had been answered: each must be the first one's. */
  readonly wrongRepeats: readonly string[]
  /** Finishes the post under way. @throws what ended the writing */
  stop(): Promise<void>
}

export function startWriter(person: Person, chance: Chance, pauseMs: number): Writer {
  const tried: string[] = []
  const acknowledged: { text: string; id: string }[] = []
  const wrongRepeats: string[] = []
  const stopping = new AbortController()
  async function write(): Promise<void> {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const text = `${person.handle} ${n}`
      const idempotencyKey = `key-${person.handle}-${n}`
      tried.push(text)
      const { id } = await person.client.posts.create(text, { idempotencyKey, timeoutMs: 200_000 })
      acknowledged.push({ text, id })
      if (chance.next() < 0.05) {
        const again = await person.client.posts.create(text, { idempotencyKey, timeoutMs: 200_000 })
        if (again.id !== id) wrongRepeats.push(again.id)
      }
      await wait(chance.next() * pauseMs)
    }
  }
  const writing = write()
  writing.catch(() => {})
  return {
    person,
    tried,
    acknowledged,
    wrongRepeats,
    stop() {
      stopping.abort()
      return writing
    },
  }
}
