import { EntryId, SessionId, UserId } from '@skein/contracts'
import { encodeTime, incrementBase32 } from 'ulid'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID of this time with these 16 random bytes, of which 5 bits each are used. */
export function ulidOf(nowMs: number, bytes: Uint8Array): string {
  return encodeTime(nowMs) + Array.from(bytes, (byte) => alphabet.charAt(byte & 31)).join('')
}

/** `id` when it is above `floor`, else the next ULID above `floor`. */
export function ulidAbove<Id extends string>(id: Id, floor: Id | null): string {
  return floor === null || id > floor ? id : incrementBase32(floor)
}

/** Makes ids that grow within this process, whatever the clock does. */
export interface Ids {
  user(): UserId
  session(): SessionId
  entry(): EntryId
}

/** @param now epoch ms @param bytes random bytes, fit for ids */
export function createIds(now: () => number, bytes: (length: number) => Uint8Array): Ids {
  let last: string | null = null
  const next = (): string => (last = ulidAbove(ulidOf(now(), bytes(16)), last))
  return {
    user: () => UserId.parse(next()),
    session: () => SessionId.parse(next()),
    entry: () => EntryId.parse(next()),
  }
}
