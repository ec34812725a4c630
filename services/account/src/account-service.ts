import { AppError, type Jwk } from '@skein/contracts'
import type { AccessRules, Cancel, Clock, Logger, Random } from '@skein/platform'
import { accountAccess } from './access.js'
import type { AccountContext, StartSecrets } from './account-context.js'
import type { AccountConfig } from './config.js'
import { createIds } from './domain/ids.js'
import type { PasswordHasher } from './password-hasher.js'
import { createRouter, type AccountRouter } from './rpc/router.js'
import { createSigningKeys } from './signing-keys.js'
import type { AccountStore } from './store/account-store.js'
import { createThrottle } from './throttle.js'

export interface AccountDeps {
  /** Stays the caller's: closing the service does not close it. */
  readonly store: AccountStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly hasher: PasswordHasher
}

export interface AccountService {
  /** For `createServiceHandler`, with `access`. */
  readonly router: AccountRouter
  readonly access: AccessRules
  /** Makes what the first start needs (a signing key, the key of refresh tokens); methods that sign in answer after it. */
  start(): Promise<void>
  /** For a verifier of access tokens in the same process. */
  jwks(): Promise<{ keys: Jwk[] }>
  close(): Promise<void>
}

const keysEveryMs = 60_000
const sweepEveryMs = 10 * 60_000
const refreshKeyBytes = 32

/** People, sessions and who follows whom. */
export function createAccountService(config: AccountConfig, deps: AccountDeps): AccountService {
  const { store, clock, random, log, hasher } = deps
  const keys = createSigningKeys(config, store, clock)
  let secrets: StartSecrets | undefined
  let timers: Cancel[] = []
  const account: AccountContext = {
    config,
    store,
    clock,
    random,
    log,
    hasher,
    keys,
    ids: createIds(
      () => clock.now(),
      (length) => random.bytes(length),
    ),
    throttle: createThrottle(config.throttle, () => clock.now()),
    secrets: () => {
      if (secrets === undefined) throw new AppError('unavailable', { message: 'The account service has not started.' })
      return secrets
    },
  }

  function inBackground(work: Promise<void>, what: string): void {
    work.catch((error: unknown) => log.warn({ error }, what))
  }

  return {
    router: createRouter(account),
    access: accountAccess,
    async start() {
      await keys.refresh()
      const refreshKey = await store.keepSecret('refresh', random.bytes(refreshKeyBytes))
      const nobodysHash = await hasher.hash(Buffer.from(random.bytes(16)).toString('hex'))
      secrets = { refreshKey, nobodysHash }
      timers = [
        clock.every(keysEveryMs, () => inBackground(keys.refresh(), 'the signing keys could not be read')),
        clock.every(sweepEveryMs, () => inBackground(store.sweep(clock.now()), 'old sessions could not be removed')),
      ]
    },
    jwks: () => keys.jwks(),
    close() {
      for (const cancel of timers.splice(0)) cancel()
      return Promise.resolve()
    },
  }
}
