import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { BackupError } from './backup-error.js'
import type { ColdFile } from './manifest.js'

/*
 * The files of a backup: compressed, readable by their owner alone, on the disk before anyone is told, checked while they
 * are read. Memory stays at some buffers, whatever the size.
 */

const fileMode = 0o600
export const folderMode = 0o700
/** Much faster than the default and little larger. */
const level = 4

/** Writes, compresses and syncs one file. @throws Error ENOSPC and the like */
export async function writeColdFile(
  folder: string,
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<ColdFile> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true, mode: folderMode })
  const hash = createHash('sha256')
  let rawBytes = 0
  let bytes = 0
  const raw = tap((chunk) => (rawBytes += chunk.length))
  const stored = tap((chunk) => {
    bytes += chunk.length
    hash.update(chunk)
  })
  const sink = createWriteStream(file, { flags: 'wx', mode: fileMode, flush: true })
  await pipeline(Readable.from(source, { objectMode: false }), raw, createGzip({ level }), stored, sink)
  return { path, bytes, rawBytes, sha256: hash.digest('hex') }
}

/** Its bytes, unpacked. @throws BackupError, at the end at the latest, when they are not those that were written */
export async function* readColdFile(folder: string, cold: ColdFile): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let bytes = 0
  const stored = tap((chunk) => {
    bytes += chunk.length
    hash.update(chunk)
  })
  const file = join(folder, cold.path)
  const unpacked = createGunzip()
  const reading = pipeline(createReadStream(file), stored, unpacked)
  reading.catch(() => undefined)
  try {
    for await (const chunk of unpacked) yield chunk as Buffer
    await reading
  } catch (cause) {
    throw new BackupError(`${file} is damaged: take another backup`, { cause })
  } finally {
    unpacked.destroy()
  }
  if (bytes !== cold.bytes || hash.digest('hex') !== cold.sha256)
    throw new BackupError(`${file} is not what was written (${bytes} of ${cold.bytes} bytes): take another backup`)
}

/** The names that appeared in a folder are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function tap(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk)
      done(null, chunk)
    },
  })
}
