import { decodeTime, encodeTime } from 'ulid'

/*
 * A ULID is 10 characters of time and 16 of randomness. Two ids of one author in one millisecond differ in the first three
 * random characters already, so that the first 13 characters (63 bits) alone order an author's posts.
 */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const timeChars = 10
const keyChars = 13
const countersPerMs = 32 ** 3

/** Random bytes one id takes. */
export const idBytes = 16

/** Sorts below every id. */
export const belowAllIds = ''
/** Sorts above every id. */
export const aboveAllIds = '8'

/** A ULID of `nowMs`, or of the newest id's time when the clock is not ahead of it; always greater than `newest`. */
export function nextId(nowMs: number, newest: string | null, bytes: Uint8Array): string {
  if (newest === null || nowMs > timeOf(newest)) return idAt(nowMs, bytes)
  const counter = valueOf(newest.slice(timeChars, keyChars)) + 1
  if (counter >= countersPerMs) return idAt(timeOf(newest) + 1, bytes)
  return newest.slice(0, timeChars) + textOf(counter) + randomChars(bytes).slice(keyChars - timeChars)
}

/** The epoch milliseconds in an id. */
export function timeOf(id: string): number {
  return decodeTime(id)
}

/** Sorts at or below every id of that time and later. */
export function firstIdAt(ms: number): string {
  return encodeTime(ms) + '0'.repeat(26 - timeChars)
}

/** The first 63 bits as a number, which order as the ids do. */
export function keyOf(id: string): bigint {
  let key = 0n
  for (const char of id.slice(0, keyChars)) key = key * 32n + BigInt(alphabet.indexOf(char))
  return key
}

function idAt(ms: number, bytes: Uint8Array): string {
  return encodeTime(ms) + randomChars(bytes)
}

function randomChars(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => alphabet.charAt(byte & 31)).join('')
}

function valueOf(chars: string): number {
  return Array.from(chars).reduce((value, char) => value * 32 + alphabet.indexOf(char), 0)
}

function textOf(counter: number): string {
  return alphabet.charAt(counter >> 10) + alphabet.charAt((counter >> 5) & 31) + alphabet.charAt(counter & 31)
}
