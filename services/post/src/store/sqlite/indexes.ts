import type { EntryId, NotificationType, PostId, PostRecord, UserId } from '@skein/contracts'
import { inList, sqlList, type Tx } from '@skein/platform'
import { keyOf } from '../../domain/ids.js'
import { addressedBy, type Addressed } from '../../domain/notices.js'
import { indexableText } from '../../domain/search-words.js'
import { toThreadEnd } from './rows.js'

export const sql = {
  addEntry: 'INSERT INTO post_entries VALUES (?, ?, ?, ?, ?)',
  dropEntry: 'DELETE FROM post_entries WHERE actor = ? AND id = ?',
  dropReposts: `DELETE FROM post_entries WHERE (actor, id) IN (
    SELECT actor, edge_id FROM post_edges WHERE post = ? AND kind = 'repost' AND is_on = 1)`,
  addAncestors: 'INSERT INTO post_ancestors SELECT value, ?2, ?3 FROM json_each(?1)',
  dropAncestors: `DELETE FROM post_ancestors WHERE id = ? AND ancestor IN ${inList}`,
  threadEnd: `SELECT path, EXISTS (SELECT 1 FROM post_ancestors WHERE ancestor = posts.id) AS busy
    FROM posts WHERE id = ? AND deleted_at IS NOT NULL`,
  addTags: 'INSERT INTO post_tags SELECT value, ?2, ?3, ?4 FROM json_each(?1)',
  dropTags: `DELETE FROM post_tags WHERE id = ? AND tag IN ${inList}`,
  addNotice: 'INSERT INTO post_notices VALUES (?, ?, ?, ?, ?, ?)',
  dropNotice: 'DELETE FROM post_notices WHERE user = ? AND id = ?',
  dropNotices: 'DELETE FROM post_notices WHERE post = ?',
  addWords: 'INSERT INTO post_words (rowid, text) VALUES (?, ?)',
  dropWords: 'DELETE FROM post_words WHERE rowid = ?',
  dropBookmarks: `UPDATE post_edges SET is_on = 0, rev = rev + 1 WHERE post = ? AND kind = 'bookmark' AND is_on = 1`,
} as const

/** Puts a new post where it will be looked for. */
export function indexPost(tx: Tx, post: PostRecord): void {
  const { id, authorId, createdAtMs, replyTo, path } = post
  tx(sql.addEntry).run(authorId, id, id, 0, replyTo === undefined ? 0 : 1)
  if (path.length > 0) tx(sql.addAncestors).run(sqlList(path), id, authorId)
  if (post.tags.length > 0) tx(sql.addTags).run(sqlList(post.tags), id, authorId, createdAtMs)
  for (const addressed of addressedBy(post)) addPostNotice(tx, post, addressed)
  tx(sql.addWords).run(keyOf(id), indexableText(post.text))
}

/** Follows an edit: the words, the tags and the people named may be others. */
export function reindexPost(tx: Tx, before: PostRecord, after: PostRecord): void {
  const { id, authorId, createdAtMs } = after
  tx(sql.dropWords).run(keyOf(id))
  tx(sql.addWords).run(keyOf(id), indexableText(after.text))
  if (before.tags.length > 0) tx(sql.dropTags).run(id, sqlList(before.tags))
  if (after.tags.length > 0) tx(sql.addTags).run(sqlList(after.tags), id, authorId, createdAtMs)
  for (const { userId } of addressedBy(before)) tx(sql.dropNotice).run(userId, id)
  for (const addressed of addressedBy(after)) addPostNotice(tx, after, addressed)
}

/** Takes a deleted post, and its reposts, out of everything; a thread keeps it while something alive is below it. */
export function unindexPost(tx: Tx, before: PostRecord): void {
  const { id, authorId, tags } = before
  tx(sql.dropEntry).run(authorId, id)
  tx(sql.dropReposts).run(id)
  if (tags.length > 0) tx(sql.dropTags).run(id, sqlList(tags))
  tx(sql.dropNotices).run(id)
  tx(sql.dropWords).run(keyOf(id))
  tx(sql.dropBookmarks).run(id)
  pruneThread(tx, [...before.path, id])
}

/** From the deleted post upwards: a deleted post with nothing alive below it leaves the threads it stands in. */
function pruneThread(tx: Tx, line: readonly PostId[]): void {
  for (const id of line.toReversed()) {
    const end = toThreadEnd(tx(sql.threadEnd).get(id))
    if (end === null || end.busy) return
    tx(sql.dropAncestors).run(id, sqlList(end.path))
  }
}

function addPostNotice(tx: Tx, post: PostRecord, { userId, type }: Addressed): void {
  tx(sql.addNotice).run(userId, post.id, type, post.authorId, post.id, post.createdAtMs)
}

export interface EdgeIndex {
  readonly kind: Extract<NotificationType, 'like' | 'repost'>
  readonly actorId: UserId
  readonly edgeId: EntryId
  readonly post: PostRecord
  readonly atMs: number
}

/** A repost is a line of its actor's; both kinds are a notice to the author, unless that is the actor. */
export function indexEdge(tx: Tx, { kind, actorId, edgeId, post, atMs }: EdgeIndex): void {
  if (kind === 'repost') tx(sql.addEntry).run(actorId, edgeId, post.id, 1, 0)
  if (post.authorId !== actorId) tx(sql.addNotice).run(post.authorId, edgeId, kind, actorId, post.id, atMs)
}

export function unindexEdge(tx: Tx, { kind, actorId, edgeId, post }: Omit<EdgeIndex, 'atMs'>): void {
  if (kind === 'repost') tx(sql.dropEntry).run(actorId, edgeId)
  tx(sql.dropNotice).run(post.authorId, edgeId)
}
