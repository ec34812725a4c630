import { AppError, EntryId, limits, PostId, Tag, UserId, type LogEvent, type PostRecord } from '@skein/contracts'
import type { OutboxSource, Owed } from '@skein/event-log'
import { likeEvent, postEvent, repostEvent, type PostEventParts } from '../../domain/events.js'
import type { Counts } from './counts.js'
import { toPost, type PostReads } from './post-reads.js'
import { op, type EdgeDoc, type Models, type PostDoc } from './schema.js'

/** A document that owes an event. */
export interface OwedKey {
  readonly of: 'post' | 'edge'
  readonly id: string
  /** Its writer has had counted what it changed; whoever finds it later has it counted first. */
  readonly isCounted?: boolean
}

const noteDue = { outboxDueMs: 1 } as const
const settled = { $unset: { outbox: 1, outboxDueMs: 1 } } as const

/** Notes go only while the revision is the one that was read: a newer one has its own relay, which takes all away. */
export function createOwed(models: Models, reads: PostReads, counts: Counts): OutboxSource<OwedKey> {
  const { posts, edges } = models

  async function readPost({ id, isCounted = false }: OwedKey): Promise<Owed | null> {
    const doc = await posts.findById(id, { words: 0, addressed: 0, revisions: 0 }).lean()
    if (doc?.outboxDueMs === undefined) return null
    if (!isCounted) await countChanged(doc)
    const post = toPost(doc)
    const quoted = post.quoteOf && (await reads.one(post.quoteOf.id, null))
    const rest = post.rev === 1 ? {} : { ...(await findSpread(models, id)), ...formerOf(doc) }
    return {
      events: [postEvent(post, { quoted, ...rest })],
      async settle() {
        if (!doc.alive) await edges.updateMany({ postId: id }, { $unset: { listed: 1, concerns: 1 } })
        await posts.updateOne({ _id: id, rev: doc.rev }, settled)
      },
    }
  }

  async function countChanged({ outbox = [], tags }: PostDoc): Promise<void> {
    await counts.touchTags([...tags, ...outbox.flatMap((note) => note.tags)])
    for (const id of new Set(outbox.flatMap((note) => note.posts))) await counts.touchPost(id)
  }

  async function readEdge({ id, isCounted = false }: OwedKey): Promise<Owed | null> {
    const doc = await edges.findById(id).lean()
    if (doc?.outboxDueMs === undefined) return null
    if (!isCounted) await counts.touchPost(doc.postId)
    const post = await reads.one(PostId.parse(doc.postId), null)
    if (post === undefined) throw new AppError('internal', { message: `The post of the edge ${id} is not there.` })
    const quoted = doc.kind === 'repost' && post.quoteOf ? await reads.one(post.quoteOf.id, null) : undefined
    return {
      events: [edgeEvent(doc, post, quoted)],
      settle: async () => void (await edges.updateOne({ _id: id, rev: doc.rev }, { $unset: { outboxDueMs: 1 } })),
    }
  }

  async function dueOf(of: OwedKey['of'], maxDueMs: number, limit: number) {
    const filter = { outboxDueMs: op({ $lte: maxDueMs }) }
    const query = of === 'post' ? posts.find(filter, noteDue) : edges.find(filter, noteDue)
    const found = await query.sort({ outboxDueMs: 1 }).limit(limit).lean()
    return found.map(({ _id, outboxDueMs = 0 }) => ({ key: { of, id: _id }, dueMs: outboxDueMs }))
  }

  async function due(maxDueMs: number, limit: number) {
    const found = await Promise.all([dueOf('post', maxDueMs, limit), dueOf('edge', maxDueMs, limit)])
    return found
      .flat()
      .sort((a, b) => a.dueMs - b.dueMs)
      .slice(0, limit)
  }

  return {
    due: async (nowMs, limit) => (await due(nowMs, limit)).map(({ key }) => key),
    read: (key) => (key.of === 'post' ? readPost(key) : readEdge(key)),
    oldestDueMs: async () => (await due(Number.MAX_SAFE_INTEGER, 1))[0]?.dueMs ?? null,
  }
}

function edgeEvent(doc: EdgeDoc, post: PostRecord, quoted: PostRecord | undefined): LogEvent {
  const { on, rev, atMs } = doc
  const edge = { on, rev, edgeId: EntryId.parse(doc.edgeId) }
  const parts = { actorId: UserId.parse(doc.actorId), atMs, edge, post, quoted }
  return doc.kind === 'repost' ? repostEvent(parts) : likeEvent(parts)
}

/** Tags and people that any revision since the last event told may have named. */
function formerOf({ outbox = [] }: PostDoc): Pick<PostEventParts, 'formerTags' | 'formerMentions'> {
  const tags = new Set(outbox.flatMap((note) => note.tags))
  const people = new Set(outbox.flatMap((note) => note.mentions))
  return {
    formerTags: Array.from(tags, (tag) => Tag.parse(tag)),
    ...(people.size === 0 ? {} : { formerMentions: Array.from(people, (id) => UserId.parse(id)) }),
  }
}

/** Where a post is shown beside its own places: see `PostEvent`. With more than 1,000 quotes nobody is named. */
async function findSpread(
  { posts, edges }: Models,
  id: string,
): Promise<Pick<PostEventParts, 'spreaders' | 'quotedIn'>> {
  const max = limits.spreadersMaxIds
  const fields = { authorId: 1, tags: 1, path: 1 } as const
  const found = await posts
    .find({ 'quoteOf.id': id, alive: true }, fields)
    .limit(max + 1)
    .lean()
  const shown = [id, ...found.map(({ _id }) => _id)]
  const reposters = await edges.aggregate<{ _id: string }>([
    { $match: { postId: { $in: shown }, kind: 'repost', on: true } },
    { $group: { _id: '$actorId' } },
    { $limit: max + 1 },
  ])
  const people = new Set([...found.map(({ authorId }) => authorId), ...reposters.map(({ _id }) => _id)])
  const isTooMany = found.length > max || people.size > max
  const quotes = found.slice(0, max)
  const tags = [...new Set(quotes.flatMap((quote) => quote.tags))].map((tag) => Tag.parse(tag))
  const threads = [...new Set(quotes.flatMap((quote) => [quote._id, ...quote.path]))].map((post) => PostId.parse(post))
  return {
    spreaders: isTooMany ? null : [...people].sort().map((person) => UserId.parse(person)),
    ...(quotes.length === 0 ? {} : { quotedIn: { tags, threads } }),
  }
}
