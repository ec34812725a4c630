import type { AppendInTx } from '@skein/event-log'
import { sqlList, type Random, type Sqlite } from '@skein/platform'
import type { PostStore } from '../post-store.js'
import { readDirty, recountAll, sql as countSql } from './counts.js'
import { EdgeWrites, sql as edgeSql } from './edge-writes.js'
import { createEntryQueries } from './entry-reads.js'
import { IdSource, sql as idSql } from './ids.js'
import { importAll } from './import-posts.js'
import { sql as indexSql } from './indexes.js'
import { PostWrites, sql as writeSql } from './post-writes.js'
import { postColumns, toKeyed, toNumber, toPost, toRevision } from './rows.js'
import { migrations } from './schema.js'
import { readTagsWith, readTrending } from './tag-reads.js'

export interface SqlitePostStoreDeps {
  /** Stays the caller's. */
  readonly db: Sqlite
  /** Appends to the log in the same file, within the transaction of the change. */
  readonly appendIn: AppendInTx
  readonly random: Random
}

export const sql = {
  many: `SELECT ${postColumns} FROM json_each(?2) j CROSS JOIN posts p ON p.id = j.value
    LEFT JOIN post_counts c ON c.post = p.id`,
  revisions: `SELECT rev, text, at FROM (
      SELECT rev, text, coalesce(edited_at, created_at) AS at FROM posts WHERE id = ?1 AND deleted_at IS NULL
      UNION ALL SELECT rev, text, at FROM post_revisions WHERE post = ?1)
    ORDER BY rev DESC LIMIT ?2`,
  countBy: 'SELECT count(*) AS n FROM post_entries WHERE actor = ? AND repost = 0',
} as const

/** Everything the writer runs. */
const writes = [countSql, edgeSql, idSql, indexSql, writeSql].flatMap((statements) => Object.values(statements))

/** The post store over one SQLite file. Makes its tables. @throws AppError internal for a file of a newer version. */
export async function createSqlitePostStore({ db, appendIn, random }: SqlitePostStoreDeps): Promise<PostStore> {
  await db.migrate('post', migrations)
  await db.prepare(writes)
  const ids = new IdSource(random)
  const posts = new PostWrites(ids, appendIn)
  const edges = new EdgeWrites(ids, appendIn)

  const byIds: PostStore['byIds'] = async (wanted, viewerId) =>
    db
      .read(sql.many)
      .all(viewerId ?? '', sqlList(wanted))
      .map((row) => toPost(row, viewerId))

  return {
    entries: createEntryQueries(db),
    create: (draft) => db.write((tx) => posts.create(tx, draft)),
    edit: (edit) => db.write((tx) => posts.edit(tx, edit)),
    remove: (removal) => db.write((tx) => posts.remove(tx, removal)),
    setEdge: (change) => db.write((tx) => edges.set(tx, change)),
    byIds,
    async byKey(authorId, key) {
      const held = toKeyed(db.read(writeSql.byKey).get(authorId, key))
      const [post] = held === null ? [] : await byIds([held.id], authorId)
      return held === null || post === undefined ? null : { post, bodyHash: held.bodyHash }
    },
    history: async (id, limit) => db.read(sql.revisions).all(id, limit).map(toRevision).reverse(),
    countBy: async (authorId) => toNumber(db.read(sql.countBy).get(authorId)),
    trending: async (query) => readTrending(db, query),
    tagsWith: async (prefix, limit) => readTagsWith(db, prefix, limit),
    dirtyPosts: async (limit) => readDirty(db, limit),
    recount: (wanted) => recountAll(db, wanted),
    importPosts: (drafts, { events }) => importAll(db, posts, drafts, events),
  }
}
