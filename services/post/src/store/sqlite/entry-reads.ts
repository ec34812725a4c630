import type { NotificationType, PostId, Range, Skeleton, Tag, UserId } from '@skein/contracts'
import { sqlList, type Sqlite } from '@skein/platform'
import { aboveAllIds, belowAllIds, keyOf } from '../../domain/ids.js'
import type { EntryQueries, Notice } from '../post-store.js'
import { readByActors } from './actor-merge.js'
import { boundsOf, inBothOrders, newestFirst, type Order } from './bounds.js'
import { toNotice, toSkeleton } from './rows.js'

const within = (order: Order): string => `id > ? AND id < ? ORDER BY id ${order} LIMIT ?`

export const sql = {
  public: inBothOrders(
    (order) => `SELECT id, actor, id AS post, 0 AS repost FROM post_entries INDEXED BY post_entries_public
      WHERE repost = 0 AND reply = 0 AND ${within(order)}`,
  ),
  byTag: inBothOrders(
    (order) => `SELECT id, author AS actor, id AS post, 0 AS repost FROM post_tags WHERE tag = ? AND ${within(order)}`,
  ),
  below: inBothOrders(
    (order) =>
      `SELECT id, author AS actor, id AS post, 0 AS repost FROM post_ancestors WHERE ancestor = ? AND ${within(order)}`,
  ),
  bookmarks: inBothOrders(
    (order) => `SELECT edge_id AS id, post_author AS actor, post, 0 AS repost FROM post_edges
      WHERE kind = 'bookmark' AND is_on = 1 AND actor = ? AND edge_id > ? AND edge_id < ? ORDER BY edge_id ${order} LIMIT ?`,
  ),
  search: inBothOrders(
    (order) => `SELECT p.id, p.author AS actor, p.id AS post, 0 AS repost
      FROM post_words CROSS JOIN posts p ON p.seq = post_words.rowid
      WHERE post_words MATCH ?1 AND post_words.rowid >= ?2 AND post_words.rowid <= ?3 AND p.id > ?4 AND p.id < ?5
      ORDER BY post_words.rowid ${order} LIMIT ?6`,
  ),
  notices: inBothOrders(
    (order) => `SELECT id, type, actor, post, at FROM post_notices WHERE user = ? AND ${within(order)}`,
  ),
  noticesOf: inBothOrders(
    (order) => `SELECT n.id, n.type, n.actor, n.post, n.at FROM json_each(?1) t CROSS JOIN post_notices n
      WHERE n.user = ?2 AND n.type = t.value AND n.id IN (SELECT id FROM post_notices
        WHERE user = ?2 AND type = t.value AND id > ?3 AND id < ?4 ORDER BY id ${order} LIMIT ?5)
      ORDER BY n.id ${order} LIMIT ?5`,
  ),
} as const

const lowestKey = 0n
const highestKey = 2n ** 63n - 1n

/** Every list is read in one statement, but `byActors`. */
export function createEntryQueries(db: Sqlite): EntryQueries {
  function list(orders: Readonly<Record<Order, string>>, range: Range, ...keys: string[]): Skeleton[] {
    const bounds = boundsOf(range)
    const rows = db.read(orders[bounds.order]).all(...keys, bounds.after, bounds.before, bounds.limit)
    return newestFirst(rows.map(toSkeleton), bounds)
  }

  return {
    byActors: async (actorIds, range, replies) => readByActors(db, actorIds, range, replies),
    public: async (range) => list(sql.public, range),
    byTag: async (tag: Tag, range) => list(sql.byTag, range, tag),
    below: async (postId: PostId, range) => list(sql.below, range, postId),
    bookmarks: async (actorId: UserId, range) => list(sql.bookmarks, range, actorId),
    search: async (words, range) => readMatches(db, words, range),
    notices: async (userId, range, types) => readNotices(db, userId, range, types),
  }
}

function readMatches(db: Sqlite, words: readonly string[], range: Range): Skeleton[] {
  if (words.length === 0) return []
  const bounds = boundsOf(range)
  const { after, before, order, limit } = bounds
  const query = words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ')
  const low = after === belowAllIds ? lowestKey : keyOf(after)
  const high = before === aboveAllIds ? highestKey : keyOf(before)
  const rows = db.read(sql.search[order]).all(query, low, high, after, before, limit)
  return newestFirst(rows.map(toSkeleton), bounds)
}

function readNotices(db: Sqlite, userId: UserId, range: Range, types?: readonly NotificationType[]): Notice[] {
  const bounds = boundsOf(range)
  const { after, before, order, limit } = bounds
  const rows =
    types === undefined
      ? db.read(sql.notices[order]).all(userId, after, before, limit)
      : db.read(sql.noticesOf[order]).all(sqlList([...new Set(types)]), userId, after, before, limit)
  return newestFirst(rows.map(toNotice), bounds)
}
