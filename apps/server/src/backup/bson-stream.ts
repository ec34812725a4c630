import { BackupError } from './backup-error.js'

/** The largest document that MongoDB takes. */
const documentMaxBytes = 16 * 1_024 * 1_024 + 16 * 1_024
const documentMinBytes = 5

/**
 * Cuts a stream of BSON documents, one behind the other as mongodump writes them. Holds one document and one chunk.
 * @throws BackupError when it is not that
 */
export async function* cutDocuments(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    let at = 0
    while (held.length - at >= 4) {
      const size = held.readInt32LE(at)
      if (size < documentMinBytes || size > documentMaxBytes)
        throw new BackupError(`A document says it has ${size} bytes: the file is not one of a backup`)
      if (held.length - at < size) break
      yield held.subarray(at, at + size)
      at += size
    }
    held = held.subarray(at)
  }
  if (held.length > 0) throw new BackupError(`The last document is cut off: the file is not all of a backup`)
}

/** Groups what comes, up to so many and so many bytes. */
export async function* inBatches(
  documents: AsyncIterable<Buffer>,
  max: number,
  maxBytes: number,
): AsyncGenerator<Buffer[]> {
  let batch: Buffer[] = []
  let bytes = 0
  for await (const document of documents) {
    if (batch.length === max || (batch.length > 0 && bytes + document.length > maxBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(document)
    bytes += document.length
  }
  if (batch.length > 0) yield batch
}
