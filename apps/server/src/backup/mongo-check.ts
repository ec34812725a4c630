import type { Connection } from 'mongoose'
import { z } from 'zod'
import { databaseOf } from './mongo-connection.js'

const batchMax = 1_000
const Row = z.looseObject({ _id: z.string() })

/** Where one collection names documents of another. */
interface Reference {
  readonly what: string
  readonly of: Connection
  readonly from: string
  readonly field: string
  readonly to: Connection
  readonly named: string
}

/** What a backup may not have: posts without authors, edges without their posts or people. In words; none when all is well. */
export async function findBrokenReferences(posts: Connection, accounts: Connection): Promise<string[]> {
  const references: Reference[] = [
    { what: 'posts have no author', of: posts, from: 'posts', field: 'authorId', to: accounts, named: 'users' },
    {
      what: 'likes and reposts have no person',
      of: posts,
      from: 'edges',
      field: 'actorId',
      to: accounts,
      named: 'users',
    },
    { what: 'likes and reposts have no post', of: posts, from: 'edges', field: 'postId', to: posts, named: 'posts' },
    {
      what: 'follows and blocks lack a person',
      of: accounts,
      from: 'edges',
      field: 'lo',
      to: accounts,
      named: 'users',
    },
    {
      what: 'follows and blocks lack a person',
      of: accounts,
      from: 'edges',
      field: 'hi',
      to: accounts,
      named: 'users',
    },
  ]
  const problems: string[] = []
  for (const reference of references) {
    const broken = await countBroken(reference)
    if (broken > 0) problems.push(`${broken} ${reference.what}`)
  }
  return problems
}

async function countBroken({ of, from, field, to, named }: Reference): Promise<number> {
  let broken = 0
  let batch: string[] = []
  const look = async (): Promise<void> => {
    const known = await knownAmong(to, named, [...new Set(batch)])
    broken += batch.filter((id) => !known.has(id)).length
    batch = []
  }
  const cursor = databaseOf(of)
    .collection(from)
    .find({}, { projection: { [field]: 1 }, batchSize: batchMax })
  for await (const document of cursor) {
    batch.push(String(Reflect.get(document, field)))
    if (batch.length === batchMax) await look()
  }
  if (batch.length > 0) await look()
  return broken
}

async function knownAmong(connection: Connection, collection: string, ids: readonly string[]): Promise<Set<string>> {
  const found = await databaseOf(connection)
    .collection<{ _id: string }>(collection)
    .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } })
    .toArray()
  return new Set(
    z
      .array(Row)
      .parse(found)
      .map(({ _id }) => _id),
  )
}
