import type { EntryId, Relation, RelationEvent, UserId } from '@skein/contracts'

export type EdgeKind = RelationEvent['kind']

/** One person's follow, block or mute of another. An edge that was turned off stays, so that its rev only grows. */
export interface EdgeRecord {
  readonly kind: EdgeKind
  readonly actorId: UserId
  readonly targetId: UserId
  readonly on: boolean
  readonly rev: number
  /** New each time it is turned on; kept when it is turned off. */
  readonly edgeId: EntryId
  readonly atMs: number
}

/** Everything that stands between an actor and a target, each edge on, off or never made. */
export interface Pair {
  readonly following: EdgeRecord | null
  readonly followedBy: EdgeRecord | null
  readonly blocking: EdgeRecord | null
  readonly blockedBy: EdgeRecord | null
  readonly muting: EdgeRecord | null
}

export interface EdgeWish {
  readonly kind: EdgeKind
  readonly actorId: UserId
  readonly targetId: UserId
  readonly on: boolean
  /** The id of the edge when this turns it on. */
  readonly edgeId: EntryId
  readonly nowMs: number
}

export interface FollowRoom {
  /** How many the actor follows, and may. */
  readonly following: number
  readonly followsMax: number
}

export type EdgeDecision =
  | { readonly kind: 'refused'; readonly why: 'oneself' | 'blocked' | 'limit_reached' }
  /** Edges to write, each at its next revision; none when it stands so already. */
  | { readonly kind: 'changes'; readonly edges: readonly EdgeRecord[] }

/**
 * What a wish does. Nobody has an edge to themselves; a follow is refused across a block and above the limit; turning a
 * block on ends the follows both ways; turning off is always allowed.
 */
export function decideEdge(wish: EdgeWish, pair: Pair, room: FollowRoom): EdgeDecision {
  if (wish.actorId === wish.targetId) return { kind: 'refused', why: 'oneself' }
  const held = heldEdge(wish.kind, pair)
  const own = (held?.on ?? false) === wish.on ? [] : [turn(wish, held)]
  if (wish.kind === 'follow' && wish.on && own.length > 0) {
    if (isOn(pair.blocking) || isOn(pair.blockedBy)) return { kind: 'refused', why: 'blocked' }
    if (room.following >= room.followsMax) return { kind: 'refused', why: 'limit_reached' }
  }
  const ended = wish.kind === 'block' && wish.on ? [pair.following, pair.followedBy].flatMap((e) => end(e, wish)) : []
  return { kind: 'changes', edges: [...own, ...ended] }
}

/** The event of an edge at its present revision. */
export function edgeEvent({ kind, actorId, targetId, on, rev, edgeId, atMs }: EdgeRecord): RelationEvent {
  const entity = `${kind}:${actorId}:${targetId}`
  return { kind, id: `${entity}@${rev}`, entity, subject: actorId, rev, atMs, on, edgeId, actorId, targetId }
}

/** How the actor stands to the target. */
export function relationOf(pair: Pair): Relation {
  return {
    following: isOn(pair.following),
    followedBy: isOn(pair.followedBy),
    blocking: isOn(pair.blocking),
    blockedBy: isOn(pair.blockedBy),
    muting: isOn(pair.muting),
  }
}

export const noRelation: Relation = {
  following: false,
  followedBy: false,
  blocking: false,
  blockedBy: false,
  muting: false,
}

function heldEdge(kind: EdgeKind, pair: Pair): EdgeRecord | null {
  switch (kind) {
    case 'follow':
      return pair.following
    case 'block':
      return pair.blocking
    case 'mute':
      return pair.muting
  }
}

function turn({ kind, actorId, targetId, on, edgeId, nowMs }: EdgeWish, held: EdgeRecord | null): EdgeRecord {
  const id = on || held === null ? edgeId : held.edgeId
  return { kind, actorId, targetId, on, rev: (held?.rev ?? 0) + 1, edgeId: id, atMs: nowMs }
}

function end(edge: EdgeRecord | null, { nowMs }: EdgeWish): EdgeRecord[] {
  return edge !== null && edge.on ? [{ ...edge, on: false, rev: edge.rev + 1, atMs: nowMs }] : []
}

function isOn(edge: EdgeRecord | null): boolean {
  return edge !== null && edge.on
}
