import type { LogEvent, Position } from '@skein/contracts'
import { createOutbox, type Outbox } from '@skein/event-log'
import { systemRandom, type Clock, type Logger, type Random } from '@skein/platform'
import { inMongoAppErrors, toMongoAppError } from '@skein/platform/mongo'
import type { Connection } from 'mongoose'
import type { AccountStore } from '../account-store.js'
import { recount } from './counts.js'
import { createEdges } from './edges.js'
import { createEndings, markEnded } from './endings.js'
import { createImport } from './import.js'
import { createKeys } from './keys.js'
import { openModels } from './models.js'
import { createOwedSource } from './owed.js'
import { createPeople } from './people.js'
import { createSessions } from './sessions.js'
import { createUsers } from './users.js'

export interface MongoAccountStoreDeps {
  /** Stays the caller's: closing the store does not close it. Its writes must be durable when they are acknowledged. */
  readonly connection: Connection
  /** Of the event log. @throws AppError delayed when it does not answer in time */
  readonly append: (events: readonly LogEvent[]) => Promise<readonly Position[]>
  readonly clock: Clock
  readonly log: Logger
  readonly random?: Random
}

export interface MongoAccountStore extends AccountStore {
  readonly outbox: Pick<Outbox<never>, 'start' | 'ageMs' | 'close'>
}

/**
 * The account collections in a MongoDB, with their indexes made when they are not there. A change that stands and whose
 * event could not be appended is `delayed`: the same call again, or the sweeper (`outbox.start`) of any process, completes
 * it. @throws AppError unavailable
 */
export async function createMongoAccountStore(deps: MongoAccountStoreDeps): Promise<MongoAccountStore> {
  const { connection, append, clock, log, random = systemRandom } = deps
  const models = await openModels(connection).catch((thrown: unknown) => {
    throw toMongoAppError(thrown)
  })
  const source = createOwedSource(models, {
    endSessions: (user) => markEnded({ models, clock }, user),
    recount: ({ lo, hi }) => recount(models, [lo, hi]),
  })
  const outbox = createOutbox({ source, append, clock, log })
  const shared = { models, outbox, clock }
  const store: AccountStore = {
    ...createUsers(shared),
    ...createSessions(shared),
    ...createEndings(shared),
    ...createKeys(models),
    ...createEdges({ ...shared, settled: (pairId) => source.settled(pairId), random, log }),
    ...createPeople(models),
    ...createImport({ models, append, clock }),
    close: () => outbox.close(),
  }
  return Object.assign(inMongoAppErrors(store), {
    outbox: { start: () => outbox.start(), ageMs: () => outbox.ageMs(), close: () => outbox.close() },
  })
}
