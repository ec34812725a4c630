import type { Post, PostRecord, QuotedPost, UserCard, UserId } from '@skein/contracts'
import { isHidden } from './filter.js'
import type { Viewer } from './viewer.js'

export interface PresentContext {
  card(id: UserId): UserCard | undefined
  quoted(record: PostRecord): PostRecord | undefined
  readonly viewer: Viewer | null
}

/** Everyone whose card a record needs to be shown. */
export function peopleOf(record: PostRecord): UserId[] {
  return [
    record.authorId,
    ...(record.replyTo ? [record.replyTo.authorId] : []),
    ...(record.quoteOf ? [record.quoteOf.authorId] : []),
  ]
}

/** The client's form of a record; null when its author's card is not known. Copies nothing deeper than the post itself. */
export function presentPost(record: PostRecord, context: PresentContext): Post | null {
  const author = context.card(record.authorId)
  if (author === undefined) return null
  const post: Post = {
    id: record.id,
    author,
    rev: record.rev,
    text: record.text,
    entities: record.entities,
    createdAtMs: record.createdAtMs,
    path: record.path,
    tags: record.tags,
    counts: record.counts,
  }
  if (record.editedAtMs !== undefined) post.editedAtMs = record.editedAtMs
  if (record.deletedAtMs !== undefined) post.deletedAtMs = record.deletedAtMs
  if (record.viewer !== undefined) post.viewer = record.viewer
  const parent = record.replyTo && context.card(record.replyTo.authorId)
  if (record.replyTo && parent) post.replyTo = { id: record.replyTo.id, author: parent }
  const quote = presentQuote(record, context)
  if (quote !== undefined) post.quote = quote
  return post
}

function presentQuote(record: PostRecord, context: PresentContext): Post['quote'] {
  if (record.quoteOf === undefined) return undefined
  const quoted = context.quoted(record)
  const author = quoted && context.card(quoted.authorId)
  if (quoted === undefined || author === undefined || isHidden(context.viewer, quoted.authorId))
    return { id: record.quoteOf.id, hidden: true }
  const { id, text, entities, createdAtMs, editedAtMs, deletedAtMs } = quoted
  const shown: QuotedPost = { id, author, text, entities, createdAtMs }
  if (editedAtMs !== undefined) shown.editedAtMs = editedAtMs
  if (deletedAtMs !== undefined) shown.deletedAtMs = deletedAtMs
  return shown
}
