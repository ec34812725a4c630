import type { Post, PostId, PostRecord, UserCard, UserId } from '@skein/contracts'
import { peopleOf, presentPost } from '@skein/visibility'
import type { Parts } from '../parts.js'
import { asNobody, type CallOptions } from '../ports.js'
import type { Read } from './begin-read.js'

export type Records = ReadonlyMap<PostId, PostRecord>

/** Posts by id, with the reader's own flags. One call for at most 500 ids; none for no id. */
export async function readRecords(parts: Parts, ids: Iterable<PostId>, call: CallOptions): Promise<Records> {
  const asked = [...new Set(ids)]
  if (asked.length === 0) return new Map()
  const { items } = await parts.post.posts.byIds({ ids: asked }, call)
  return new Map(items.map((record) => [record.id, record]))
}

export interface Presented {
  /** undefined when the post's author is not known. */
  post(record: PostRecord): Post | undefined
  card(id: UserId): UserCard | undefined
}

/**
 * All that is needed to show these records, and these people beside them: two calls at most, at the same time, one for
 * the quoted posts and one for the cards that are not kept.
 */
export async function present(
  parts: Parts,
  read: Read,
  records: readonly PostRecord[],
  people: Iterable<UserId> = [],
): Promise<Presented> {
  const given = new Map(records.map((record) => [record.id, record]))
  const quotedIds = records.flatMap(({ quoteOf }) => (quoteOf && !given.has(quoteOf.id) ? [quoteOf.id] : []))
  const [quoted, card] = await Promise.all([
    readRecords(parts, quotedIds, asNobody(read.call)),
    parts.people.cards([...records.flatMap(peopleOf), ...people], read.call),
  ])
  const context = {
    card,
    quoted: ({ quoteOf }: PostRecord) => quoteOf && (given.get(quoteOf.id) ?? quoted.get(quoteOf.id)),
    viewer: read.viewer,
  }
  return { card, post: (record) => presentPost(record, context) ?? undefined }
}
