import { AppError, PostCounts, PostId, UserId, type StatsMessage } from '@skein/contracts'
import type { Clock } from '@skein/platform'
import { duplicateKeyOf } from '@skein/platform/mongo'
import { triesMax } from './ids.js'
import { inBatches } from './range.js'
import { op, type Models, type TagDoc } from './schema.js'

export type CountKind = keyof PostCounts
const countKinds = ['replies', 'reposts', 'quotes', 'likes'] as const satisfies readonly CountKind[]

/** Up to this many edges of a kind a post is counted within the change itself; above it a moment later. */
const inlineMaxEdges = 100
/** Above this many posts a tag is counted once a minute at most, when it is used. */
const tagMaxPosts = 1_000
const tagEveryMs = 60_000
const countedAtOnce = 8

/**
 * What is counted lies in other documents than the count. So a change is written first, then `dirtySeq` grows, then it is
 * counted, and the count is stored only if `dirtySeq` did not grow meanwhile: whoever made it grow counts again. A crash
 * between the first two is made good by the outbox, whose note is part of the change and leads here again.
 */
export class Counts {
  readonly #models: Models
  readonly #clock: Clock

  constructor(models: Models, clock: Clock) {
    this.#models = models
    this.#clock = clock
  }

  /**
   * Notes that what a post counts has changed. The counts with the named ones as they are now; null when that is too much
   * to count here. Costs no more than 100 index keys a count.
   */
  async touchPost(id: string, kinds: readonly CountKind[] = countKinds): Promise<PostCounts | null> {
    const { posts } = this.#models
    const change = { $inc: { dirtySeq: 1 }, $min: { dirtyAtMs: this.#clock.now() } }
    const held = await posts
      .findOneAndUpdate({ _id: id }, change, { returnDocument: 'after', projection: { counts: 1, dirtySeq: 1 } })
      .lean()
    if (held === null || kinds.some((kind) => held.counts[kind] > inlineMaxEdges)) return null
    const counted = await Promise.all(
      kinds.map(async (kind) => [kind, await this.#countOf(kind, id, inlineMaxEdges + 1)] as const),
    )
    if (counted.some(([, n]) => n > inlineMaxEdges)) return null
    const changed = Object.fromEntries(counted.map(([kind, n]) => [`counts.${kind}`, n]))
    await posts.updateOne({ _id: id, dirtySeq: held.dirtySeq }, changed)
    return PostCounts.parse({ ...held.counts, ...Object.fromEntries(counted) })
  }

  /** Notes that posts with these tags have come or gone. */
  async touchTags(names: Iterable<string>): Promise<void> {
    await inBatches([...new Set(names)], countedAtOnce, (tag) => this.#touchTag(tag))
  }

  async dirtyPosts(limit: number): Promise<PostId[]> {
    const found = await this.#models.posts
      .find({ dirtyAtMs: op({ $gte: 0 }) }, { _id: 1 })
      .sort({ dirtyAtMs: 1 })
      .limit(limit)
      .lean()
    return found.map(({ _id }) => PostId.parse(_id))
  }

  async recount(ids: readonly PostId[]): Promise<StatsMessage[]> {
    return (await inBatches(ids, countedAtOnce, (id) => this.#settle(id))).flat()
  }

  async #settle(id: PostId): Promise<StatsMessage[]> {
    const { posts } = this.#models
    const held = await posts.findOne({ _id: id }, { authorId: 1, path: 1, dirtySeq: 1 }).lean()
    if (held === null || held.dirtySeq === 0) return []
    const counts = await this.#count(id)
    const settled = await posts.updateOne(
      { _id: id, dirtySeq: held.dirtySeq },
      { $set: { counts }, $unset: { dirtyAtMs: 1 } },
    )
    if (settled.matchedCount === 0) await posts.updateOne({ _id: id, dirtyAtMs: op({ $gte: 0 }) }, { counts })
    return [
      {
        postId: id,
        authorId: UserId.parse(held.authorId),
        path: held.path.map((above) => PostId.parse(above)),
        counts,
      },
    ]
  }

  async #count(id: string): Promise<PostCounts> {
    const counted = await Promise.all(countKinds.map(async (kind) => [kind, await this.#countOf(kind, id)] as const))
    return PostCounts.parse(Object.fromEntries(counted))
  }

  #countOf(kind: CountKind, id: string, limit?: number): Promise<number> {
    const { posts, edges } = this.#models
    const options = limit === undefined ? {} : { limit }
    if (kind === 'replies') return posts.countDocuments({ 'replyTo.id': id, alive: true }, options)
    if (kind === 'quotes') return posts.countDocuments({ 'quoteOf.id': id, alive: true }, options)
    return edges.countDocuments({ postId: id, kind: kind === 'likes' ? 'like' : 'repost', on: true }, options)
  }

  async #touchTag(tag: string): Promise<void> {
    const nowMs = this.#clock.now()
    const { posts, tags } = this.#models
    const held = await this.#growTag(tag)
    if (held.posts > tagMaxPosts && nowMs - held.countedAtMs < tagEveryMs) return
    const count = await posts.countDocuments({ tags: tag })
    await tags.updateOne({ _id: tag, dirtySeq: held.dirtySeq }, { posts: count, countedAtMs: nowMs })
  }

  /** Of upserts that race the server may refuse one, or answer it with nothing: it is asked again. */
  async #growTag(tag: string): Promise<TagDoc> {
    for (let tries = 0; tries < triesMax; tries++) {
      try {
        const grow = { $inc: { dirtySeq: 1 } }
        const options = { upsert: true, returnDocument: 'after' } as const
        const held = await this.#models.tags.findOneAndUpdate({ _id: tag }, grow, options).lean()
        if (held !== null) return held
      } catch (thrown) {
        if (duplicateKeyOf(thrown) === null) throw thrown
      }
    }
    throw new AppError('overloaded', { message: `Too many uses of #${tag} at once.` })
  }
}
