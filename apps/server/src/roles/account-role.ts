import { createAccountService, createPasswordHasher, type AccountService } from '@skein/account'
import { createMongoAccountStore } from '@skein/account/mongo'
import { accountConfigOf } from '../part-configs.js'
import { addDatabase } from './database.js'
import { clock, createVerifier, random, untilAnswers, type Ground } from './ground.js'
import { addLog } from './log-part.js'
import { addOutbox } from './outbox-part.js'
import { addService } from './serve-service.js'

type Store = Awaited<ReturnType<typeof createMongoAccountStore>>

/** People, sessions and follows, over MongoDB. */
export function addAccount(ground: Ground): { readonly port: number } {
  const { config, log, lifecycle } = ground
  const logPart = addLog(ground)
  const database = addDatabase(ground, config['mongo.accountsUrl'] ?? '')
  let store: Store | undefined
  let service: AccountService | undefined
  const opened = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('account has not started')
    return part
  }
  lifecycle.add('store', {
    start: async () => {
      const { connection } = database
      const append = logPart.events.append.bind(logPart.events)
      store = await untilAnswers('mongodb', log, () =>
        createMongoAccountStore({ connection, append, clock, log, random }),
      )
    },
  })
  addOutbox(ground, () => opened(store).outbox)
  lifecycle.add('account', {
    start: async () => {
      const accountConfig = accountConfigOf(config)
      const hasher = createPasswordHasher(accountConfig.passwords)
      const made = createAccountService(accountConfig, { store: opened(store), clock, random, log, hasher })
      service = made
      await untilAnswers('mongodb', log, () => made.start())
    },
    close: () => service?.close(),
  })
  return addService(ground, () => {
    const own = opened(service)
    const verifier = createVerifier(config, () => own.jwks(), ground.ended)
    return { router: own.router, access: own.access, verifier }
  })
}
