import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError, type Jwk } from '@skein/contracts'
import { createTokenSigner, jwkOf, keyIdOf, type Clock, type TokenSigner } from '@skein/platform'
import type { AccountConfig } from './config.js'
import type { AccountStore, SigningKey } from './store/account-store.js'

/** The keys of access tokens, kept in the store, the same in every process of the service. */
export interface SigningKeys {
  /** Reads them, and adds one when there is none or the newest has signed long enough. */
  refresh(): Promise<void>
  /** @throws AppError unavailable before the first refresh */
  signer(): TokenSigner
  /** Those by which a living token may be signed, read now. */
  jwks(): Promise<{ keys: Jwk[] }>
}

/** A new key is public for so long before it signs, so that whoever looks for keys now and then has it. */
const headStartMs = 60_000

type Config = Pick<AccountConfig, 'keyLifeMs' | 'accessTtlMs' | 'endLeewayMs' | 'issuer' | 'audience'>

export function createSigningKeys(config: Config, store: AccountStore, clock: Clock): SigningKeys {
  let current: { readonly kid: string; readonly signer: TokenSigner } | undefined

  async function readFresh(): Promise<SigningKey[]> {
    const keys = await store.signingKeys()
    const newest = keys[0]
    if (newest !== undefined && clock.now() - newest.createdAtMs < config.keyLifeMs) return keys
    await store.addSigningKey(await makeKey(config, clock.now()), newest?.kid ?? null)
    return store.signingKeys()
  }

  return {
    async refresh() {
      const outlivesTokensMs = clock.now() + config.accessTtlMs + config.endLeewayMs
      const keys = (await readFresh()).filter((key) => key.expiresAtMs > outlivesTokensMs)
      const key = keys.find(({ createdAtMs }) => clock.now() - createdAtMs >= headStartMs) ?? keys[0]
      if (key === undefined || key.kid === current?.kid) return
      const { issuer, audience } = config
      const options = { key: createPrivateKey(key.privateKeyPem), kid: key.kid, issuer, audience, clock }
      current = { kid: key.kid, signer: createTokenSigner(options) }
    },
    signer() {
      if (current === undefined) throw new AppError('unavailable', { message: 'The account service has not started.' })
      return current.signer
    },
    async jwks() {
      const keys = (await store.signingKeys()).filter((key) => key.expiresAtMs > clock.now())
      return { keys: keys.map((key) => jwkOf(createPublicKey(key.privateKeyPem), key.kid)) }
    },
  }
}

async function makeKey({ keyLifeMs, accessTtlMs, endLeewayMs }: Config, nowMs: number): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' })
  return {
    kid: keyIdOf(publicKey),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 2 * keyLifeMs + headStartMs + accessTtlMs + endLeewayMs,
  }
}
