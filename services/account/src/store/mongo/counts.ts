import { AppError, UserId } from '@skein/contracts'
import { z } from 'zod'
import type { EdgeRecord } from '../../domain/edges.js'
import { inChunks } from './chunks.js'
import type { Models } from './models.js'
import { ends } from './pairs.js'
import { among } from './reads.js'

/*
 * The counts of a person follow the edges, which lie in other documents. Who changed an edge adds to the counts, once, but
 * only if they were not counted anew since before the edge changed (`recounts`); else, and whenever it is not known whether
 * somebody added (a note that outlived its writer), they are counted anew, which holds only if nobody added meanwhile
 * (`counts`). So an edge is in the counts exactly once whatever dies between. Additions are sent as `updateMany`, which the
 * driver never sends again by itself.
 */

const recountAttemptsMax = 50
/** For more people than this all edges are looked at, once. */
const recountFewMax = 100

/** A person as they stood before an edge changed. */
export interface Counted {
  readonly following: number
  readonly recounts: number
}

const CountedRows = z.array(z.object({ _id: UserId, following: z.int(), recounts: z.int(), counts: z.int() }))
const TallyRows = z.array(z.object({ _id: UserId, n: z.int() }))

/** Those of them who exist. */
export async function readCounted(models: Models, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Counted>> {
  return new Map((await readCounts(models, ids)).map(({ _id, ...counted }) => [_id, counted]))
}

/** Brings edges that were just written into the counts; `before` was read before they were written. */
export async function addToCounts(
  models: Models,
  edges: readonly EdgeRecord[],
  before: ReadonlyMap<UserId, Counted>,
): Promise<void> {
  const stale: UserId[] = []
  for (const [id, { recounts }] of before) {
    const following = sum(edges.filter(({ kind, actorId }) => kind === 'follow' && actorId === id))
    const followers = sum(edges.filter(({ kind, targetId }) => kind === 'follow' && targetId === id))
    if (following === 0 && followers === 0) continue
    const update = { $inc: { following, followers, counts: 1 } }
    const { matchedCount } = await models.users.updateMany({ _id: id, recounts }, update)
    if (matchedCount === 0) stale.push(id)
  }
  if (stale.length > 0) await recount(models, stale)
}

function sum(edges: readonly EdgeRecord[]): number {
  return edges.reduce((total, { on }) => total + (on ? 1 : -1), 0)
}

/** Makes the counts of some people what their follows are. Costs a look at each of those follows; at all, for more than a few. */
export async function recount(models: Models, ids: readonly UserId[]): Promise<void> {
  const counted = ids.length > recountFewMax ? null : ids
  for (let attempt = 0; attempt < recountAttemptsMax; attempt++) {
    const people = (await inChunks(ids, (chunk) => readCounts(models, chunk))).flat()
    const [following, followers] = [await tally(models, 'actor', counted), await tally(models, 'target', counted)]
    const writes = people.map(({ _id, counts }) => ({
      updateMany: {
        filter: { _id, counts },
        update: {
          $set: { following: following.get(_id) ?? 0, followers: followers.get(_id) ?? 0 },
          $inc: { counts: 1, recounts: 1 },
        },
      },
    }))
    const done = await inChunks(writes, (chunk) => models.users.bulkWrite(chunk, { ordered: false }))
    if (done.reduce((total, { matchedCount }) => total + matchedCount, 0) === writes.length) return
  }
  throw new AppError('overloaded', { message: 'The follower counts change too fast to be counted anew.' })
}

async function readCounts({ users }: Models, ids: readonly UserId[]): Promise<z.infer<typeof CountedRows>> {
  const rows = await users
    .find({ _id: among(ids) })
    .select({ following: 1, recounts: 1, counts: 1 })
    .lean()
  return CountedRows.parse(rows)
}

/** How many follows that are on each person has at this end; of everyone when `ids` is null. Nobody with none is in it. */
export async function tally(
  { pairs }: Models,
  whose: 'actor' | 'target',
  ids: readonly UserId[] | null,
): Promise<Map<UserId, number>> {
  const tallies = new Map<UserId, number>()
  for (const { side, person } of ends[whose]) {
    const $match = { [`${side}.follow.on`]: true, ...(ids === null ? {} : { [person]: { $in: ids } }) }
    const rows: unknown = await pairs.aggregate([{ $match }, { $group: { _id: `$${person}`, n: { $sum: 1 } } }])
    for (const { _id, n } of TallyRows.parse(rows)) tallies.set(_id, (tallies.get(_id) ?? 0) + n)
  }
  return tallies
}
