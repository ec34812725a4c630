import type { Range, ReplyFilter, Skeleton, UserId } from '@skein/contracts'
import { sqlList, type Sqlite } from '@skein/platform'
import { boundsOf, inBothOrders, newestFirst, type Bounds, type Order } from './bounds.js'
import { toEntry, toHead, toMerged, toSkeleton, type Head } from './rows.js'

/*
 * The first k entries of many actors come from at most k of them: those whose own first entry is first. So: one seek an
 * actor for its first entry, then what the k best have up to the first entry of the last of them, in the same statement.
 * When that is too much to sort, because some wrote very much or fewer than k have entries at all, up to k entries of each
 * of the best, best first, stopping at an actor whose first entry cannot be among the k any more. For very many actors the
 * first entries of anyone are looked at before: mostly the page is among them. "First" is newest, or, in a range with
 * `after`, oldest.
 */

/** From this many actors on, everyone's entries are looked at before those of each actor. */
const manyActors = 1_000
const lookAtEntries = 500
/** How many times the entries asked for may be sorted at once. */
const sortedPerWanted = 4

const filters = { include: '', exclude: 'AND reply = 0', only: 'AND reply = 1' } as const satisfies Record<
  ReplyFilter,
  string
>

/** Each names its index: without it the planner may take another one that has the actor too. */
const indexes = {
  include: '',
  exclude: 'INDEXED BY post_entries_tops',
  only: 'INDEXED BY post_entries_replies',
} as const satisfies Record<ReplyFilter, string>

/** Actors without an entry come last, without a head: a condition on it would look for each head twice. */
const bestSql = (replies: ReplyFilter, order: Order) => `SELECT a.value AS actor,
    (SELECT id FROM post_entries ${indexes[replies]}
      WHERE actor = a.value AND id > ?1 AND id < ?2 ${filters[replies]} ORDER BY id ${order} LIMIT 1) AS head
  FROM json_each(?3) a ORDER BY head ${order} NULLS LAST LIMIT ?4`
const headSql = (replies: ReplyFilter) =>
  inBothOrders(
    (order) => `SELECT actor, head FROM (${bestSql(replies, order)}) WHERE head IS NOT NULL ORDER BY head ${order}`,
  )
const joinedSql = (replies: ReplyFilter) =>
  inBothOrders(
    (order) => `WITH best AS MATERIALIZED (${bestSql(replies, order)}),
      ends (last) AS MATERIALIZED (SELECT CASE WHEN count(head) = ?4 THEN ${order === 'DESC' ? 'min' : 'max'}(head)
        ELSE ${order === 'DESC' ? '?1' : '?2'} END FROM best)
    SELECT id, actor, post, repost, count(*) OVER () AS looked FROM (
      SELECT e.id, e.actor, e.post, e.repost
      FROM ends CROSS JOIN best CROSS JOIN post_entries e ${indexes[replies]}
      WHERE e.actor = best.actor AND e.id > ?1 AND e.id < ?2 ${filters[replies]}
        AND e.id ${order === 'DESC' ? '>=' : '<='} ends.last LIMIT ?5)
    ORDER BY id ${order} LIMIT ?4`,
  )
const ofActorSql = (replies: ReplyFilter) =>
  inBothOrders(
    (order) => `SELECT id, actor, post, repost FROM post_entries ${indexes[replies]}
    WHERE actor = ? AND id > ? AND id < ? ${filters[replies]} ORDER BY id ${order} LIMIT ?`,
  )

export const sql = {
  heads: { include: headSql('include'), exclude: headSql('exclude'), only: headSql('only') },
  joined: { include: joinedSql('include'), exclude: joinedSql('exclude'), only: joinedSql('only') },
  ofActor: { include: ofActorSql('include'), exclude: ofActorSql('exclude'), only: ofActorSql('only') },
  ofAnyone: inBothOrders(
    (order) =>
      `SELECT id, actor, post, repost, reply FROM post_entries WHERE id > ? AND id < ? ORDER BY id ${order} LIMIT ?`,
  ),
} as const

/** See `EntryQueries.byActors`. */
export function readByActors(db: Sqlite, actorIds: readonly UserId[], range: Range, replies: ReplyFilter): Skeleton[] {
  const actors = [...new Set(actorIds)]
  const bounds = boundsOf(range)
  const first = actors.length < manyActors ? { found: [], rest: bounds } : lookAtAnyone(db, actors, bounds, replies)
  const found = first.rest === null ? first.found : [...first.found, ...mergeActors(db, actors, first.rest, replies)]
  return newestFirst(found, bounds)
}

interface FirstLook {
  readonly found: Skeleton[]
  /** Where to go on; null when the page is full or nothing is left. */
  readonly rest: Bounds | null
}

function lookAtAnyone(db: Sqlite, actors: readonly UserId[], bounds: Bounds, replies: ReplyFilter): FirstLook {
  const wanted = new Set(actors)
  const entries = db.read(sql.ofAnyone[bounds.order]).all(bounds.after, bounds.before, lookAtEntries).map(toEntry)
  const found = entries
    .filter(({ skeleton, reply }) => wanted.has(skeleton.actorId) && fits(reply, replies))
    .map(({ skeleton }) => skeleton)
    .slice(0, bounds.limit)
  const last = entries.at(-1)?.skeleton.id
  if (found.length === bounds.limit || entries.length < lookAtEntries || last === undefined)
    return { found, rest: null }
  const edge = bounds.order === 'DESC' ? { before: last } : { after: last }
  return { found, rest: { ...bounds, ...edge, limit: bounds.limit - found.length } }
}

function mergeActors(db: Sqlite, actors: readonly UserId[], bounds: Bounds, replies: ReplyFilter): Skeleton[] {
  return readJoined(db, actors, bounds, replies) ?? mergeOneByOne(db, actors, bounds, replies)
}

/** null when it would be too much to sort; not tried for few, whose entries have no end that is known before. */
function readJoined(
  db: Sqlite,
  actors: readonly UserId[],
  { after, before, order, limit }: Bounds,
  replies: ReplyFilter,
): Skeleton[] | null {
  if (actors.length < limit) return null
  const max = sortedPerWanted * limit
  const rows = db.read(sql.joined[replies][order]).all(after, before, sqlList(actors), limit, max).map(toMerged)
  const looked = rows[0]?.looked ?? 0
  return looked === max ? null : rows.map(({ skeleton }) => skeleton)
}

function mergeOneByOne(db: Sqlite, actors: readonly UserId[], bounds: Bounds, replies: ReplyFilter): Skeleton[] {
  const { after, before, order, limit } = bounds
  const heads = db.read(sql.heads[replies][order]).all(after, before, sqlList(actors), limit).map(toHead)
  let merged: Skeleton[] = []
  let cut = heads.length === limit ? heads.at(-1)?.head : undefined
  for (const { actor, head } of heads) {
    if (cut !== undefined && isBefore(cut, head, order)) break
    const [low, high] = narrowed(bounds, cut)
    const rows = db.read(sql.ofActor[replies][order]).all(actor, low, high, limit).map(toSkeleton)
    merged = [...merged, ...rows].sort((a, b) => (isBefore(a.id, b.id, order) ? -1 : 1)).slice(0, limit)
    if (merged.length === limit) cut = merged.at(-1)?.id ?? cut
  }
  return merged
}

/** The bounds up to `cut`, which is the last that can be on the page: a little wider, as both ends are exclusive. */
function narrowed({ after, before, order }: Bounds, cut: Head['head'] | undefined): [string, string] {
  if (cut === undefined) return [after, before]
  if (order === 'ASC') return [after, earlier(before, `${cut}!`)]
  return [later(after, cut.slice(0, -1)), before]
}

function isBefore(a: string, b: string, order: Order): boolean {
  return order === 'DESC' ? a > b : a < b
}

function earlier(a: string, b: string): string {
  return a < b ? a : b
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

function fits(reply: boolean, replies: ReplyFilter): boolean {
  return replies === 'include' || reply === (replies === 'only')
}
