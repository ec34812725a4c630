import type { EntryId, RelationEvent, UserId } from '@skein/contracts'
import { edgeEvent, type EdgeKind, type EdgeRecord, type Pair } from '../../domain/edges.js'
import type { PairDoc, sides } from './documents.js'

export type SideName = (typeof sides)[number]

/** Where the edges of an actor to a target lie. */
export interface Place {
  readonly id: string
  readonly lo: UserId
  readonly hi: UserId
  readonly side: SideName
}

export function placeOf(actorId: UserId, targetId: UserId): Place {
  const [lo, hi] = actorId < targetId ? [actorId, targetId] : [targetId, actorId]
  return { id: `${lo}:${hi}`, lo, hi, side: actorId === lo ? 'up' : 'down' }
}

/** null: never made. */
export function edgeOf(pair: PairDoc | null, kind: EdgeKind, actorId: UserId, targetId: UserId): EdgeRecord | null {
  const held = pair?.[placeOf(actorId, targetId).side]?.[kind]
  return held === undefined ? null : { kind, actorId, targetId, ...held }
}

export function pairOf(pair: PairDoc | null, actorId: UserId, targetId: UserId): Pair {
  return {
    following: edgeOf(pair, 'follow', actorId, targetId),
    followedBy: edgeOf(pair, 'follow', targetId, actorId),
    blocking: edgeOf(pair, 'block', actorId, targetId),
    blockedBy: edgeOf(pair, 'block', targetId, actorId),
    muting: edgeOf(pair, 'mute', actorId, targetId),
  }
}

/** The pair after these edges were written, and owes their events; its notes are new. */
export function withEdges(pair: PairDoc, edges: readonly EdgeRecord[]): PairDoc {
  const next: PairDoc = { ...pair, v: pair.v + 1, outbox: [] }
  const outbox = edges.map((edge) => {
    const { kind, actorId, targetId, on, rev, edgeId, atMs } = edge
    const { side } = placeOf(actorId, targetId)
    next[side] = { ...next[side], [kind]: { on, rev, edgeId, atMs } }
    return { id: edgeEvent(edge).id, side, kind }
  })
  return { ...next, outbox }
}

/** The event of an edge as it stands. */
export function edgeEventOf(pair: PairDoc, { side, kind }: { side: SideName; kind: EdgeKind }): RelationEvent | null {
  const [actorId, targetId] = side === 'up' ? [pair.lo, pair.hi] : [pair.hi, pair.lo]
  const edge = edgeOf(pair, kind, actorId, targetId)
  return edge === null ? null : edgeEvent(edge)
}

/** One end of the edges of a kind: the documents in which `person` is that end, and who is at the other. */
export interface EdgeEnd {
  readonly side: SideName
  readonly person: 'lo' | 'hi'
  readonly other: 'lo' | 'hi'
}

/** An actor stands at the lower end of what goes up and at the higher end of what goes down. */
export const ends: Readonly<Record<'actor' | 'target', readonly EdgeEnd[]>> = {
  actor: [
    { side: 'up', person: 'lo', other: 'hi' },
    { side: 'down', person: 'hi', other: 'lo' },
  ],
  target: [
    { side: 'up', person: 'hi', other: 'lo' },
    { side: 'down', person: 'lo', other: 'hi' },
  ],
}

/** An edge that is on, seen from one of its people. */
export interface ListedEdge {
  readonly personId: UserId
  readonly otherId: UserId
  readonly rev: number
  readonly edgeId: EntryId
  readonly atMs: number
}
