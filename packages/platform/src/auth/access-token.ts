import { createHash, type KeyObject } from 'node:crypto'
import { Handle, Jwk, Role, SessionId, UserId } from '@skein/contracts'
import { z } from 'zod'

/*
 * An access token: a JWT, ES256, type `at+jwt`, with issuer, audience, iat, exp and the claims below. Made by the account
 * service alone; everyone else holds public keys only.
 */

export const accessTokenType = 'at+jwt'
export const accessTokenMaxChars = 4_096

export const AccessHeader = z.object({
  alg: z.literal('ES256'),
  typ: z.literal(accessTokenType),
  kid: z.string().max(100),
})

export const AccessClaims = z.object({
  sub: UserId,
  sid: SessionId,
  handle: Handle,
  role: Role,
  iat: z.int(),
  exp: z.int(),
})

/** The public half of an ES256 key as a JWK. `kid` is its thumbprint when absent. @throws for any other kind of key */
export function jwkOf(publicKey: KeyObject, kid: string = keyIdOf(publicKey)): Jwk {
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  return Jwk.parse({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' })
}

/** The thumbprint of RFC 7638: the same for a key wherever it is computed. */
export function keyIdOf(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}
