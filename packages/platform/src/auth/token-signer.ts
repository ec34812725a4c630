import type { KeyObject } from 'node:crypto'
import { limits } from '@skein/contracts'
import jwt from 'jsonwebtoken'
import type { Clock } from '../clock.js'
import type { Actor } from '../rpc/context.js'
import { accessTokenType } from './access-token.js'

export interface TokenSignerConfig {
  /** A private P-256 key. */
  readonly key: KeyObject
  readonly kid: string
  readonly issuer: string
  readonly audience: string
  readonly clock: Clock
}

export interface TokenSigner {
  /** A token for `ttlMs`, in whole seconds: 15 minutes when absent. */
  sign(actor: Actor, ttlMs?: number): { readonly accessToken: string; readonly accessExpiresAtMs: number }
}

/** @throws Error at once when the key cannot make ES256 signatures */
export function createTokenSigner({ key, kid, issuer, audience, clock }: TokenSignerConfig): TokenSigner {
  if (key.type !== 'private' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new Error('access tokens need a private P-256 key')
  }
  const header = { alg: 'ES256', typ: accessTokenType, kid }
  return {
    sign({ userId, sessionId, handle, role }, ttlMs = limits.accessTokenTtlMs) {
      const iat = Math.floor(clock.now() / 1000)
      const exp = iat + Math.floor(ttlMs / 1000)
      const claims = { sub: userId, sid: sessionId, handle, role, iss: issuer, aud: audience, iat, exp }
      return { accessToken: jwt.sign(claims, key, { algorithm: 'ES256', header }), accessExpiresAtMs: exp * 1000 }
    },
  }
}
