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

/** A viewer over plain sets, as the account service sends them. Costs one walk over the edges. */
export function viewerOf(edges: ViewerSets): Viewer {
  const follows = new Set<UserId>()
  const blocks = new Set<UserId>()
  const mutes = new Set<UserId>()
  for (const { id } of edges.follows) follows.add(id)
  for (const { id } of edges.blocking) blocks.add(id)
  for (const { id } of edges.blockedBy) blocks.add(id)
  for (const { id } of edges.mutes) mutes.add(id)
  return {
    id: edges.userId,
    follows: (id) => follows.has(id),
    blocked: (id) => blocks.has(id),
    mutes: (id) => mutes.has(id),
  }
}
