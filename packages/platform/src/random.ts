import { randomBytes, randomFillSync } from 'node:crypto'

/** Where randomness comes from. */
export interface Random {
  /** Uniform in [0, 1). For jitter and choice, never for secrets. */
  next(): number
  /** Bytes fit for secrets and ids. */
  bytes(length: number): Uint8Array
}

const pooledMaxBytes = 16
const pool = new Uint8Array(4_096)
let used = pool.length

/** Ids are drawn many at a time, each byte given out once; secrets, which are longer, never lie here before their use. */
function pooledBytes(length: number): Uint8Array {
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  return pool.slice(used - length, used)
}

export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => (length <= pooledMaxBytes ? pooledBytes(length) : randomBytes(length)),
}

/** 32 hex digits: what names a request in logs and answers when the caller named none. */
export function createRequestId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('hex')
}
