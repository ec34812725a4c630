import { AppError, type LogEvent, type Position, type UserId } from '@skein/contracts'
import { duplicateKeyOf } from '@skein/platform/mongo'
import type { Clock } from '@skein/platform'
import type { EdgeRecord } from '../../domain/edges.js'
import { userEvent } from '../../domain/users.js'
import type { AccountStore, ImportedFollow, NewUser } from '../account-store.js'
import { newUserRecord } from '../new-user.js'
import { chunksOf } from './chunks.js'
import { recount } from './counts.js'
import { PairDoc } from './documents.js'
import type { Models } from './models.js'
import { owing, settleMany } from './owed.js'
import { edgeEventOf, edgeOf, placeOf, withEdges } from './pairs.js'
import { among } from './reads.js'
import { newUserDoc, newUserNote } from './users.js'

export interface ImportDeps {
  readonly models: Models
  readonly append: (events: readonly LogEvent[]) => Promise<readonly Position[]>
  readonly clock: Clock
}

/** So few a write that it ends well within the patience of the driver, which else sends it again. */
const chunkMax = 500
const attemptsMax = 10

type Import = Pick<AccountStore, 'importPeople' | 'importFollows'>

export function createImport(deps: ImportDeps): Import {
  return {
    importPeople: async (people, { events }) => {
      for (const chunk of chunksOf(people, chunkMax)) await importPeople(deps, chunk, events)
    },
    importFollows: async (follows, { events }) => {
      const wanted = follows.filter(({ actorId, targetId }) => actorId !== targetId)
      for (const chunk of chunksOf(wanted, chunkMax)) await importFollows(deps, chunk, events)
      if (!events) await recountAll(deps, wanted)
    },
  }
}

async function importPeople({ models, append, clock }: ImportDeps, people: readonly NewUser[], events: boolean) {
  const owed = (user: NewUser) => (events ? owing(clock, [newUserNote(user)]) : {})
  try {
    await models.users.insertMany(
      people.map((user) => ({ ...newUserDoc(user), ...owed(user) })),
      { lean: true },
    )
  } catch (thrown) {
    if (duplicateKeyOf(thrown) === null) throw thrown
    throw new AppError('handle_taken', { message: 'One of these handles is taken.', cause: thrown })
  }
  if (!events) return
  await append(people.map((user) => userEvent(newUserRecord(user), user.createdAtMs)))
  await settleMany(
    models.users,
    people.map((user) => ({ _id: user.id, outbox: [newUserNote(user)] })),
  )
}

async function importFollows(
  { models, append, clock }: ImportDeps,
  follows: readonly ImportedFollow[],
  events: boolean,
) {
  const ids = [...new Set(follows.map(({ actorId, targetId }) => placeOf(actorId, targetId).id))]
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const held = await readPairs(models, ids)
    if (await writeMissing({ models, clock }, held, follows, events)) break
  }
  if (!events) return
  await recountAll({ models }, follows)
  const owed = [...(await readPairs(models, ids)).values()].filter(({ outbox }) => outbox !== undefined)
  await append(owed.flatMap((pair) => (pair.outbox ?? []).flatMap((note) => edgeEventOf(pair, note) ?? [])))
  await settleMany(models.pairs, owed)
}

/** Writes the follows that are not there. False when another change was first: to be done again. */
async function writeMissing(
  { models, clock }: Pick<ImportDeps, 'models' | 'clock'>,
  held: ReadonlyMap<string, PairDoc>,
  follows: readonly ImportedFollow[],
  events: boolean,
): Promise<boolean> {
  const missing = new Map<string, EdgeRecord[]>()
  for (const follow of follows) {
    const { id } = placeOf(follow.actorId, follow.targetId)
    const edges = missing.get(id) ?? []
    const isThere = edgeOf(held.get(id) ?? null, 'follow', follow.actorId, follow.targetId) !== null
    if (isThere || edges.some(({ actorId }) => actorId === follow.actorId)) continue
    missing.set(id, [...edges, { ...follow, kind: 'follow', on: true, rev: 1 }])
  }
  const writes = [...missing].map(([id, edges]) => writeOf(clock, held.get(id) ?? null, edges, events))
  if (writes.length === 0) return true
  try {
    const { insertedCount, matchedCount } = await models.pairs.bulkWrite(writes, { ordered: false })
    return insertedCount + matchedCount === writes.length
  } catch (thrown) {
    if (duplicateKeyOf(thrown) === null) throw thrown
    return false
  }
}

function writeOf(clock: Clock, held: PairDoc | null, edges: readonly EdgeRecord[], events: boolean) {
  const [first] = edges
  if (first === undefined) throw new RangeError('no edge to write')
  const { id: _id, lo, hi } = placeOf(first.actorId, first.targetId)
  const { v, up, down, outbox = [] } = withEdges(held ?? { _id, lo, hi, v: 0 }, edges)
  const owed = events ? owing(clock, [...(held?.outbox ?? []), ...outbox]) : {}
  const change = { v, ...(up && { up }), ...(down && { down }), ...owed }
  return held === null
    ? { insertOne: { document: { _id, lo, hi, ...change } } }
    : { updateOne: { filter: { _id, v: held.v }, update: { $set: change } } }
}

async function readPairs({ pairs }: Models, ids: readonly string[]): Promise<ReadonlyMap<string, PairDoc>> {
  const rows = await pairs.find({ _id: among(ids) }).lean()
  return new Map(rows.map((row) => PairDoc.parse(row)).map((pair) => [pair._id, pair]))
}

async function recountAll({ models }: { models: Models }, follows: readonly ImportedFollow[]): Promise<void> {
  const people = [...new Set(follows.flatMap(({ actorId, targetId }): UserId[] => [actorId, targetId]))]
  await recount(models, people)
}
