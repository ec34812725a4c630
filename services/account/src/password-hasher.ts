import { hash, verify, type Options } from '@node-rs/argon2'
import { AppError } from '@skein/contracts'
import type { PasswordConfig } from './config.js'

/** Slow on purpose. @throws AppError overloaded when too many wait */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  verify(passwordHash: string, password: string): Promise<boolean>
}

const retryAfterMs = 1_000

/** argon2id in threads of its own, never on the event loop; a bounded queue before it, first come first served. */
export function createPasswordHasher(config: PasswordConfig): PasswordHasher {
  // The default algorithm of the package is argon2id; its enum is not there at run time.
  const options: Options = { memoryCost: config.memoryKiB, timeCost: config.passes, parallelism: config.lanes }
  const waiting: (() => void)[] = []
  let running = 0

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= config.concurrency) {
      if (waiting.length >= config.maxQueued) throw new AppError('overloaded', { retryAfterMs })
      await new Promise<void>((go) => waiting.push(go))
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, options)),
    verify: (passwordHash, password) => inTurn(() => verify(passwordHash, password)),
  }
}
