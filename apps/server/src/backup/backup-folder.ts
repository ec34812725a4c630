import { mkdir, open, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BackupError } from './backup-error.js'
import { hasCode } from './backup-lock.js'
import { folderMode, syncFolder } from './cold-files.js'
import { manifestFile, manifestText, readManifest, type Manifest } from './manifest.js'
import { thin } from './thinning.js'

/*
 * The folder that holds the backups. What has the name of a backup is complete: it was written under another name, synced,
 * and renamed. It leaves by being renamed too, so that half of one is never seen.
 */

/** When it was verified last, and what was wrong. */
const Verification = z.object({ atMs: z.int(), problems: z.array(z.string()) })
export type Verification = z.infer<typeof Verification>

export interface Backup {
  /** When it began, UTC: `2026-05-04T08-00-00-123Z`. */
  readonly name: string
  readonly folder: string
  readonly atMs: number
  /** null when the manifest cannot be used; `problem` says why. */
  readonly manifest: Manifest | null
  readonly problem: string | undefined
  readonly verification: Verification | undefined
}

const backupName = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/
const asideName = /^\.(partial|removing|scratch|released|note)-/
const verificationFile = 'verification.json'
const marginBytes = 64 * 1_024 * 1_024

export function nameAt(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')
}

function atOf(name: string): number {
  return Date.parse(name.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, 'T$1:$2:$3.$4Z'))
}

export function isGood({ manifest, verification }: Backup): boolean {
  return manifest !== null && (verification === undefined || verification.problems.length === 0)
}

/** The newest first; none when there is no folder yet. */
export async function listBackups(dir: string): Promise<Backup[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT')) return []
    throw cause
  })
  const backups: Backup[] = []
  for (const name of names
    .filter((entry) => backupName.test(entry))
    .sort()
    .toReversed())
    backups.push(await look(dir, name))
  return backups
}

/** @param name or `latest`, which is the newest good one. @throws BackupError when there is none */
export async function findBackup(dir: string, name: string): Promise<Backup & { readonly manifest: Manifest }> {
  const backups = await listBackups(dir)
  const found = name === 'latest' ? backups.find(isGood) : backups.find((backup) => backup.name === name)
  if (found === undefined)
    throw new BackupError(
      name === 'latest'
        ? `There is no good backup in ${dir}: make one with skein backup now`
        : `There is no backup named ${name} in ${dir}: see skein backup list`,
    )
  if (found.manifest === null) throw new BackupError(found.problem ?? `${found.folder} cannot be read`)
  return { ...found, manifest: found.manifest }
}

async function look(dir: string, name: string): Promise<Backup> {
  const folder = join(dir, name)
  const known = { name, folder, atMs: atOf(name), verification: await readVerification(folder) }
  try {
    return { ...known, manifest: await readManifest(folder), problem: undefined }
  } catch (thrown) {
    return { ...known, manifest: null, problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

async function readVerification(folder: string): Promise<Verification | undefined> {
  try {
    return Verification.parse(JSON.parse(await readFile(join(folder, verificationFile), 'utf8')))
  } catch {
    return undefined
  }
}

/** Kept beside the backup; a backup found wanting counts no more as a good one. */
export async function noteVerification(folder: string, verification: Verification): Promise<void> {
  const aside = join(folder, '.note-verification')
  await writeFile(aside, `${JSON.stringify(verification)}\n`, { mode: 0o600 })
  await rename(aside, join(folder, verificationFile))
}

/** Makes the folder when it is missing. */
export async function openFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: folderMode })
}

/** What other runs left unfinished. Only while the lock is held: nobody works there then. */
export async function sweepFolder(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (asideName.test(name)) await rm(join(dir, name), { recursive: true, force: true })
}

export interface Space {
  /** Bytes that this user may still write there. */
  free(dir: string): Promise<number>
}

export const diskSpace: Space = {
  free: async (dir) => {
    const { bavail, bsize } = await statfs(dir)
    return bavail * bsize
  },
}

/** @throws BackupError when `bytes` and a margin do not fit */
export async function refuseIfFull(dir: string, bytes: number, space: Space): Promise<void> {
  const free = await space.free(dir)
  const needed = bytes + marginBytes
  if (free < needed)
    throw new BackupError(
      `${dir} has ${megabytes(free)} free and ${megabytes(needed)} are needed: free some, or give another folder with --backup-dir`,
    )
}

export function megabytes(bytes: number): string {
  return bytes >= 10_000_000 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(2)} MB`
}

/** A new folder to write into, which is no backup until it is published. */
export async function createPartial(dir: string, name: string): Promise<string> {
  const folder = join(dir, `.partial-${name}`)
  await mkdir(folder, { mode: folderMode })
  return folder
}

/** Writes the manifest and makes it a backup: all of it is on the disk, then its name changes. */
export async function publishPartial(dir: string, name: string, partial: string, manifest: Manifest): Promise<void> {
  const handle = await open(join(partial, manifestFile), 'wx', 0o600)
  try {
    await handle.writeFile(manifestText(manifest))
    await handle.sync()
  } finally {
    await handle.close()
  }
  for (const folder of new Set(manifest.files.map(({ path }) => path.split('/').slice(0, -1).join('/'))))
    await syncFolder(join(partial, folder))
  await syncFolder(partial)
  await rename(partial, join(dir, name))
  await syncFolder(dir)
}

/** Removes what the rules of thinning let go; the names of those. */
export async function thinFolder(dir: string): Promise<string[]> {
  const backups = await listBackups(dir)
  const names = thin(backups.map((backup) => ({ name: backup.name, atMs: backup.atMs, isGood: isGood(backup) })))
  for (const name of names) {
    const aside = join(dir, `.removing-${name}`)
    await rename(join(dir, name), aside)
    await rm(aside, { recursive: true, force: true })
  }
  return names
}
