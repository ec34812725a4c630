import type { PostCounts, PostRecord } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import type { Tx } from '@skein/platform'
import { likeEvent, repostEvent } from '../../domain/events.js'
import { nextEdge, type Edge } from '../../domain/posts.js'
import type { EdgeChange, EdgeKind, EdgeOutcome } from '../post-store.js'
import { touchCounts } from './counts.js'
import type { IdSource } from './ids.js'
import { indexEdge, unindexEdge } from './indexes.js'
import { findPost } from './post-writes.js'
import { toEdge } from './rows.js'

export const sql = {
  held: 'SELECT is_on AS "on", rev, edge_id AS edgeId FROM post_edges WHERE actor = ? AND post = ? AND kind = ?',
  put: `INSERT INTO post_edges VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (actor, post, kind) DO UPDATE
    SET is_on = excluded.is_on, rev = excluded.rev, edge_id = excluded.edge_id, at = excluded.at`,
} as const

const flagOf = { like: 'liked', repost: 'reposted', bookmark: 'bookmarked' } as const
const countOf = { like: 'likes', repost: 'reposts' } as const

/** Puts likes, reposts and bookmarks on and off inside a transaction, each with its event. */
export class EdgeWrites {
  readonly #ids: IdSource
  readonly #append: AppendInTx

  constructor(ids: IdSource, append: AppendInTx) {
    this.#ids = ids
    this.#append = append
  }

  set(tx: Tx, change: EdgeChange): EdgeOutcome {
    const { kind, actorId, postId, on, atMs } = change
    const post = findPost(tx, postId, actorId)
    if (post === undefined) return { kind: 'missing' }
    if (on && post.deletedAtMs !== undefined) return { kind: 'gone' }
    const held = toEdge(tx(sql.held).get(actorId, postId, kind))
    const edge = nextEdge(held, on, () => this.#ids.entry(tx, actorId, atMs))
    if (edge === null) return { kind: 'unchanged', post }

    tx(sql.put).run(actorId, postId, kind, on ? 1 : 0, edge.rev, edge.edgeId, post.authorId, atMs)
    const changed = withFlag(post, kind, on)
    if (kind === 'bookmark') return { kind: 'changed', post: changed }
    if (on) indexEdge(tx, { kind, actorId, edgeId: edge.edgeId, post, atMs })
    else unindexEdge(tx, { kind, actorId, edgeId: edge.edgeId, post })
    const counts = touchCounts(tx, postId, atMs) ?? guessCounts(post.counts, kind, on)
    this.#tell(tx, { ...change, kind }, edge, { ...changed, counts })
    return { kind: 'changed', post: { ...changed, counts } }
  }

  #tell(tx: Tx, change: EdgeChange & { kind: 'like' | 'repost' }, edge: Edge, post: PostRecord): void {
    const { kind, actorId, atMs } = change
    if (kind === 'like') {
      this.#append(tx, [likeEvent({ actorId, atMs, edge, post })])
      return
    }
    const quoted = edge.on && post.quoteOf !== undefined ? findPost(tx, post.quoteOf.id, null) : undefined
    this.#append(tx, [repostEvent({ actorId, atMs, edge, post, quoted })])
  }
}

function withFlag(post: PostRecord, kind: EdgeKind, on: boolean): PostRecord {
  const flags = post.viewer ?? { liked: false, reposted: false, bookmarked: false }
  return { ...post, viewer: { ...flags, [flagOf[kind]]: on } }
}

/** What a much liked post is shown with until it is counted; never stored. */
function guessCounts(counts: PostCounts, kind: 'like' | 'repost', on: boolean): PostCounts {
  const key = countOf[kind]
  return { ...counts, [key]: Math.max(0, counts[key] + (on ? 1 : -1)) }
}
