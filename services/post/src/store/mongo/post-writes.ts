import { AppError, PostId, type PostRecord, type UserId } from '@skein/contracts'
import { outboxGraceMs, type Outbox } from '@skein/event-log'
import type { Clock } from '@skein/platform'
import { duplicateKeyOf } from '@skein/platform/mongo'
import { addressedBy } from '../../domain/notices.js'
import { editedPost, newPost, noCounts, tombstoneOf } from '../../domain/posts.js'
import type {
  CreateOutcome,
  EditOutcome,
  PostDraft,
  PostEdit,
  PostRemoval,
  PostStore,
  RemoveOutcome,
} from '../post-store.js'
import type { Counts } from './counts.js'
import { triesMax, type IdSource } from './ids.js'
import type { OwedKey } from './owed.js'
import type { PostReads } from './post-reads.js'
import type { Models, PostDoc, PostNote } from './schema.js'
import { wordsIn } from './words.js'

export interface WriteDeps {
  readonly models: Models
  readonly reads: PostReads
  readonly ids: IdSource
  readonly counts: Counts
  readonly outbox: Outbox<OwedKey>
  readonly clock: Clock
}

/** Former revisions kept with a post. */
const revisionsMax = 99
const noFlags = { liked: false, reposted: false, bookmarked: false }

/**
 * Creates, edits and removes posts: one write to the post, guarded by its revision, then what counts it, then its event.
 * A call that finds its change done already relays what is owed of it before it answers.
 */
export class PostWrites {
  readonly #deps: WriteDeps

  constructor(deps: WriteDeps) {
    this.#deps = deps
  }

  async create(draft: PostDraft): Promise<CreateOutcome> {
    const { models, ids } = this.#deps
    const { authorId, atMs } = draft
    const { refused, parent, quoted } = await findTargets(this.#deps.reads, draft)
    if (refused !== undefined) return (await this.#findRepeated(draft)) ?? refused
    for (let tries = 0; tries < triesMax; tries++) {
      const id = PostId.parse(await ids.next(authorId, atMs))
      const post = newPost({ id, authorId, atMs, parent, quoted }, draft)
      try {
        await models.posts.create({ ...bornDoc(post, draft.idempotency), ...this.#owedAtBirth(post) })
        await this.#tell(post.id, targetsOf(post), post.tags)
        return { kind: 'created', post: { ...post, viewer: noFlags } }
      } catch (thrown) {
        if (duplicateKeyOf(thrown) === null) throw thrown
        const other = await this.#findRepeated(draft)
        if (other !== undefined) return other
      }
    }
    throw busy()
  }

  /** A repeated request is acknowledged by what this finds: what the post owes is told first. */
  async byKey(authorId: UserId, key: string): ReturnType<PostStore['byKey']> {
    const held = await this.#deps.reads.byKey(authorId, key)
    if (held !== null) await this.#complete(held.post.id)
    return held
  }

  async edit({ id, authorId, atMs, ...content }: PostEdit): Promise<EditOutcome> {
    for (let tries = 0; tries < triesMax; tries++) {
      const before = await this.#deps.reads.one(id, authorId)
      if (before === undefined) return { kind: 'missing' }
      if (before.authorId !== authorId) return { kind: 'forbidden' }
      if (before.deletedAtMs !== undefined) return { kind: 'gone' }
      if (before.text === content.text) {
        await this.#complete(id)
        return { kind: 'unchanged', post: before }
      }
      const post = editedPost(before, content, atMs)
      const { rev, text, entities, mentions, tags } = post
      const revision = { rev: before.rev, text: before.text, atMs: before.editedAtMs ?? before.createdAtMs }
      const isWritten = await this.#write(before, [], {
        $set: { rev, text, entities, mentions, tags, editedAtMs: atMs, ...foundBy(post) },
        $push: { revisions: { $each: [revision], $slice: -revisionsMax } },
      })
      if (!isWritten) continue
      await this.#tell(id, [], [...before.tags, ...post.tags])
      return { kind: 'edited', post }
    }
    throw busy()
  }

  async remove({ id, authorId, atMs }: PostRemoval): Promise<RemoveOutcome> {
    for (let tries = 0; tries < triesMax; tries++) {
      const before = await this.#deps.reads.one(id, authorId)
      if (before === undefined) return { kind: 'missing' }
      if (before.authorId !== authorId) return { kind: 'forbidden' }
      if (before.deletedAtMs !== undefined) {
        await this.#complete(id)
        return { kind: 'unchanged', post: before }
      }
      const post = tombstoneOf(before, atMs)
      const { rev, text, entities, mentions, tags } = post
      const isWritten = await this.#write(before, targetsOf(before), {
        $set: { rev, text, entities, mentions, tags, deletedAtMs: atMs, ...foundBy(post) },
        $unset: { quoteOf: 1, editedAtMs: 1, revisions: 1 },
      })
      if (!isWritten) continue
      await this.#tell(id, targetsOf(before), before.tags)
      return { kind: 'removed', post: { ...post, viewer: { ...(post.viewer ?? noFlags), bookmarked: false } } }
    }
    throw busy()
  }

  /** The change with its note, unless the post is no longer at that revision. */
  async #write(before: PostRecord, touched: string[], change: { $set: object; $unset?: object; $push?: object }) {
    const { id, rev, tags, mentions, quoteOf } = before
    const people = [...mentions, ...(quoteOf === undefined ? [] : [quoteOf.authorId])]
    const outbox: PostNote = { rev: rev + 1, tags, mentions: people, posts: touched }
    const result = await this.#deps.models.posts.updateOne(
      { _id: id, rev },
      { ...change, $push: { ...change.$push, outbox }, $min: { outboxDueMs: this.#dueMs() } },
    )
    return result.matchedCount === 1
  }

  /** Counts what changed, then appends the event. */
  async #tell(id: PostId, touched: readonly string[], tags: readonly string[]): Promise<void> {
    const { counts, outbox } = this.#deps
    await Promise.all([counts.touchTags(tags), ...touched.map((target) => counts.touchPost(target))])
    await outbox.relay({ of: 'post', id, isCounted: true })
  }

  /** For a change made by an earlier call, which may not have come further. */
  #complete(id: PostId): Promise<void> {
    return this.#deps.outbox.relay({ of: 'post', id })
  }

  async #findRepeated({ authorId, idempotency }: PostDraft): Promise<CreateOutcome | undefined> {
    if (idempotency === undefined) return undefined
    const held = await this.byKey(authorId, idempotency.key)
    if (held === null) return undefined
    return held.bodyHash === idempotency.bodyHash ? { kind: 'repeated', post: held.post } : { kind: 'conflict' }
  }

  #owedAtBirth(post: PostRecord): Pick<PostDoc, 'outbox' | 'outboxDueMs'> {
    return { outbox: [{ rev: 1, tags: [], mentions: [], posts: targetsOf(post) }], outboxDueMs: this.#dueMs() }
  }

  #dueMs(): number {
    return this.#deps.clock.now() + outboxGraceMs
  }
}

export interface Targets {
  readonly parent?: PostRecord | undefined
  readonly quoted?: PostRecord | undefined
  readonly refused?: Extract<CreateOutcome, { field: unknown }>
}

/** What a draft answers and quotes, read at once. */
export async function findTargets(reads: PostReads, { replyTo, quoteOf }: PostDraft): Promise<Targets> {
  const wanted = { replyTo, quoteOf }
  const ids = [...new Set([replyTo, quoteOf])].filter((id) => id !== undefined)
  const found = new Map((await reads.byIds(ids, null)).map((post) => [post.id, post]))
  for (const field of ['replyTo', 'quoteOf'] as const) {
    const id = wanted[field]
    if (id === undefined) continue
    const post = found.get(id)
    if (post === undefined) return { refused: { kind: 'missing', field } }
    if (post.deletedAtMs !== undefined) return { refused: { kind: 'gone', field } }
  }
  return { parent: replyTo && found.get(replyTo), quoted: quoteOf && found.get(quoteOf) }
}

/** A new post as it is stored, without its note. */
export function bornDoc(post: PostRecord, idempotency: PostDraft['idempotency']): PostDoc {
  const { id, viewer: _viewer, ...rest } = post
  return {
    ...rest,
    _id: id,
    counts: { ...noCounts },
    dirtySeq: 0,
    reply: post.replyTo !== undefined,
    ...foundBy(post),
    idem: idempotency ?? { key: `:${id}`, bodyHash: '' },
  }
}

/** The posts whose counts it is part of. */
export function targetsOf({ replyTo, quoteOf }: PostRecord): string[] {
  return [...new Set([replyTo?.id, quoteOf?.id])].filter((id) => id !== undefined)
}

function foundBy(post: PostRecord): Pick<PostDoc, 'alive' | 'public' | 'tagged' | 'addressed' | 'words'> {
  const alive = post.deletedAtMs === undefined
  return {
    alive,
    public: alive && post.replyTo === undefined,
    tagged: post.tags.length > 0,
    addressed: alive ? addressedBy(post).flatMap(({ userId, type }) => [userId, `${userId}:${type}`]) : [],
    words: wordsIn(post.text),
  }
}

function busy(): AppError {
  return new AppError('overloaded', { message: 'Too many changes of one post at once.' })
}
