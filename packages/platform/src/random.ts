import { randomBytes } from 'node:crypto'

/** Where randomness comes from. */
export interface Random {
  /** Uniform in [0, 1). For jitter and choice, never for secrets. */
  next(): number
  /** Bytes fit for secrets and ids. */
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => randomBytes(length),
}

/** 32 hex digits: what names a request in logs and answers when the caller named none. */
export function createRequestId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('hex')
}
