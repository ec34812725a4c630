import { AppError, type PostCounts, type PostRecord } from '@skein/contracts'
import { EntryId } from '@skein/contracts'
import { outboxGraceMs } from '@skein/event-log'
import { duplicateKeyOf } from '@skein/platform/mongo'
import { nextEdge, type Edge } from '../../domain/posts.js'
import type { EdgeChange, EdgeKind, EdgeOutcome } from '../post-store.js'
import { triesMax } from './ids.js'
import type { WriteDeps } from './post-writes.js'
import { edgeKey, type EdgeDoc } from './schema.js'

const flagOf = { like: 'liked', repost: 'reposted', bookmark: 'bookmarked' } as const
const countOf = { like: 'likes', repost: 'reposts' } as const

/** Puts likes, reposts and bookmarks on and off: one write to the edge, guarded by its revision. See `PostStore.setEdge`. */
export class EdgeWrites {
  readonly #deps: WriteDeps

  constructor(deps: WriteDeps) {
    this.#deps = deps
  }

  async set(change: EdgeChange): Promise<EdgeOutcome> {
    const { models, reads, ids, outbox } = this.#deps
    const { kind, actorId, postId, on, atMs } = change
    const key = edgeKey(kind, actorId, postId)
    for (let tries = 0; tries < triesMax; tries++) {
      const [post, doc] = await Promise.all([reads.one(postId, actorId), models.edges.findById(key).lean()])
      if (post === undefined) return { kind: 'missing' }
      if (on && post.deletedAtMs !== undefined) return { kind: 'gone' }
      const held = toEdge(doc)
      if ((held?.on ?? false) === on) {
        if (doc?.outboxDueMs === undefined) return { kind: 'unchanged', post }
        await outbox.relay({ of: 'edge', id: key })
        return { kind: 'unchanged', post: (await reads.one(postId, actorId)) ?? post }
      }
      // What is owed is told before it changes again: an undone repost must be known to whoever shows its line.
      if (doc?.outboxDueMs !== undefined) await outbox.relay({ of: 'edge', id: key })
      const newId = on ? await ids.next(actorId, atMs) : undefined
      const edge = nextEdge(held, on, () => EntryId.parse(newId))
      if (edge === null) return { kind: 'unchanged', post }
      if (!(await this.#write(key, change, edge, post))) continue
      const changed = withFlag(post, kind, on)
      if (kind === 'bookmark') return { kind: 'changed', post: changed }
      const counts = (await this.#deps.counts.touchPost(postId, [countOf[kind]])) ?? guessCounts(post.counts, kind, on)
      await outbox.relay({ of: 'edge', id: key, isCounted: true })
      return { kind: 'changed', post: { ...changed, counts } }
    }
    throw new AppError('overloaded', { message: 'Too many changes of one edge at once.' })
  }

  /** False when another came between. */
  async #write(key: string, { kind, actorId, atMs }: EdgeChange, edge: Edge, post: PostRecord): Promise<boolean> {
    const { edges } = this.#deps.models
    const { on, rev, edgeId } = edge
    const isNotice = on && kind !== 'bookmark' && actorId !== post.authorId
    const due = kind === 'bookmark' ? {} : { outboxDueMs: this.#deps.clock.now() + outboxGraceMs }
    const state = {
      on,
      rev,
      edgeId,
      atMs,
      ...(on ? { listed: kind } : {}),
      ...(isNotice ? { concerns: post.authorId } : {}),
    }
    if (rev > 1) {
      const unlisted = { ...(on ? {} : { listed: 1 }), ...(isNotice ? {} : { concerns: 1 }) }
      const result = await edges.updateOne({ _id: key, rev: rev - 1 }, { $set: state, $unset: unlisted, $min: due })
      return result.matchedCount === 1
    }
    const doc: EdgeDoc = { _id: key, kind, actorId, postId: post.id, postAuthorId: post.authorId, ...state, ...due }
    try {
      await edges.create(doc)
      return true
    } catch (thrown) {
      if (duplicateKeyOf(thrown) === null) throw thrown
      return false
    }
  }
}

function toEdge(doc: EdgeDoc | null): Edge | null {
  return doc && { on: doc.on, rev: doc.rev, edgeId: EntryId.parse(doc.edgeId) }
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
