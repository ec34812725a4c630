import { AppError, PostId, type PostRecord, type UserId } from '@skein/contracts'
import { outboxGraceMs } from '@skein/event-log'
import { idBytes, nextId } from '../../domain/ids.js'
import { newPost } from '../../domain/posts.js'
import type { PostDraft } from '../post-store.js'
import { bornDoc, findTargets, targetsOf, type WriteDeps } from './post-writes.js'
import { inBatches } from './range.js'
import { op } from './schema.js'
import type { Random } from '@skein/platform'

/** Posts of one write to the database. */
const batchPosts = 500
const atOnce = 8

/**
 * See `PostStore.importPosts`. What was written before a failure stays. Nobody may write for the same authors meanwhile:
 * their ids are taken for a whole batch. @throws AppError not_found
 */
export async function importAll(
  deps: WriteDeps & { readonly random: Random },
  drafts: readonly PostDraft[],
  events: boolean,
): Promise<PostRecord[]> {
  const posts: PostRecord[] = []
  for (let start = 0; start < drafts.length; start += batchPosts)
    posts.push(...(await importBatch(deps, drafts.slice(start, start + batchPosts), events)))
  return posts
}

async function importBatch(
  deps: WriteDeps & { readonly random: Random },
  drafts: readonly PostDraft[],
  events: boolean,
): Promise<PostRecord[]> {
  const { models, counts, outbox, clock } = deps
  const ids = await takeIds(deps, drafts)
  const targets = await inBatches(drafts, atOnce, (draft) => findTargets(deps.reads, draft))
  const posts = drafts.map((draft, n) => {
    const { refused, parent, quoted } = targets[n] ?? {}
    const id = ids[n]
    if (refused !== undefined || id === undefined)
      throw new AppError('not_found', { message: `A post to import was refused: ${refused?.kind}.` })
    return newPost({ id, authorId: draft.authorId, atMs: draft.atMs, parent, quoted }, draft)
  })
  await models.posts.insertMany(
    posts.map((post, n) => ({
      ...bornDoc(post, drafts[n]?.idempotency),
      ...(events
        ? {
            outbox: [{ rev: 1, tags: [], mentions: [], posts: targetsOf(post) }],
            outboxDueMs: clock.now() + outboxGraceMs,
          }
        : {}),
    })),
  )
  await counts.touchTags(posts.flatMap((post) => post.tags))
  await inBatches([...new Set(posts.flatMap(targetsOf))], atOnce, (id) => counts.touchPost(id))
  if (events) await inBatches(posts, atOnce, ({ id }) => outbox.relay({ of: 'post', id, isCounted: true }))
  return posts.map((post) => ({ ...post, viewer: { liked: false, reposted: false, bookmarked: false } }))
}

/** An id for each draft, greater than the author's newest. */
async function takeIds(
  { models, random }: WriteDeps & { readonly random: Random },
  drafts: readonly PostDraft[],
): Promise<PostId[]> {
  const authors = [...new Set(drafts.map(({ authorId }) => authorId))]
  const held = await models.actors.find({ _id: op({ $in: authors }) }).lean()
  const newest = new Map<string, string>(held.map(({ _id, newest: id }) => [_id, id]))
  const ids = drafts.map(({ authorId, atMs }) => {
    const id = nextId(atMs, newest.get(authorId) ?? null, random.bytes(idBytes))
    newest.set(authorId, id)
    return PostId.parse(id)
  })
  const taken = (authorId: UserId) => ({ $max: { newest: newest.get(authorId) ?? '' } })
  await models.actors.bulkWrite(
    authors.map((_id) => ({ updateOne: { filter: { _id }, update: taken(_id), upsert: true } })),
  )
  return ids
}
