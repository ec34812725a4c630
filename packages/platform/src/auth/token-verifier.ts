import { createHash } from 'node:crypto'
import { AppError, type Jwk } from '@skein/contracts'
import jwt from 'jsonwebtoken'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { Actor } from '../rpc/context.js'
import { AccessClaims, AccessHeader, accessTokenMaxChars } from './access-token.js'
import { createKeySet } from './key-set.js'

export interface TokenVerifierConfig {
  /** Every key that tokens may be signed by now. Asked on the first token and when an unknown key id comes. */
  readonly keys: () => Promise<{ readonly keys: readonly Jwk[] }>
  readonly issuer: string
  readonly audience: string
  readonly clock: Clock
  readonly isEnded: (sessionId: string) => boolean
  /** Verified tokens held in memory: 50,000 when absent, about 400 bytes each. */
  readonly cacheTokens?: number
}

export interface VerifiedToken {
  readonly actor: Actor
  readonly expiresAtMs: number
}

export interface TokenVerifier {
  /**
   * Who an access token speaks for, now: expiry and ended sessions are looked at on every call, the signature once a token.
   * @throws AppError unauthenticated; session_ended; unavailable when the keys could not be read
   */
  verify(accessToken: string): Promise<VerifiedToken>
}

export function createTokenVerifier(config: TokenVerifierConfig): TokenVerifier {
  const { clock, isEnded, issuer, audience } = config
  const keySet = createKeySet(config.keys, clock)
  const verified = new LRUCache<string, VerifiedToken>({ max: config.cacheTokens ?? 50_000 })

  async function check(token: string): Promise<VerifiedToken> {
    const header = AccessHeader.safeParse(jwt.decode(token, { complete: true })?.header)
    if (!header.success) throw new AppError('unauthenticated', { cause: header.error })
    const key = await keySet.find(header.data.kid)
    if (key === undefined) throw new AppError('unauthenticated', { cause: new Error('unknown key id') })
    try {
      const clockTimestamp = Math.floor(clock.now() / 1000)
      const claims = jwt.verify(token, key, { algorithms: ['ES256'], issuer, audience, clockTimestamp })
      const { sub: userId, sid: sessionId, handle, role, exp } = AccessClaims.parse(claims)
      return { actor: Object.freeze({ userId, sessionId, handle, role }), expiresAtMs: exp * 1000 }
    } catch (cause) {
      throw new AppError('unauthenticated', { cause })
    }
  }

  return {
    async verify(token) {
      if (token.length > accessTokenMaxChars) throw new AppError('unauthenticated')
      const hash = createHash('sha256').update(token).digest('base64')
      let held = verified.get(hash)
      if (held === undefined) {
        held = await check(token)
        verified.set(hash, held)
      }
      if (held.expiresAtMs <= clock.now()) {
        verified.delete(hash)
        throw new AppError('unauthenticated', { message: 'The access token has expired.' })
      }
      if (isEnded(held.actor.sessionId)) throw new AppError('session_ended')
      return held
    },
  }
}
