import { PostCounts, type PostId, type StatsMessage } from '@skein/contracts'
import type { Sqlite, Tx } from '@skein/platform'
import { toNumber, toPostId, toStats } from './rows.js'

/** Up to this many edges a post is counted within the change itself; above it a moment later. */
const inlineMaxEdges = 1_000

const counted = `replies = (SELECT count(*) FROM posts WHERE reply_to = ?1 AND deleted_at IS NULL),
  quotes = (SELECT count(*) FROM posts WHERE quote_of = ?1 AND deleted_at IS NULL),
  reposts = (SELECT count(*) FROM post_edges WHERE post = ?1 AND kind = 'repost' AND is_on = 1),
  likes = (SELECT count(*) FROM post_edges WHERE post = ?1 AND kind = 'like' AND is_on = 1)`

export const sql = {
  touch: `INSERT INTO post_counts VALUES (?1, 0, 0, 0, 0, ?2) ON CONFLICT (post) DO UPDATE
    SET dirty_at = coalesce(dirty_at, excluded.dirty_at) RETURNING replies + reposts + quotes + likes AS n`,
  count: `UPDATE post_counts SET ${counted} WHERE post = ?1 RETURNING replies, reposts, quotes, likes`,
  settle: `UPDATE post_counts SET ${counted}, dirty_at = NULL WHERE post = ?1 RETURNING post, replies, reposts, quotes,
    likes, (SELECT author FROM posts WHERE id = ?1) AS author, (SELECT path FROM posts WHERE id = ?1) AS path`,
} as const

export const reads = {
  dirty: 'SELECT post FROM post_counts WHERE dirty_at IS NOT NULL ORDER BY dirty_at LIMIT ?',
} as const

/** Notes that a post's edges changed; the counts as they are now, or null when that is too much to count here. */
export function touchCounts(tx: Tx, postId: PostId, atMs: number): PostCounts | null {
  const held = toNumber(tx(sql.touch).get(postId, atMs))
  return held > inlineMaxEdges ? null : PostCounts.parse(tx(sql.count).get(postId))
}

export function readDirty(db: Sqlite, limit: number): PostId[] {
  return db.read(reads.dirty).all(limit).map(toPostId)
}

/** One transaction. Posts that were never touched are left out. */
export function recountAll(db: Sqlite, ids: readonly PostId[]): Promise<StatsMessage[]> {
  return db.write((tx) =>
    ids.flatMap((id) => {
      const row = tx(sql.settle).get(id)
      return row === undefined ? [] : [toStats(row)]
    }),
  )
}
