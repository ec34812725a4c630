import {
  EntryId,
  PostId,
  UserId,
  type NotificationType,
  type Range,
  type ReplyFilter,
  type Skeleton,
} from '@skein/contracts'
import { noticeTypeOf } from '@skein/visibility'
import type { EntryQueries, Notice } from '../post-store.js'
import { toPost } from './post-reads.js'
import { boundsOf, fillPage, inBatches, merge, within, type Bounds } from './range.js'
import { op, type EdgeDoc, type Models } from './schema.js'
import { foldWord } from './words.js'

/** Actors of one query: MongoDB merges one index scan each, up to 200 of them, without sorting. */
const actorsPerQuery = 200
const queriesAtOnce = 8
const edgeTypes = ['repost', 'like'] as const
const postTypes = ['reply', 'quote', 'mention'] as const

/** See `EntryQueries`. A list that joins edges with posts looks up which of its posts are deleted, and reads on past them. */
export function createEntryQueries(models: Models): EntryQueries {
  const { posts, edges, actors } = models

  async function postLines(filter: object, bounds: Bounds): Promise<Skeleton[]> {
    const { order, limit } = bounds
    const query = posts.find({ ...filter, _id: within(bounds) }, { authorId: 1 })
    return (await query.sort({ _id: order }).limit(limit).lean()).map(({ _id, authorId }) => {
      const id = PostId.parse(_id)
      return { id: EntryId.parse(_id), postId: id, actorId: UserId.parse(authorId), repost: false }
    })
  }

  async function edgeDocs(filter: object, bounds: Bounds): Promise<EdgeDoc[]> {
    const query = edges.find({ ...filter, edgeId: within(bounds) })
    return query.sort({ edgeId: bounds.order }).limit(bounds.limit).lean()
  }

  async function list(filter: object, range: Range): Promise<Skeleton[]> {
    const bounds = boundsOf(range)
    const lines = await postLines(filter, bounds)
    return bounds.order === 1 ? lines.reverse() : lines
  }

  /** Without the lines that `isJoined` and whose post is deleted. */
  function keepAlive<T extends { readonly postId: PostId }>(isJoined: (line: T) => boolean) {
    return async (lines: T[]): Promise<T[]> => {
      const ids = lines.filter(isJoined).map(({ postId }) => postId)
      if (ids.length === 0) return lines
      const found = await posts.find({ _id: op({ $in: ids }), alive: true }, { _id: 1 }).lean()
      const alive = new Set<string>(found.map(({ _id }) => _id))
      return lines.filter((line) => !isJoined(line) || alive.has(line.postId))
    }
  }

  /** Without deleted posts that have nothing alive below them. */
  async function keepUsed(lines: Skeleton[]): Promise<Skeleton[]> {
    const ids = lines.map(({ postId }) => postId)
    const dead = await posts.find({ _id: op({ $in: ids }), alive: false }, { _id: 1 }).lean()
    const unused = await inBatches(dead, queriesAtOnce, async ({ _id }) => {
      const used = await posts.exists({ path: _id, alive: true })
      return used === null ? [_id] : []
    })
    return lines.filter(({ postId }) => !unused.flat().includes(postId))
  }

  async function linesOfActors(ids: readonly UserId[], bounds: Bounds, replies: ReplyFilter): Promise<Skeleton[]> {
    const actor = op({ $in: [...ids] })
    const reply = replies === 'include' ? {} : { reply: replies === 'only' }
    const [own, reposts] = await Promise.all([
      postLines({ authorId: actor, alive: true, ...reply }, bounds),
      replies === 'only' ? [] : edgeDocs({ actorId: actor, listed: 'repost' }, bounds),
    ])
    return merge([own, reposts.map((doc) => toLine(doc, doc.actorId))], bounds)
  }

  /** Those who wrote anything after `after`, who wrote last first: nothing of theirs is newer than `newest`. */
  async function writersAmong(actorIds: readonly UserId[], after: string): Promise<{ id: UserId; newest: string }[]> {
    const found = await actors.find({ _id: op({ $in: [...new Set(actorIds)] }), newest: op({ $gt: after }) }).lean()
    return found
      .map(({ _id, newest }) => ({ id: UserId.parse(_id), newest }))
      .sort((a, b) => (a.newest < b.newest ? 1 : -1))
  }

  /** A page is mostly full of those who wrote last: the others are asked only if what they wrote may be on it. */
  async function byActors(actorIds: readonly UserId[], range: Range, replies: ReplyFilter): Promise<Skeleton[]> {
    const whole = boundsOf(range)
    const writers = await writersAmong(actorIds, whole.after)
    const groups = Array.from({ length: Math.ceil(writers.length / actorsPerQuery) }, (_, n) =>
      writers.slice(n * actorsPerQuery, (n + 1) * actorsPerQuery),
    )
    async function read(bounds: Bounds): Promise<Skeleton[]> {
      let found: Skeleton[] = []
      for (let start = 0; start < groups.length; start += start === 0 ? 1 : queriesAtOnce) {
        const next = groups.slice(start, start === 0 ? 1 : start + queriesAtOnce)
        const last = found.length === bounds.limit ? found.at(-1) : undefined
        if (bounds.order === -1 && last !== undefined && (next[0]?.[0]?.newest ?? '') < last.id) break
        const ids = next.map((group) => group.map(({ id }) => id))
        const lists = await Promise.all(ids.map((group) => linesOfActors(group, bounds, replies)))
        found = merge([found, ...lists], bounds)
      }
      return found
    }
    return fillPage(
      whole,
      read,
      keepAlive<Skeleton>((line) => line.repost),
    )
  }

  async function postNotices(userId: UserId, type: NotificationType | null, bounds: Bounds): Promise<Notice[]> {
    const filter = { addressed: type === null ? userId : `${userId}:${type}`, _id: within(bounds) }
    const query = posts.find(filter, { words: 0, addressed: 0, revisions: 0, outbox: 0 })
    return (await query.sort({ _id: bounds.order }).limit(bounds.limit).lean()).flatMap((doc) => {
      const post = toPost(doc)
      const found = noticeTypeOf(post, userId)
      if (found === null) return []
      return [
        { id: EntryId.parse(post.id), type: found, actorId: post.authorId, postId: post.id, atMs: post.createdAtMs },
      ]
    })
  }

  async function edgeNotices(userId: UserId, kind: (typeof edgeTypes)[number], bounds: Bounds): Promise<Notice[]> {
    const docs = await edgeDocs({ concerns: userId, kind }, bounds)
    return docs.map((doc) => {
      const { id, postId, actorId } = toLine(doc, doc.actorId)
      return { id, type: kind, actorId, postId, atMs: doc.atMs }
    })
  }

  async function notices(userId: UserId, range: Range, types?: readonly NotificationType[]): Promise<Notice[]> {
    const ofPosts = types === undefined ? [null] : postTypes.filter((type) => types.includes(type))
    const ofEdges = edgeTypes.filter((type) => types?.includes(type) ?? true)
    const read = async (bounds: Bounds): Promise<Notice[]> => {
      const lists = [
        ...ofPosts.map((type) => postNotices(userId, type, bounds)),
        ...ofEdges.map((kind) => edgeNotices(userId, kind, bounds)),
      ]
      return merge(await Promise.all(lists), bounds)
    }
    return fillPage(
      boundsOf(range),
      read,
      keepAlive<Notice>(({ type }) => type === 'like' || type === 'repost'),
    )
  }

  return {
    byActors,
    public: (range) => list({ public: true }, range),
    byTag: (tag, range) => list({ tags: tag }, range),
    below: (postId, range) => fillPage(boundsOf(range), (bounds) => postLines({ path: postId }, bounds), keepUsed),
    async bookmarks(actorId, range) {
      const read = async (bounds: Bounds): Promise<Skeleton[]> =>
        (await edgeDocs({ actorId, listed: 'bookmark' }, bounds)).map((doc) => toLine(doc, doc.postAuthorId))
      return fillPage(
        boundsOf(range),
        read,
        keepAlive<Skeleton>(() => true),
      )
    },
    search: async (words, range) =>
      words.length === 0 ? [] : list({ words: op({ $all: words.map(foldWord) }) }, range),
    notices,
  }
}

function toLine({ edgeId, postId, kind }: EdgeDoc, actorId: string): Skeleton {
  return {
    id: EntryId.parse(edgeId),
    postId: PostId.parse(postId),
    actorId: UserId.parse(actorId),
    repost: kind === 'repost',
  }
}
