import { limits, type PostId, type PostRecord, type UserId } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import type { Tx } from '@skein/platform'
import { postEvent, type PostEventParts } from '../../domain/events.js'
import { keyOf } from '../../domain/ids.js'
import { editedPost, newPost, tombstoneOf } from '../../domain/posts.js'
import type { CreateOutcome, EditOutcome, PostDraft, PostEdit, PostRemoval, RemoveOutcome } from '../post-store.js'
import { touchCounts } from './counts.js'
import type { IdSource } from './ids.js'
import { indexPost, reindexPost, unindexPost } from './indexes.js'
import { postColumns, toKeyed, toPost, toQuotes, toUserIds } from './rows.js'

export const sql = {
  one: `SELECT ${postColumns} FROM posts p LEFT JOIN post_counts c ON c.post = p.id WHERE p.id = ?2`,
  byKey: 'SELECT id, body_hash FROM posts WHERE author = ? AND idem_key = ?',
  insert: `INSERT INTO posts (seq, id, author, rev, text, entities, mentions, tags, created_at, reply_to, reply_to_author,
    path, quote_of, quote_of_author, idem_key, body_hash) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update: `UPDATE posts SET rev = ?2, text = ?3, entities = ?4, mentions = ?5, tags = ?6, edited_at = ?7, deleted_at = ?8
    WHERE id = ?1`,
  dropQuote: 'UPDATE posts SET quote_of = NULL, quote_of_author = NULL WHERE id = ?',
  addRevision: 'INSERT INTO post_revisions VALUES (?, ?, ?, ?)',
  dropRevisions: 'DELETE FROM post_revisions WHERE post = ?',
  spreaders: `SELECT json_group_array(actor) AS ids FROM (
    SELECT actor FROM post_edges WHERE post = ?1 AND kind = 'repost' AND is_on = 1
    UNION SELECT author FROM posts WHERE quote_of = ?1 AND deleted_at IS NULL
    UNION SELECT e.actor FROM posts q JOIN post_edges e ON e.post = q.id AND e.kind = 'repost' AND e.is_on = 1
      WHERE q.quote_of = ?1 AND q.deleted_at IS NULL LIMIT ?2)`,
  quotes: `SELECT json_group_array(json_object('id', id, 'tags', json(tags), 'path', json(path))) AS quotes FROM (
    SELECT id, tags, path FROM posts WHERE quote_of = ? AND deleted_at IS NULL LIMIT ?)`,
} as const

const noFlags = { liked: false, reposted: false, bookmarked: false }

/** The post as `viewerId` sees it. */
export function findPost(tx: Tx, id: PostId, viewerId: UserId | null): PostRecord | undefined {
  const row = tx(sql.one).get(viewerId ?? '', id)
  return row === undefined ? undefined : toPost(row, viewerId)
}

/** Creates, edits and removes posts inside a transaction, each with its event. */
export class PostWrites {
  readonly #ids: IdSource
  readonly #append: AppendInTx

  constructor(ids: IdSource, append: AppendInTx) {
    this.#ids = ids
    this.#append = append
  }

  create(tx: Tx, draft: PostDraft, events = true): CreateOutcome {
    const repeated = findRepeated(tx, draft)
    if (repeated !== undefined) return repeated
    const parent = findTarget(tx, draft.replyTo)
    if (parent === 'missing' || parent === 'gone') return { kind: parent, field: 'replyTo' }
    const quoted = findTarget(tx, draft.quoteOf)
    if (quoted === 'missing' || quoted === 'gone') return { kind: quoted, field: 'quoteOf' }

    const { authorId, atMs } = draft
    const post = newPost({ id: this.#ids.post(tx, authorId, atMs), authorId, atMs, parent, quoted }, draft)
    insertPost(tx, post, draft.idempotency)
    indexPost(tx, post)
    touchTargets(tx, post, atMs)
    if (events) this.#append(tx, [postEvent(post, { quoted })])
    return { kind: 'created', post: { ...post, viewer: noFlags } }
  }

  edit(tx: Tx, { id, authorId, atMs, ...content }: PostEdit): EditOutcome {
    const before = findPost(tx, id, authorId)
    if (before === undefined) return { kind: 'missing' }
    if (before.authorId !== authorId) return { kind: 'forbidden' }
    if (before.deletedAtMs !== undefined) return { kind: 'gone' }
    if (before.text === content.text) return { kind: 'unchanged', post: before }

    const post = editedPost(before, content, atMs)
    tx(sql.addRevision).run(id, before.rev, before.text, before.editedAtMs ?? before.createdAtMs)
    updatePost(tx, post)
    reindexPost(tx, before, post)
    const quoted = post.quoteOf && findPost(tx, post.quoteOf.id, null)
    this.#append(tx, [postEvent(post, { quoted, ...findSpread(tx, id), ...formerOf(before) })])
    return { kind: 'edited', post }
  }

  remove(tx: Tx, { id, authorId, atMs }: PostRemoval): RemoveOutcome {
    const before = findPost(tx, id, authorId)
    if (before === undefined) return { kind: 'missing' }
    if (before.authorId !== authorId) return { kind: 'forbidden' }
    if (before.deletedAtMs !== undefined) return { kind: 'unchanged', post: before }

    const post = tombstoneOf(before, atMs)
    updatePost(tx, post)
    tx(sql.dropQuote).run(id)
    tx(sql.dropRevisions).run(id)
    unindexPost(tx, before)
    touchTargets(tx, before, atMs)
    this.#append(tx, [postEvent(post, { ...findSpread(tx, id), ...formerOf(before) })])
    return { kind: 'removed', post: { ...post, viewer: { ...(post.viewer ?? noFlags), bookmarked: false } } }
  }
}

function findRepeated(tx: Tx, { authorId, idempotency }: PostDraft): CreateOutcome | undefined {
  if (idempotency === undefined) return undefined
  const held = toKeyed(tx(sql.byKey).get(authorId, idempotency.key))
  if (held === null) return undefined
  const post = held.bodyHash === idempotency.bodyHash ? findPost(tx, held.id, authorId) : undefined
  return post === undefined ? { kind: 'conflict' } : { kind: 'repeated', post }
}

function findTarget(tx: Tx, id: PostId | undefined): PostRecord | undefined | 'missing' | 'gone' {
  if (id === undefined) return undefined
  const post = findPost(tx, id, null)
  if (post === undefined) return 'missing'
  return post.deletedAtMs === undefined ? post : 'gone'
}

function touchTargets(tx: Tx, { replyTo, quoteOf }: PostRecord, atMs: number): void {
  for (const id of new Set([replyTo?.id, quoteOf?.id])) if (id !== undefined) touchCounts(tx, id, atMs)
}

function insertPost(tx: Tx, post: PostRecord, idempotency: PostDraft['idempotency']): void {
  const { id, authorId, text, entities, mentions, tags, createdAtMs, replyTo, path, quoteOf } = post
  const json = [entities, mentions, tags].map((list) => JSON.stringify(list))
  const reply = [replyTo?.id ?? null, replyTo?.authorId ?? null, JSON.stringify(path)]
  const rest = [quoteOf?.id ?? null, quoteOf?.authorId ?? null, idempotency?.key ?? null, idempotency?.bodyHash ?? null]
  tx(sql.insert).run(keyOf(id), id, authorId, text, ...json, createdAtMs, ...reply, ...rest)
}

function updatePost(tx: Tx, post: PostRecord): void {
  const json = [post.entities, post.mentions, post.tags].map((list) => JSON.stringify(list))
  tx(sql.update).run(post.id, post.rev, post.text, ...json, post.editedAtMs ?? null, post.deletedAtMs ?? null)
}

/** Tags and people that this revision may name no more. */
function formerOf({ tags, mentions, quoteOf }: PostRecord): Pick<PostEventParts, 'formerTags' | 'formerMentions'> {
  const people = [...mentions, ...(quoteOf === undefined ? [] : [quoteOf.authorId])]
  return { formerTags: tags, ...(people.length === 0 ? {} : { formerMentions: people }) }
}

/** Where a post is shown beside its own places. */
function findSpread(tx: Tx, id: PostId): Pick<PostEventParts, 'spreaders' | 'quotedIn'> {
  const quotes = toQuotes(tx(sql.quotes).get(id, limits.spreadersMaxIds))
  const tags = [...new Set(quotes.flatMap((quote) => quote.tags))]
  const threads = [...new Set(quotes.flatMap((quote) => [quote.id, ...quote.path]))]
  return { spreaders: findSpreaders(tx, id), ...(quotes.length === 0 ? {} : { quotedIn: { tags, threads } }) }
}

/** Who reposted or quoted it, or reposted such a quote, in order of ids; null when they are too many to name. */
function findSpreaders(tx: Tx, id: PostId): UserId[] | null {
  const ids = toUserIds(tx(sql.spreaders).get(id, limits.spreadersMaxIds + 1))
  return ids.length > limits.spreadersMaxIds ? null : ids
}
