import mongoose, { type Connection } from 'mongoose'
import { cutDocuments, inBatches } from './bson-stream.js'
import { BackupError } from './backup-error.js'
import { readColdFile } from './cold-files.js'
import type { ColdFile, Counts, Manifest } from './manifest.js'
import { databaseOf } from './mongo-connection.js'
import { userCollections, type DatabaseName } from './mongo-dump.js'

const batchMax = 500
const batchMaxBytes = 8 * 1_024 * 1_024
/** Every value comes back with the type it had. */
const exact = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/** @throws BackupError that names the first file that is damaged; nothing was touched then */
export async function checkFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const file of files) for await (const _chunk of readColdFile(folder, file)) continue
}

/** Puts every document of a database into its collection; indexes are the stores' to make. Resolves with how many. */
export async function loadDatabase(
  connection: Connection,
  name: DatabaseName,
  { folder, manifest }: { readonly folder: string; readonly manifest: Manifest },
): Promise<Counts> {
  const counts: Counts = {}
  for (const file of manifest.files) {
    const collection = new RegExp(`^${name}/(.+)\\.bson\\.gz$`).exec(file.path)?.[1]
    if (collection !== undefined) counts[collection] = await loadCollection(connection, collection, folder, file)
  }
  return counts
}

async function loadCollection(connection: Connection, name: string, folder: string, file: ColdFile): Promise<number> {
  const collection = databaseOf(connection).collection(name)
  let loaded = 0
  for await (const batch of inBatches(cutDocuments(readColdFile(folder, file)), batchMax, batchMaxBytes)) {
    const documents = batch.map((bytes) => mongoose.mongo.BSON.deserialize(bytes, exact))
    await collection.insertMany(documents, { ordered: false })
    loaded += documents.length
  }
  return loaded
}

/** Empty, or emptied. @throws BackupError when it has documents that may not go */
export async function makeRoom(connection: Connection, name: DatabaseName, replace: boolean): Promise<void> {
  const database = databaseOf(connection)
  for (const collection of await userCollections(connection)) {
    const one = await database.collection(collection).findOne({}, { projection: { _id: 1 } })
    if (one !== null && !replace)
      throw new BackupError(
        `The database of ${name} (${connection.name}) has documents in ${collection}: give an empty one, or let it go with --replace`,
      )
  }
  if (replace) for (const collection of await userCollections(connection)) await database.dropCollection(collection)
}
