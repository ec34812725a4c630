import type { EntryId, Skeleton, UserId, ViewerEdges } from '@skein/contracts'
import type { CallContext, Logger } from '@skein/platform'
import type { PostReads } from '../../ports.js'
import type { HomesDb } from './homes-db.js'

export interface BuildHomeOptions {
  readonly homes: HomesDb
  readonly post: Pick<PostReads, 'entries'>
  readonly context: () => CallContext
  readonly cap: number
  readonly log: Logger
}

const pageLines = 500

/**
 * Marked first and enlisted with everyone it follows, so that pushes are taken; then read, so that what is not pushed is
 * found; then added. Whether the home is built by this call. @throws what Redis or the post service rejects with
 */
export async function buildHome(options: BuildHomeOptions, edges: ViewerEdges, of: string): Promise<boolean> {
  const { homes } = options
  const { userId, follows } = edges
  const build = await homes.begin(userId, of)
  if (build === undefined) return false
  const actorIds = [userId, ...follows.map(({ id }) => id)]
  await homes.enlist(userId, build, actorIds)
  const { lines, floor } = await readNewest(options, actorIds)
  return homes.finish(userId, build, floor, lines)
}

async function readNewest(
  { post, context, cap }: BuildHomeOptions,
  actorIds: UserId[],
): Promise<{ lines: Skeleton[]; floor: EntryId | undefined }> {
  const lines: Skeleton[] = []
  while (lines.length < cap) {
    const last = lines.at(-1)?.id
    const limit = Math.min(pageLines, cap - lines.length)
    const range = { limit, ...(last === undefined ? {} : { before: last }) }
    const { items } = await post.entries.byActors({ ...range, actorIds }, { context: context() })
    lines.push(...items)
    if (items.length < limit) return { lines, floor: undefined }
  }
  return { lines, floor: lines.at(-1)?.id }
}
