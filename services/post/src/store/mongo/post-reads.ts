import { PostRecord, PostRevision, type PostId, type UserId } from '@skein/contracts'
import type { PostStore } from '../post-store.js'
import { edgeKey, op, type Models, type PostDoc } from './schema.js'

/** What a record is made of: neither the words nor the revisions before. */
export const recordFields = { words: 0, addressed: 0, revisions: 0, outbox: 0 } as const

type Flags = NonNullable<PostRecord['viewer']>
const kinds = { like: 'liked', repost: 'reposted', bookmark: 'bookmarked' } as const

/** The post in a document; with flags when somebody asks. A bookmark of a deleted post is none. */
export function toPost(doc: Omit<PostDoc, 'words' | 'addressed'>, flags?: Flags): PostRecord {
  const viewer = flags && { ...flags, bookmarked: flags.bookmarked && doc.alive }
  return PostRecord.parse({ ...doc, id: doc._id, ...(viewer === undefined ? {} : { viewer }) })
}

export interface PostReads extends Pick<PostStore, 'byIds' | 'byKey' | 'history' | 'countBy'> {
  one(id: PostId, viewerId: UserId | null): Promise<PostRecord | undefined>
}

export function createPostReads({ posts, edges }: Models): PostReads {
  async function flagsOf(ids: readonly PostId[], viewerId: UserId): Promise<(id: string) => Flags> {
    const wanted = ids.flatMap((id) => [
      edgeKey('like', viewerId, id),
      edgeKey('repost', viewerId, id),
      edgeKey('bookmark', viewerId, id),
    ])
    const held = await edges.find({ _id: op({ $in: wanted }), on: true }, { kind: 1, postId: 1 }).lean()
    const on = new Map<string, Partial<Flags>>()
    for (const { kind, postId } of held) on.set(postId, { ...on.get(postId), [kinds[kind]]: true })
    return (id) => ({ liked: false, reposted: false, bookmarked: false, ...on.get(id) })
  }

  async function byIds(ids: readonly PostId[], viewerId: UserId | null): Promise<PostRecord[]> {
    if (ids.length === 0) return []
    const unique = [...new Set(ids)]
    const [docs, flags] = await Promise.all([
      posts.find({ _id: op({ $in: unique }) }, recordFields).lean(),
      viewerId === null ? undefined : flagsOf(unique, viewerId),
    ])
    const found = new Map(docs.map((doc) => [doc._id, toPost(doc, flags?.(doc._id))]))
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  return {
    byIds,
    one: async (id, viewerId) => (await byIds([id], viewerId))[0],
    async byKey(authorId, key) {
      const held = await posts.findOne({ authorId, 'idem.key': key }, recordFields).lean()
      if (held === null) return null
      const flags = await flagsOf([toPost(held).id], authorId)
      return { post: toPost(held, flags(held._id)), bodyHash: held.idem.bodyHash }
    },
    async history(id, limit) {
      const doc = await posts
        .findOne({ _id: id, alive: true }, { rev: 1, text: 1, editedAtMs: 1, createdAtMs: 1, revisions: 1 })
        .lean()
      if (doc === null) return []
      const { rev, text, editedAtMs, createdAtMs, revisions = [] } = doc
      const all = [...revisions, { rev, text, atMs: editedAtMs ?? createdAtMs }]
      return all.slice(-limit).map((revision) => PostRevision.parse(revision))
    },
    countBy: (authorId) => posts.countDocuments({ authorId, alive: true }),
  }
}
