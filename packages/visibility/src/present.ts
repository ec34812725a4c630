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

/** The client's form of a record; null when its author's card is not known. */
export function presentPost(record: PostRecord, context: PresentContext): Post | null {
  const author = context.card(record.authorId)
  if (author === undefined) return null
  const { authorId: _authorId, replyTo, quoteOf, mentions: _mentions, ...rest } = record
  const parent = replyTo && context.card(replyTo.authorId)
  const quote = quoteOf && presentQuote(record, context)
  return {
    ...rest,
    author,
    ...(replyTo && parent ? { replyTo: { id: replyTo.id, author: parent } } : {}),
    ...(quote ? { quote } : {}),
  }
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
