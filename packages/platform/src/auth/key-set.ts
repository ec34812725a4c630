import { createPublicKey, type KeyObject } from 'node:crypto'
import { AppError, type Jwk } from '@skein/contracts'
import type { Clock } from '../clock.js'

export interface KeySet {
  /** undefined when no such key is known, and it was asked for lately. @throws AppError unavailable when no list was ever read */
  find(kid: string): Promise<KeyObject | undefined>
}

const refreshEveryMs = 10_000
const retryEveryMs = 1_000

/** Public keys by id. An unknown id reads the list again, at most once every 10 s, whoever asks; a failed read after 1 s. */
export function createKeySet(read: () => Promise<{ readonly keys: readonly Jwk[] }>, clock: Clock): KeySet {
  let keys: ReadonlyMap<string, KeyObject> | undefined
  let reading: Promise<void> | undefined
  let nextReadAtMs = 0
  let failure: unknown

  async function refresh(): Promise<void> {
    try {
      const list = await read()
      keys = new Map(list.keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]))
      nextReadAtMs = clock.now() + refreshEveryMs
    } catch (cause) {
      failure = cause
      nextReadAtMs = clock.now() + retryEveryMs
    } finally {
      reading = undefined
    }
  }

  return {
    async find(kid) {
      const known = keys?.get(kid)
      if (known !== undefined) return known
      if (reading === undefined && clock.now() >= nextReadAtMs) reading = refresh()
      await reading
      if (keys === undefined) throw new AppError('unavailable', { cause: failure })
      return keys.get(kid)
    },
  }
}
