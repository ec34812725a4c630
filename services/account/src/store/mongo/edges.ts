import { AppError, EntryId, type UserId } from '@skein/contracts'
import type { Outbox } from '@skein/event-log'
import type { Clock, Logger, Random } from '@skein/platform'
import { duplicateKeyOf } from '@skein/platform/mongo'
import { decodeTime } from 'ulid'
import { decideEdge, relationOf, type EdgeWish } from '../../domain/edges.js'
import { ulidOf } from '../../domain/ids.js'
import type { AccountStore, EdgeOutcome } from '../account-store.js'
import { addToCounts, readCounted } from './counts.js'
import type { PairDoc } from './documents.js'
import type { Models, Row } from './models.js'
import { owing, type OwedKey } from './owed.js'
import { edgeOf, pairOf, placeOf, withEdges, type ListedEdge, type Place } from './pairs.js'
import { listEdges, op, readPair, readRelations } from './reads.js'
import { createTurns } from './turns.js'

export interface EdgeDeps {
  readonly models: Models
  readonly outbox: Outbox<OwedKey>
  /** Resolves when the notes of a pair that were being taken away are gone. */
  readonly settled: (pairId: string) => Promise<void>
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

const attemptsMax = 50

type Edges = Pick<AccountStore, 'setEdge' | 'edge' | 'relations' | 'viewerEdges' | 'followNotices'>

/*
 * The document of the pair decides. It is changed only at the version that was read and only when it owes nothing: what it
 * owes is relayed first. So every revision of an edge is told once, in order, from the document as it stands, and while the
 * log is away a pair owes one change at most.
 */
export function createEdges(deps: EdgeDeps): Edges {
  const { pairs } = deps.models
  const inTurn = createTurns()
  return {
    setEdge: (wish, followsMax) => {
      const place = placeOf(wish.actorId, wish.targetId)
      return inTurn(place.id, async () => {
        await deps.settled(place.id)
        for (let attempt = 0; attempt < attemptsMax; attempt++) {
          const outcome = await trySetEdge(deps, place, wish, followsMax)
          if (outcome !== 'again') return outcome
        }
        throw new AppError('overloaded', { message: 'Too many change what is between these two people.' })
      })
    },
    edge: async (kind, actorId, targetId) =>
      edgeOf(await readPair(pairs, placeOf(actorId, targetId).id), kind, actorId, targetId),
    relations: (viewerId, ids) => readRelations(pairs, viewerId, ids),
    viewerEdges: async (userIds) => {
      const [follows, blocking, blockedBy, mutes] = await Promise.all([
        listEdges(pairs, userIds, { kind: 'follow', whose: 'actor' }),
        listEdges(pairs, userIds, { kind: 'block', whose: 'actor' }),
        listEdges(pairs, userIds, { kind: 'block', whose: 'target' }),
        listEdges(pairs, userIds, { kind: 'mute', whose: 'actor' }),
      ])
      const by = [follows, blocking, blockedBy, mutes].map(groupByPerson)
      return userIds.map((userId) => {
        const [follows = [], blocking = [], blockedBy = [], mutes = []] = by.map((edges) => edges.get(userId) ?? [])
        return { userId, follows, blocking, blockedBy, mutes }
      })
    },
    followNotices: async (userId, range) => {
      const edges = await listEdges(pairs, [userId], { kind: 'follow', whose: 'target', range })
      return edges.map(({ edgeId, otherId, atMs }) => ({ id: edgeId, actorId: otherId, atMs }))
    },
  }
}

function groupByPerson(edges: readonly ListedEdge[]): Map<UserId, { id: UserId; rev: number }[]> {
  const groups = new Map<UserId, { id: UserId; rev: number }[]>()
  for (const { personId, otherId, rev } of edges) {
    const group = groups.get(personId) ?? []
    if (group.push({ id: otherId, rev }) === 1) groups.set(personId, group)
  }
  return groups
}

/** `again`: another change was first, or what was owed before is now relayed. */
async function trySetEdge(
  deps: EdgeDeps,
  place: Place,
  wish: EdgeWish,
  followsMax: number,
): Promise<EdgeOutcome | 'again'> {
  const { models, outbox } = deps
  const { actorId, targetId } = wish
  const people = await readCounted(models, [actorId, targetId])
  const actor = people.get(actorId)
  if (actor === undefined || !people.has(targetId)) return { kind: 'refused', why: 'not_found' }
  const held = await readPair(models.pairs, place.id)
  if (held?.outbox !== undefined) {
    await outbox.relay({ of: 'pair', id: place.id })
    await deps.settled(place.id)
    return 'again'
  }
  const edgeId = wish.on ? await edgeIdAbove(deps, wish) : wish.edgeId
  const room = { following: actor.following, followsMax }
  const decision = decideEdge({ ...wish, edgeId }, pairOf(held, actorId, targetId), room)
  if (decision.kind === 'refused') return decision
  const { edges } = decision
  if (edges.length === 0) return { kind: 'set', relation: relationOf(pairOf(held, actorId, targetId)), changed: 0 }
  const { id: _id, lo, hi } = place
  const next = withEdges(held ?? { _id, lo, hi, v: 0 }, edges)
  if (!(await writePair(deps, held, next))) return 'again'
  await addToCounts(models, edges, people)
  await relayCounted(deps, next)
  return { kind: 'set', relation: relationOf(pairOf(next, actorId, targetId)), changed: edges.length }
}

/** The id wished for, or one above the newest edge of the kind that the actor has; no other process makes the same. */
async function edgeIdAbove({ models, random }: EdgeDeps, { kind, actorId, edgeId }: EdgeWish): Promise<EntryId> {
  const range = { limit: 1 }
  const [newest] = await listEdges(models.pairs, [actorId], { kind, whose: 'actor', range })
  if (newest === undefined || edgeId > newest.edgeId) return edgeId
  return EntryId.parse(ulidOf(decodeTime(newest.edgeId) + 1, random.bytes(16)))
}

/** False when another change was first. */
async function writePair({ models, clock }: EdgeDeps, held: PairDoc | null, next: PairDoc): Promise<boolean> {
  const { pairs } = models
  const { _id, v, up, down, outbox = [] } = next
  const change: Row = { v, ...(up && { up }), ...(down && { down }), ...owing(clock, outbox) }
  if (held === null) {
    try {
      await pairs.insertMany([{ _id, lo: next.lo, hi: next.hi, ...change }], { lean: true })
      return true
    } catch (thrown) {
      if (duplicateKeyOf(thrown) !== null) return false
      throw thrown
    }
  }
  const { matchedCount } = await pairs.updateOne({ _id, v: held.v }, { $set: change })
  return matchedCount === 1
}

/** What the log refused stays owed, but its counts need not be made anew for it. */
async function relayCounted({ models, outbox, log }: EdgeDeps, { _id, v }: PairDoc): Promise<void> {
  try {
    await outbox.relay({ of: 'pair', id: _id, counted: true })
  } catch (thrown) {
    await models.pairs
      .updateOne({ _id, v, outbox: op({ $exists: true }) }, { $set: { 'outbox.$[].counted': true } })
      .catch((err: unknown) => log.debug({ err }, 'a pair that owes is counted anew by the sweeper'))
    throw thrown
  }
}
