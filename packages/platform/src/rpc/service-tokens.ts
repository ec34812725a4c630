import type { KeyObject } from 'node:crypto'
import { AppError } from '@skein/contracts'
import jwt from 'jsonwebtoken'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Clock } from '../clock.js'
import { Caller } from './context.js'

export interface ServiceTokens {
  /** A token that says who calls, for one service only. Reused until 10 s before its end. */
  mint(audience: string): string
  /** Who calls. @throws AppError unauthenticated */
  verify(token: string, audience: string): Caller
}

export interface ServiceTokensConfig {
  /** Of at least 32 bytes, the same in every part of one installation. */
  readonly secret: KeyObject
  readonly caller: Caller
  readonly clock: Clock
}

const lifeMs = 60_000
const reuseMs = 50_000
const toleranceSeconds = 5
/** Callers reuse their tokens, and no stranger's is remembered: enough for every replica of everything that calls. */
const rememberedMax = 256
const issuer = 'skein'
const type = 'svc+jwt'

const Token = z.object({ header: z.object({ typ: z.literal(type) }), payload: z.object({ sub: Caller, exp: z.int() }) })

interface Verified {
  readonly caller: Caller
  readonly audience: string
  readonly beforeSeconds: number
}

/** HS256, 60 s, audience = the service. A token is made and checked once, about 7 µs each; its end counts on every call. */
export function createServiceTokens({ secret, caller, clock }: ServiceTokensConfig): ServiceTokens {
  if (secret.type !== 'secret' || (secret.symmetricKeySize ?? 0) < 32)
    throw new Error('the service secret needs 32 bytes')
  const minted = new Map<string, { token: string; untilMs: number }>()
  const verified = new LRUCache<string, Verified>({ max: rememberedMax })

  function check(token: string, audience: string, clockTimestamp: number): Verified {
    const options = { algorithms: ['HS256' as const], issuer, audience, complete: true as const, clockTimestamp }
    const { payload } = Token.parse(jwt.verify(token, secret, { ...options, clockTolerance: toleranceSeconds }))
    return { caller: payload.sub, audience, beforeSeconds: payload.exp + toleranceSeconds }
  }

  return {
    mint(audience) {
      const nowMs = clock.now()
      const held = minted.get(audience)
      if (held !== undefined && nowMs < held.untilMs) return held.token
      const iat = Math.floor(nowMs / 1000)
      const claims = { sub: caller, aud: audience, iss: issuer, iat, exp: iat + lifeMs / 1000 }
      const token = jwt.sign(claims, secret, { algorithm: 'HS256', header: { alg: 'HS256', typ: type } })
      minted.set(audience, { token, untilMs: nowMs + reuseMs })
      return token
    },
    verify(token, audience) {
      const nowSeconds = Math.floor(clock.now() / 1000)
      const known = verified.get(token)
      if (known?.audience === audience && nowSeconds < known.beforeSeconds) return known.caller
      try {
        const fresh = check(token, audience, nowSeconds)
        verified.set(token, fresh)
        return fresh.caller
      } catch (cause) {
        throw new AppError('unauthenticated', { message: 'The service token is not valid.', cause })
      }
    },
  }
}
