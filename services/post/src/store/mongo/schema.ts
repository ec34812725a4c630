import mongoose, { Schema, type Connection, type Model } from 'mongoose'
import type { EdgeKind } from '../post-store.js'

/*
 * Each change is one write to one document, with the note that its event is owed beside it; there are no transactions. So
 * a list that joins two documents (a repost and its post) is checked when it is read. Fields that lists are found by:
 * - of a post: `alive`, `reply`, `public`, `tagged`, `addressed` (`<user>` and `<user>:<type>` of whom it concerns), `words`;
 * - of an edge: `listed` (its kind) and `concerns` (the author to notify), absent when it is off or its post is known to be
 *   deleted.
 */

/** What a revision changed beside the post itself, until its event is in the log. */
export interface PostNote {
  readonly rev: number
  /** Tags and people the revision before named. */
  readonly tags: string[]
  readonly mentions: string[]
  /** Posts to be counted again. */
  readonly posts: string[]
}

interface Ref {
  readonly id: string
  readonly authorId: string
}

export interface PostDoc {
  _id: string
  authorId: string
  rev: number
  text: string
  entities: unknown[]
  mentions: string[]
  tags: string[]
  createdAtMs: number
  editedAtMs?: number | undefined
  deletedAtMs?: number | undefined
  replyTo?: Ref | undefined
  path: string[]
  quoteOf?: Ref | undefined
  counts: Record<'replies' | 'reposts' | 'quotes' | 'likes', number>
  /** Its own id, which is no key, when its author gave none: so the unique index needs no exception. */
  idem: { key: string; bodyHash: string }
  revisions?: { rev: number; text: string; atMs: number }[]
  alive: boolean
  reply: boolean
  public: boolean
  tagged: boolean
  addressed: string[]
  words: string[]
  /** Grows whenever what is counted may have changed; a count is stored only if it did not grow meanwhile. */
  dirtySeq: number
  dirtyAtMs?: number
  outbox?: PostNote[]
  outboxDueMs?: number
}

export interface EdgeDoc {
  /** See `edgeKey`. */
  _id: string
  kind: EdgeKind
  actorId: string
  postId: string
  postAuthorId: string
  on: boolean
  rev: number
  edgeId: string
  atMs: number
  listed?: EdgeKind
  concerns?: string
  /** The note: the event of an edge needs nothing but the edge. */
  outboxDueMs?: number
}

/** The newest id given to a person's posts and edges. */
export interface ActorDoc {
  _id: string
  newest: string
}

export interface TagDoc {
  _id: string
  posts: number
  dirtySeq: number
  countedAtMs: number
}

export interface Models {
  readonly posts: Model<PostDoc>
  readonly edges: Model<EdgeDoc>
  readonly actors: Model<ActorDoc>
  readonly tags: Model<TagDoc>
}

const options = { versionKey: false, strict: 'throw', minimize: false, id: false } as const
const text = { type: String, required: true } as const
const anyText = { type: String, default: '' } as const
const number = { type: Number, required: true } as const
const flag = { type: Boolean, required: true } as const
const ref = new Schema({ id: text, authorId: text }, { _id: false })
const note = new Schema({ rev: number, tags: [String], mentions: [String], posts: [String] }, { _id: false })
const revision = new Schema({ rev: number, text, atMs: number }, { _id: false })
const counts = new Schema({ replies: number, reposts: number, quotes: number, likes: number }, { _id: false })
const idem = new Schema({ key: text, bodyHash: anyText }, { _id: false })

const postSchema = new Schema<PostDoc>(
  {
    _id: text,
    authorId: text,
    rev: number,
    text: anyText,
    entities: [Schema.Types.Mixed],
    mentions: [String],
    tags: [String],
    createdAtMs: number,
    editedAtMs: Number,
    deletedAtMs: Number,
    replyTo: ref,
    path: [String],
    quoteOf: ref,
    counts: { type: counts, required: true },
    idem: { type: idem, required: true },
    revisions: { type: [revision], default: undefined },
    alive: flag,
    reply: flag,
    public: flag,
    tagged: flag,
    addressed: [String],
    words: [String],
    dirtySeq: number,
    dirtyAtMs: Number,
    outbox: { type: [note], default: undefined },
    outboxDueMs: Number,
  },
  options,
)
postSchema.index({ authorId: 1, 'idem.key': 1 }, { unique: true })
postSchema.index({ authorId: 1, alive: 1, _id: 1 })
postSchema.index({ authorId: 1, alive: 1, reply: 1, _id: 1 })
postSchema.index({ public: 1, _id: 1 })
postSchema.index({ tags: 1, _id: 1 })
postSchema.index({ tagged: 1, _id: 1 })
postSchema.index({ path: 1, _id: 1 })
postSchema.index({ words: 1, _id: 1 })
postSchema.index({ addressed: 1, _id: 1 })
postSchema.index({ 'replyTo.id': 1, alive: 1 })
postSchema.index({ 'quoteOf.id': 1, alive: 1 })
postSchema.index({ dirtyAtMs: 1 }, { sparse: true })
postSchema.index({ outboxDueMs: 1 }, { sparse: true })

const edgeSchema = new Schema<EdgeDoc>(
  {
    _id: text,
    kind: text,
    actorId: text,
    postId: text,
    postAuthorId: text,
    on: flag,
    rev: number,
    edgeId: text,
    atMs: number,
    listed: String,
    concerns: String,
    outboxDueMs: Number,
  },
  options,
)
edgeSchema.index({ actorId: 1, listed: 1, edgeId: 1 })
edgeSchema.index({ concerns: 1, kind: 1, edgeId: 1 })
edgeSchema.index({ postId: 1, kind: 1, on: 1, actorId: 1 })
edgeSchema.index({ outboxDueMs: 1 }, { sparse: true })

const actorSchema = new Schema<ActorDoc>({ _id: text, newest: text }, options)
const tagSchema = new Schema<TagDoc>(
  { _id: text, posts: { type: Number, default: 0 }, dirtySeq: number, countedAtMs: { type: Number, default: 0 } },
  options,
)

/** The collections of a connection, with their indexes. Safe beside another process that makes them too. */
export async function openModels(connection: Connection): Promise<Models> {
  const models = {
    posts: connection.model<PostDoc>('Post', postSchema, 'posts'),
    edges: connection.model<EdgeDoc>('PostEdge', edgeSchema, 'edges'),
    actors: connection.model<ActorDoc>('PostActor', actorSchema, 'actors'),
    tags: connection.model<TagDoc>('PostTag', tagSchema, 'tags'),
  }
  await Promise.all(Object.values(models).map((model) => model.createIndexes()))
  return models
}

/** One document for each. */
export function edgeKey(kind: EdgeKind, actorId: string, postId: string): string {
  return `${kind}:${actorId}:${postId}`
}

/** An operator in a filter: without this mark it is taken for a value. Never around anything a caller gave. */
export const op = mongoose.trusted
