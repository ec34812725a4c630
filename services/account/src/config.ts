import { limits } from '@skein/contracts'

export interface AccountConfig {
  /** In access tokens, and asked for by whoever verifies them. */
  readonly issuer: string
  readonly audience: string
  readonly accessTtlMs: number
  /** How much longer than its access tokens an ended session is remembered: clocks differ. */
  readonly endLeewayMs: number
  /** Counted anew from each use. */
  readonly refreshTtlMs: number
  /** How long a spent refresh token still gets its successor again. */
  readonly refreshGraceMs: number
  /** How long one key signs access tokens. */
  readonly keyLifeMs: number
  readonly passwords: PasswordConfig
  readonly throttle: ThrottleConfig
  readonly followsMax: number
}

/** Of argon2id. */
export interface PasswordConfig {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
  /** Hashes worked on at once, each in a thread of its own. */
  readonly concurrency: number
  /** How many more may wait. */
  readonly maxQueued: number
}

/** Of wrong passwords, by what they were tried on. */
export interface ThrottleConfig {
  readonly freeTries: number
  /** After the free ones, doubling with each. */
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** Tries are forgotten when none was made for so long. */
  readonly forgetMs: number
  /** What is remembered at most; the oldest is forgotten first. */
  readonly maxKeys: number
}

const dayMs = 86_400_000

export const accountDefaults: AccountConfig = {
  issuer: 'skein',
  audience: 'skein',
  accessTtlMs: limits.accessTokenTtlMs,
  endLeewayMs: 60_000,
  refreshTtlMs: 30 * dayMs,
  refreshGraceMs: 30_000,
  keyLifeMs: 30 * dayMs,
  passwords: { memoryKiB: 19_456, passes: 2, lanes: 1, concurrency: 2, maxQueued: 32 },
  throttle: { freeTries: 5, firstDelayMs: 1_000, maxDelayMs: 60_000, forgetMs: 15 * 60_000, maxKeys: 10_000 },
  followsMax: limits.followsMax,
}
