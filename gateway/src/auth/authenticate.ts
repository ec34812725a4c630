import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '@skein/contracts'
import type { Actor } from '@skein/platform'

/** Tells whom an access token speaks for. */
export interface AccessTokenVerifier {
  /** @throws AppError unauthenticated (not ours, expired, wrong algorithm), session_ended */
  verify(accessToken: string): Promise<{ readonly actor: Actor }>
}

const maxTokenChars = 4_096

/**
 * The person behind the `Authorization` header, null without one. A header that is there must hold a valid token, whatever
 * the route: nobody is treated as anonymous by mistake.
 * @throws AppError unauthenticated, session_ended
 */
export async function authenticate(
  headers: IncomingHttpHeaders,
  verifier: AccessTokenVerifier,
): Promise<{ readonly actor: Actor; readonly accessToken: string } | null> {
  if (headers.authorization === undefined) return null
  const accessToken = /^Bearer ([\w.~+/-]+=*)$/i.exec(headers.authorization)?.[1]
  if (accessToken === undefined || accessToken.length > maxTokenChars) throw new AppError('unauthenticated')
  const { actor } = await verifier.verify(accessToken)
  return { actor, accessToken }
}
