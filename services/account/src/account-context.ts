import type { Clock, Logger, Random } from '@skein/platform'
import type { AccountConfig } from './config.js'
import type { Ids } from './domain/ids.js'
import type { PasswordHasher } from './password-hasher.js'
import type { SigningKeys } from './signing-keys.js'
import type { AccountStore } from './store/account-store.js'
import type { Throttle } from './throttle.js'

/** What the methods of the service work with. */
export interface AccountContext {
  readonly config: AccountConfig
  readonly store: AccountStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly ids: Ids
  readonly hasher: PasswordHasher
  readonly throttle: Throttle
  readonly keys: SigningKeys
  /** Known once the service has started. */
  readonly secrets: () => StartSecrets
}

export interface StartSecrets {
  /** Makes and proves refresh tokens. */
  readonly refreshKey: Uint8Array
  /** Hash of a password that nobody has: what is compared when there is no such account. */
  readonly nobodysHash: string
}
