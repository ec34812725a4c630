import { createSecretKey } from 'node:crypto'
import { seedAccounts } from '@skein/account'
import { createMongoAccountStore } from '@skein/account/mongo'
import { accountContract, Handle, type UserId } from '@skein/contracts'
import { createRpcClient, createServiceTokens, httpLink, systemClock, systemRandom } from '@skein/platform'
import { openMongo } from '@skein/platform/mongo'
import type { RedisClient } from '@skein/event-log/redis'
import { silentLogger } from '@skein/platform/testing'
import { createHomesDb } from '../../services/timeline/src/homes/redis/homes-db.js'

export interface FillOrder {
  readonly mongoPort: number
  readonly handles: readonly string[]
  /** Places in `handles`: who, whom. */
  readonly follows: readonly (readonly [number, number])[]
}

/** Straight into the database of a cluster that nobody has used yet. Resolves to the ids, in the order of the handles. */
export async function fillAccounts({ mongoPort, handles, follows }: FillOrder): Promise<UserId[]> {
  const url = `mongodb://127.0.0.1:${mongoPort}/skein-accounts?directConnection=true`
  const connection = await openMongo({ url, name: 'bench', log: silentLogger })
  const append = () => Promise.reject(new Error('nothing is told of what is filled in'))
  const [clock, random] = [systemClock, systemRandom]
  const store = await createMongoAccountStore({ connection, append, clock, log: silentLogger, random })
  const people = handles.map((handle) => ({ handle, name: `The ${handle}` }))
  const ids = await seedAccounts(
    { people, follows, passwordHash: 'nobody signs in', events: false },
    { store, clock, random },
  )
  await store.outbox.close()
  await connection.close()
  return ids
}

const storesAtOnce = 64

/** Homes of some who follow one author alone, as building them leaves them in Redis. */
export async function storeHomes(redis: RedisClient, readers: readonly UserId[], author: UserId): Promise<void> {
  const homes = createHomesDb({ redis, prefix: 'skein', cap: 800, ttlMs: 86_400_000, buildPatienceMs: 30_000 })
  const waiting = [...readers]
  const store = async (): Promise<void> => {
    for (let reader = waiting.pop(); reader !== undefined; reader = waiting.pop()) {
      const build = (await homes.begin(reader, 'bench')) ?? 0
      await homes.enlist(reader, build, [author])
      await homes.finish(reader, build, undefined, [])
    }
  }
  await Promise.all(Array.from({ length: storesAtOnce }, store))
}

const mintsAtOnce = 16

/** An access token for each, by the account service as the operator's command asks for it. */
export async function mintTokens(
  secret: string,
  accounts: readonly string[],
  handles: readonly string[],
): Promise<string[]> {
  const link = httpLink({ addresses: accounts })
  const serviceTokens = createServiceTokens({
    secret: createSecretKey(Buffer.from(secret)),
    caller: 'cli',
    clock: systemClock,
  })
  const { operator } = createRpcClient(accountContract, link, { service: 'account', serviceTokens })
  const tokens: string[] = []
  let next = 0
  const mint = async (): Promise<void> => {
    for (let at = next++; at < handles.length; at = next++) {
      const context = { requestId: 'bench', deadlineAtMs: systemClock.now() + 30_000 }
      const input = { handle: Handle.parse(handles[at]), client: 'bench' }
      tokens[at] = (await operator.createToken(input, { context })).accessToken
    }
  }
  await Promise.all(Array.from({ length: mintsAtOnce }, mint))
  await link.close?.()
  return tokens
}
