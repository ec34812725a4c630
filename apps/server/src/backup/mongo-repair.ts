import type { Connection } from 'mongoose'
import { z } from 'zod'
import { databaseOf } from './mongo-connection.js'

/*
 * Counts lie in other documents than what is counted, and a dump reads them at other moments. After a restore they are
 * counted anew, for some hundred documents at a time, and written where they differ. The names of collections and fields
 * are those of the stores; that nothing drifts afterwards is asked of the stores themselves.
 */

const batchMax = 500
const Counted = z.looseObject({ _id: z.string() })
const Tally = z.object({ _id: z.string(), n: z.number() })

/** What is counted: documents of `of` that match, by what stands in `field`. */
interface Source {
  readonly of: string
  readonly field: string
  readonly match: object
  /** The field is a list, and each of its values counts. */
  readonly isList?: true
}

/** Documents with counts: each count, by its path, is the sum over its sources. */
interface Recount {
  readonly collection: string
  readonly counts: Readonly<Record<string, readonly Source[]>>
  /** Numbers that grow when counts are changed. */
  readonly grows: readonly string[]
}

const posts: Recount = {
  collection: 'posts',
  counts: {
    'counts.replies': [{ of: 'posts', field: 'replyTo.id', match: { alive: true } }],
    'counts.quotes': [{ of: 'posts', field: 'quoteOf.id', match: { alive: true } }],
    'counts.reposts': [{ of: 'edges', field: 'postId', match: { kind: 'repost', on: true } }],
    'counts.likes': [{ of: 'edges', field: 'postId', match: { kind: 'like', on: true } }],
  },
  grows: ['dirtySeq'],
}
const tags: Recount = {
  collection: 'tags',
  counts: { posts: [{ of: 'posts', field: 'tags', match: {}, isList: true }] },
  grows: ['dirtySeq'],
}
/** An edge is `up` from the person of the lower id, or `down` to them. */
const people: Recount = {
  collection: 'users',
  counts: {
    followers: [
      { of: 'edges', field: 'hi', match: { 'up.follow.on': true } },
      { of: 'edges', field: 'lo', match: { 'down.follow.on': true } },
    ],
    following: [
      { of: 'edges', field: 'lo', match: { 'up.follow.on': true } },
      { of: 'edges', field: 'hi', match: { 'down.follow.on': true } },
    ],
  },
  grows: ['counts', 'recounts'],
}

/** Resolves with how many posts and tags had other counts. */
export async function repairPosts(connection: Connection): Promise<number> {
  return (await recountAll(connection, posts)) + (await recountAll(connection, tags))
}

/** Resolves with how many people had other counts. */
export function repairPeople(connection: Connection): Promise<number> {
  return recountAll(connection, people)
}

async function recountAll(connection: Connection, recount: Recount): Promise<number> {
  const collection = databaseOf(connection).collection<{ _id: string }>(recount.collection)
  const projection = Object.fromEntries(Object.keys(recount.counts).map((path) => [path, 1]))
  let changed = 0
  let batch: z.infer<typeof Counted>[] = []
  const mend = async (): Promise<void> => {
    const writes = await writesFor(connection, recount, batch)
    if (writes.length > 0) await collection.bulkWrite(writes, { ordered: false })
    changed += writes.length
    batch = []
  }
  for await (const document of collection.find({}, { projection, batchSize: batchMax })) {
    batch.push(Counted.parse(document))
    if (batch.length === batchMax) await mend()
  }
  if (batch.length > 0) await mend()
  return changed
}

async function writesFor(
  connection: Connection,
  { counts, grows }: Recount,
  batch: readonly z.infer<typeof Counted>[],
) {
  const ids = batch.map(({ _id }) => _id)
  const right = new Map(ids.map((id) => [id, new Map<string, number>()]))
  for (const [path, sources] of Object.entries(counts))
    for (const source of sources)
      for (const { _id, n } of await tally(connection, source, ids)) {
        const own = right.get(_id)
        own?.set(path, (own.get(path) ?? 0) + n)
      }
  return batch.flatMap((document) => {
    const own = right.get(document._id)
    const wrong = Object.keys(counts).filter((path) => valueAt(document, path) !== (own?.get(path) ?? 0))
    if (wrong.length === 0) return []
    const $set = Object.fromEntries(wrong.map((path) => [path, own?.get(path) ?? 0]))
    const $inc = Object.fromEntries(grows.map((path) => [path, 1]))
    return [{ updateOne: { filter: { _id: document._id }, update: { $set, $inc } } }]
  })
}

async function tally(
  connection: Connection,
  { of, field, match, isList }: Source,
  ids: readonly string[],
): Promise<z.infer<typeof Tally>[]> {
  const $match = { ...match, [field]: { $in: ids } }
  const unwind = isList === true ? [{ $unwind: `$${field}` }, { $match: { [field]: { $in: ids } } }] : []
  const group = { $group: { _id: `$${field}`, n: { $sum: 1 } } }
  const rows = await databaseOf(connection)
    .collection(of)
    .aggregate([{ $match }, ...unwind, group])
    .toArray()
  return z.array(Tally).parse(rows)
}

function valueAt(document: object, path: string): unknown {
  let value: unknown = document
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return value
}
