import { limits, type EntryId, type PostId, type PostRecord, type UserId } from '@skein/contracts'
import type { PostContent } from './content.js'

export const noCounts = { replies: 0, reposts: 0, quotes: 0, likes: 0 } as const

export interface PostBirth {
  readonly id: PostId
  readonly authorId: UserId
  readonly atMs: number
  readonly parent?: PostRecord | undefined
  readonly quoted?: PostRecord | undefined
}

/** A post at its first revision. */
export function newPost({ id, authorId, atMs, parent, quoted }: PostBirth, content: PostContent): PostRecord {
  return {
    id,
    authorId,
    rev: 1,
    ...copyOf(content),
    createdAtMs: atMs,
    ...(parent === undefined ? {} : { replyTo: { id: parent.id, authorId: parent.authorId } }),
    path: parent === undefined ? [] : pathBelow(parent),
    ...(quoted === undefined ? {} : { quoteOf: { id: quoted.id, authorId: quoted.authorId } }),
    counts: { ...noCounts },
  }
}

/** The next revision, with another text. */
export function editedPost(post: PostRecord, content: PostContent, atMs: number): PostRecord {
  return { ...post, rev: post.rev + 1, ...copyOf(content), editedAtMs: atMs }
}

/** The last revision: what others' posts hang on stays, what it said and quoted goes. */
export function tombstoneOf(post: PostRecord, atMs: number): PostRecord {
  const { quoteOf: _quoteOf, editedAtMs: _editedAtMs, ...kept } = post
  return { ...kept, rev: post.rev + 1, text: '', entities: [], mentions: [], tags: [], deletedAtMs: atMs }
}

/** The ancestors of a reply: the root and the nearest, `limits.pathMaxIds` at most. */
export function pathBelow(parent: PostRecord): PostId[] {
  const whole = [...parent.path, parent.id]
  return whole.length <= limits.pathMaxIds ? whole : [...whole.slice(0, 1), ...whole.slice(1 - limits.pathMaxIds)]
}

export interface Edge {
  readonly on: boolean
  readonly rev: number
  readonly edgeId: EntryId
}

/** The next state of an edge; null when it is so already. Putting it on again gives a new place in the feed. */
export function nextEdge(held: Edge | null, on: boolean, newId: () => EntryId): Edge | null {
  if (held === null) return on ? { on, rev: 1, edgeId: newId() } : null
  if (held.on === on) return null
  return { on, rev: held.rev + 1, edgeId: on ? newId() : held.edgeId }
}

function copyOf({
  text,
  entities,
  mentions,
  tags,
}: PostContent): Pick<PostRecord, 'text' | 'entities' | 'mentions' | 'tags'> {
  return { text, entities: [...entities], mentions: [...mentions], tags: [...tags] }
}
