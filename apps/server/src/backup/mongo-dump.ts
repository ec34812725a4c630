import type { Connection } from 'mongoose'
import { writeColdFile } from './cold-files.js'
import type { ColdFile, Counts } from './manifest.js'
import { databaseOf } from './mongo-connection.js'

/*
 * Each document is as it was at one moment; the collections are of different moments. So what names something is read
 * before what it names, and the newest first within a collection: whatever a document of the backup names was there before
 * it, and is read after it. Posts name people; edges name posts and people; a reply names a post that is older. Last come
 * what must not be behind: the newest id of each person. Counts may be ahead of what they count, and are counted anew.
 */

export interface DumpedDatabase {
  readonly files: readonly ColdFile[]
  readonly counts: Counts
}

/** Read in this order; collections that are not named come first. */
export const orderOf = { posts: ['edges', 'posts', 'tags', 'actors'], accounts: ['edges', 'secrets', 'users'] } as const
export type DatabaseName = keyof typeof orderOf

/** Never in a backup: with these one could act as other people. */
const leftOut: Record<DatabaseName, readonly string[]> = { posts: [], accounts: ['sessions', 'keys'] }

const batchSize = 500

export async function dumpDatabase(
  connection: Connection,
  name: DatabaseName,
  folder: string,
): Promise<DumpedDatabase> {
  const files: ColdFile[] = []
  const counts: Counts = {}
  for (const collection of await collectionsOf(connection, name)) {
    let documents = 0
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const document of documentsOf(connection, collection)) {
        documents += 1
        yield document
      }
    }
    files.push(await writeColdFile(folder, `${name}/${collection}.bson.gz`, counted()))
    counts[collection] = documents
  }
  return { files, counts }
}

/** Of what a backup holds, in the order in which it is read. */
async function collectionsOf(connection: Connection, name: DatabaseName): Promise<string[]> {
  const order: readonly string[] = orderOf[name]
  const found = await userCollections(connection)
  return found
    .filter((collection) => !leftOut[name].includes(collection))
    .sort((a, b) => order.indexOf(a) - order.indexOf(b) || (a < b ? -1 : 1))
}

export async function userCollections(connection: Connection): Promise<string[]> {
  const listed = await databaseOf(connection).listCollections({}, { nameOnly: true }).toArray()
  return listed.flatMap(({ name }) => (name.startsWith('system.') ? [] : [name]))
}

/** As they lie there, without being unpacked; the newest id first. */
async function* documentsOf(connection: Connection, collection: string): AsyncGenerator<Uint8Array> {
  const cursor = databaseOf(connection)
    .collection(collection)
    .find({}, { raw: true, batchSize, readConcern: { level: 'majority' } })
    .sort({ _id: -1 })
  try {
    for await (const document of cursor) yield bytesOf(document)
  } finally {
    await cursor.close()
  }
}

function bytesOf(document: unknown): Uint8Array {
  if (document instanceof Uint8Array) return document
  throw new TypeError('the driver gave a document that is unpacked')
}
