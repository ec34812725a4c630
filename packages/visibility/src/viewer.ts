import type { UserId } from '@skein/contracts'

/** How one person stands to others now. The gateway answers from interned sets, the timeline from a fresh read. */
export interface Viewer {
  readonly id: UserId
  follows(id: UserId): boolean
  /** Either way. */
  blocked(id: UserId): boolean
  mutes(id: UserId): boolean
}

export interface ViewerSets {
  readonly userId: UserId
  readonly follows: Iterable<{ readonly id: UserId }>
  readonly blocking: Iterable<{ readonly id: UserId }>
  readonly blockedBy: Iterable<{ readonly id: UserId }>
  readonly mutes: Iterable<{ readonly id: UserId }>
}

function idsOf(edges: Iterable<{ readonly id: UserId }>): Set<UserId> {
  return new Set(Array.from(edges, (edge) => edge.id))
}

/** A viewer over plain sets, as the account service sends them. */
export function viewerOf(edges: ViewerSets): Viewer {
  const follows = idsOf(edges.follows)
  const blocks = idsOf([...edges.blocking, ...edges.blockedBy])
  const mutes = idsOf(edges.mutes)
  return {
    id: edges.userId,
    follows: (id) => follows.has(id),
    blocked: (id) => blocks.has(id),
    mutes: (id) => mutes.has(id),
  }
}
