import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { wireVersion } from '@skein/contracts'
import { z } from 'zod'
import { BackupError } from './backup-error.js'

/** Grows when a backup is laid out otherwise. */
export const backupFormat = 1
export const manifestFile = 'manifest.json'

const count = z.int().min(0)

export const ColdFile = z.object({
  /** Inside the backup's folder, with forward slashes. */
  path: z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/),
  /** As stored. */
  bytes: count,
  /** Before compression. */
  rawBytes: count,
  /** Of the stored bytes, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type ColdFile = z.infer<typeof ColdFile>

/** Documents of a collection, or rows of a table, by its name. */
const Counts = z.record(z.string(), count)
export type Counts = z.infer<typeof Counts>

/** What a backup holds; written last. */
export const Manifest = z.object({
  format: z.int().min(1),
  engine: z.enum(['sqlite', 'mongo']),
  /** Of the Skein that made it. */
  version: z.string().min(1),
  wireVersion: count,
  startedAtMs: count,
  finishedAtMs: count,
  files: z.array(ColdFile),
  counts: z.object({ posts: Counts, accounts: Counts }),
})
export type Manifest = z.infer<typeof Manifest>

/** @returns the text of the file: the manifest and the checksum of itself. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, sha256: checksumOf(manifest) }, null, 2)}\n`
}

/** @throws BackupError when it is missing, damaged or of a format that this version does not know */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, manifestFile)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BackupError(`${file} cannot be read: take another backup`, { cause })
  })
  const damaged = (cause?: unknown): BackupError =>
    new BackupError(`${file} is damaged: take another backup`, { cause })
  const held = parseText(text, damaged)
  if (held.format > backupFormat)
    throw new BackupError(
      `${folder} has format ${held.format} and this version knows ${backupFormat}: use the version of Skein that made it`,
    )
  const { data, error } = Manifest.safeParse(held.body)
  if (data === undefined) throw damaged(error)
  if (held.sha256 !== checksumOf(held.body)) throw damaged()
  return data
}

const Held = z.looseObject({ format: z.int(), sha256: z.string() })

function parseText(text: string, damaged: (cause: unknown) => Error): { format: number; sha256: string; body: object } {
  try {
    const { sha256, ...body } = Held.parse(JSON.parse(text))
    return { format: body.format, sha256, body }
  } catch (cause) {
    throw damaged(cause)
  }
}

function checksumOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex')
}

/** @throws BackupError when a newer Skein made it */
export function refuseNewer(name: string, manifest: Manifest, ownVersion: string): void {
  if (manifest.wireVersion <= wireVersion && !isNewer(manifest.version, ownVersion)) return
  throw new BackupError(
    `${name} was made by Skein ${manifest.version} (wire ${manifest.wireVersion}) and this is ${ownVersion} (wire ${wireVersion}): restore it with Skein ${manifest.version} or newer`,
  )
}

function isNewer(version: string, than: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(than)]
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0))
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0)
}

function numbersOf(version: string): number[] {
  return version
    .replace(/[-+].*$/, '')
    .split('.')
    .map(Number)
}

export function sizeOf({ files }: Manifest): { readonly bytes: number; readonly rawBytes: number } {
  return {
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    rawBytes: files.reduce((sum, file) => sum + file.rawBytes, 0),
  }
}

export function documentsOf({ counts }: Manifest): number {
  return [...Object.values(counts.posts), ...Object.values(counts.accounts)].reduce((sum, n) => sum + n, 0)
}

/** Where the counts differ, in words. */
export function compareCounts(wanted: Manifest['counts'], found: Manifest['counts']): string[] {
  return (['posts', 'accounts'] as const).flatMap((database) =>
    [...new Set([...Object.keys(wanted[database]), ...Object.keys(found[database])])].flatMap((name) => {
      const [want, have] = [wanted[database][name] ?? 0, found[database][name] ?? 0]
      return want === have ? [] : [`${database}.${name} has ${have} and the manifest says ${want}`]
    }),
  )
}
