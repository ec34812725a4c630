import { Handle, type UserId } from '@skein/contracts'
import type { Clock, Random } from '@skein/platform'
import { createIds } from './domain/ids.js'
import type { AccountStore } from './store/account-store.js'

export interface Seed {
  readonly people: readonly { readonly handle: string; readonly name: string; readonly bio?: string }[]
  /** By their places in `people`: who, whom. The later ones are the newer. Repeats and follows of oneself are left out. */
  readonly follows: readonly (readonly [number, number])[]
  /** Of all of them: hashing once is what makes this fast. */
  readonly passwordHash: string
  /** False only for a database that nobody reads yet. */
  readonly events: boolean
}

/** Fills a store for a demonstration or a benchmark; the ids of the people, in their order. @throws AppError handle_taken */
export async function seedAccounts(
  seed: Seed,
  { store, clock, random }: { store: AccountStore; clock: Clock; random: Random },
): Promise<UserId[]> {
  const ids = createIds(
    () => clock.now(),
    (length) => random.bytes(length),
  )
  const { passwordHash, events } = seed
  const people = seed.people.map(({ handle, name, bio = '' }) => {
    const given = { id: ids.user(), handle: Handle.parse(handle), name, bio }
    return { ...given, role: 'user' as const, passwordHash, createdAtMs: clock.now() }
  })
  const userIds = people.map(({ id }) => id)
  const follows = seed.follows.flatMap(([actor, target]) => {
    const [actorId, targetId] = [userIds[actor], userIds[target]]
    if (actorId === undefined || targetId === undefined) throw new RangeError(`no person ${actor} or ${target}`)
    return { actorId, targetId, edgeId: ids.entry(), atMs: clock.now() }
  })
  await store.importPeople(people, { events })
  await store.importFollows(follows, { events })
  return userIds
}
