import type { Post, PostCounts, QuotedPost } from './types.js'

/*
 * What is held of a post and what comes in become one: the newest revision, the newest form of what it quotes, the
 * reader's own marks from whichever knows them. Counts are not part of a revision: a read and `stats` tell them, an event
 * of the log carries those of its own time, which are not taken over.
 */

export type From = 'live' | 'read'

/** `held` itself when nothing changes. */
export function mergePost(held: Post, incoming: Post, from: From): Post {
  if (incoming.rev < held.rev) return withViewer(held, held.viewer ?? incoming.viewer)
  if (incoming.rev === held.rev && from === 'live') return withViewer(held, held.viewer ?? incoming.viewer)
  const counts = from === 'read' ? incoming.counts : held.counts
  const merged = withViewer({ ...incoming, counts }, incoming.viewer ?? held.viewer)
  return incoming.quote === undefined ? merged : { ...merged, quote: newerQuote(held.quote, incoming.quote) }
}

export function withCounts(post: Post, counts: PostCounts): Post {
  return isSameCounts(post.counts, counts) ? post : { ...post, counts }
}

/** What a post quotes, brought up to the post itself as it is now known. */
export function mergeQuote(holder: Post, quoted: Post): Post {
  const { quote } = holder
  if (quote?.id !== quoted.id || 'hidden' in quote) return holder
  const next = newerQuote(quote, quoteOf(quoted))
  return next === quote ? holder : { ...holder, quote: next }
}

export function withDeletedQuote(holder: Post, postId: string, nowMs: number): Post {
  const { quote } = holder
  if (quote?.id !== postId || 'hidden' in quote || quote.deletedAtMs !== undefined) return holder
  const { id, author, createdAtMs } = quote
  return { ...holder, quote: { id, author, text: '', entities: [], createdAtMs, deletedAtMs: nowMs } }
}

/** What stays of a deleted post where others hang on it. */
export function tombstone(post: Post, nowMs: number): Post {
  if (post.deletedAtMs !== undefined) return post
  const { quote: _quote, editedAtMs: _editedAtMs, ...rest } = post
  return { ...rest, text: '', entities: [], tags: [], deletedAtMs: nowMs }
}

function quoteOf({ id, author, text, entities, createdAtMs, editedAtMs, deletedAtMs }: Post): QuotedPost {
  return {
    id,
    author,
    text,
    entities,
    createdAtMs,
    ...(editedAtMs === undefined ? {} : { editedAtMs }),
    ...(deletedAtMs === undefined ? {} : { deletedAtMs }),
  }
}

/** A quote has no revision: deleted is final, else the later edit counts; whether it is hidden is said by what came last. */
function newerQuote(held: Post['quote'], incoming: NonNullable<Post['quote']>): NonNullable<Post['quote']> {
  if (held === undefined || held.id !== incoming.id || 'hidden' in held || 'hidden' in incoming) return incoming
  if (held.deletedAtMs !== undefined) return held
  if (incoming.deletedAtMs !== undefined) return incoming
  return (incoming.editedAtMs ?? 0) > (held.editedAtMs ?? 0) ? incoming : held
}

function withViewer(post: Post, viewer: Post['viewer']): Post {
  return viewer === undefined || viewer === post.viewer ? post : { ...post, viewer }
}

function isSameCounts(a: PostCounts, b: PostCounts): boolean {
  return a.replies === b.replies && a.reposts === b.reposts && a.quotes === b.quotes && a.likes === b.likes
}
