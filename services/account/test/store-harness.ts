import { Handle, type EntryId, type LogEvent, type UserId } from '@skein/contracts'
import { createSqliteEventLog } from '@skein/event-log'
import { fakeClock, seededRandom } from '@skein/platform/testing'
import { tempSqlite } from '@skein/platform/testing/sqlite'
import { createIds, type Ids } from '../src/domain/ids.js'
import type { EdgeKind } from '../src/domain/edges.js'
import type { AccountStore, EdgeOutcome, Ending, NewSession, NewUser } from '../src/store/account-store.js'
import { createSqliteAccountStore } from '../src/store/sqlite-account-store.js'

/** One store of its own and what its log heard. */
export interface StoreEngine extends AsyncDisposable {
  readonly store: AccountStore
  /** Everything appended so far, the oldest first. */
  readonly events: () => Promise<readonly LogEvent[]>
  /** From now on whatever would be appended fails, as if the log refused it. */
  readonly breakLog: () => void
}

export type OpenEngine = () => Promise<StoreEngine>

export async function openSqliteEngine(): Promise<StoreEngine> {
  const db = await tempSqlite()
  const log = await createSqliteEventLog({ db, lanes: 1, maxEntries: 100_000, clock: fakeClock() })
  let isBroken = false
  const store = await createSqliteAccountStore({
    db,
    append: (tx, events) => {
      if (isBroken) throw new Error('the log refused')
      return log.appendIn(tx, events)
    },
  })
  return {
    store,
    breakLog: () => void (isBroken = true),
    events: async () => {
      const [floor] = await log.floors()
      if (floor === undefined) return []
      const result = await log.read(0, floor, 100_000)
      return result.kind === 'entries' ? result.entries.map((entry) => entry.event) : []
    },
    [Symbol.asyncDispose]: async () => {
      await store.close()
      await log.close()
      await db[Symbol.asyncDispose]()
    },
  }
}

export const nowMs = 1_700_000_000_000
export const followsMax = 100

/** What tests write into a store, by short names. */
export interface Actions {
  readonly ids: Ids
  user(handle: string, change?: Partial<NewUser>): NewUser
  session(userId: UserId, change?: Partial<NewSession>): NewSession
  /** Signs up people of these handles. */
  people<H extends string>(...handles: H[]): Promise<Record<H, UserId>>
  set(kind: EdgeKind, actorId: UserId, targetId: UserId, on?: boolean, edgeId?: EntryId): Promise<EdgeOutcome>
}

export function actionsOn(store: AccountStore): Actions {
  const random = seededRandom(1)
  let clockMs = nowMs
  const ids = createIds(
    () => clockMs,
    (length) => random.bytes(length),
  )
  const user = (handle: string, change: Partial<NewUser> = {}): NewUser => ({
    id: ids.user(),
    handle: Handle.parse(handle),
    name: `Name of ${handle}`,
    bio: '',
    role: 'user',
    createdAtMs: nowMs,
    passwordHash: `hash of ${handle}`,
    ...change,
  })
  return {
    ids,
    user,
    session: (userId, change = {}) => {
      const id = ids.session()
      return {
        id,
        userId,
        client: 'test',
        createdAtMs: nowMs,
        tokenHash: `token of ${id}`,
        tokenExpiresAtMs: nowMs + 1_000_000,
        ...change,
      }
    },
    async people<H extends string>(...handles: H[]) {
      const made = handles.map((handle) => user(handle))
      for (const person of made) await store.createUser(person, null)
      return Object.fromEntries(made.map(({ handle, id }) => [handle, id])) as Record<H, UserId>
    },
    set: (kind, actorId, targetId, on = true, edgeId = ids.entry()) => {
      clockMs += 1
      return store.setEdge({ kind, actorId, targetId, on, edgeId, nowMs: clockMs }, followsMax)
    },
  }
}

export function ending(reason: Ending['reason'], change: Partial<Ending> = {}): Ending {
  return { reason, nowMs, untilMs: nowMs + 900_000, ...change }
}

export function handlesOf(people: readonly { readonly user: { readonly handle: string } }[]): string[] {
  return people.map(({ user }) => user.handle)
}
