import { rm } from 'node:fs/promises'
import { wireVersion } from '@skein/contracts'
import type { Clock } from '@skein/platform'
import type { BackupEngine } from './backup-engine.js'
import { BackupError } from './backup-error.js'
import {
  createPartial,
  findBackup,
  isGood,
  listBackups,
  nameAt,
  noteVerification,
  openFolder,
  publishPartial,
  refuseIfFull,
  sweepFolder,
  thinFolder,
  type Backup,
  type Space,
} from './backup-folder.js'
import { takeLock } from './backup-lock.js'
import { backupFormat, documentsOf, refuseNewer, sizeOf, type Manifest } from './manifest.js'

export interface BackupDeps {
  /** Of the backups. */
  readonly dir: string
  readonly engine: BackupEngine
  readonly clock: Clock
  readonly space: Space
  /** Of this Skein. */
  readonly version: string
}

export interface TakenBackup {
  readonly name: string
  readonly manifest: Manifest
  /** How it is much smaller than the one before; null when it is not. */
  readonly shrunk: string | null
  /** What a restore into a scratch database found wrong; null when it was not tried. */
  readonly problems: readonly string[] | null
  /** Why it could not be tried; null when it was, or was not asked for. */
  readonly untried: string | null
  /** Older ones that the rules let go. */
  readonly removed: readonly string[]
}

/** Below this part of the one before, in documents or bytes, something may be missing. */
const shrunkBelow = 0.5
/** So small that a half of it says nothing. */
const shrunkFromDocuments = 100

/**
 * Makes one backup, which is listed only when all of it is on the disk, tries a restore of it when asked, and then lets
 * older ones go. @throws BackupError when another is being made (exit code 75), or the disk has no room
 */
export async function takeBackup(deps: BackupDeps, { verify }: { readonly verify: boolean }): Promise<TakenBackup> {
  const { dir, engine, clock, space } = deps
  await openFolder(dir)
  const lock = await takeLock(dir, clock)
  try {
    await sweepFolder(dir)
    const before = (await listBackups(dir)).find(isGood)
    const previous = before?.manifest ?? undefined
    const expected = previous === undefined ? 0 : Math.ceil(sizeOf(previous).bytes * 1.5)
    await refuseIfFull(dir, Math.max(await engine.estimateBytes(), expected), space)
    const { name, manifest } = await write(deps, () => lock.isHeld())
    const tried = verify ? await tryOne(deps, name) : { problems: null, untried: null }
    const removed = await thinFolder(dir)
    return { name, manifest, shrunk: shrunkSince(previous, manifest), ...tried, removed }
  } finally {
    await lock.release()
  }
}

/** A backup that is there is no failure because there is no place to try it. */
async function tryOne(deps: BackupDeps, name: string): Promise<Pick<TakenBackup, 'problems' | 'untried'>> {
  const backup = await findBackup(deps.dir, name)
  try {
    return { problems: await verifyOne(deps, backup), untried: null }
  } catch (thrown) {
    return { problems: null, untried: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

async function write(
  { dir, engine, clock, version }: BackupDeps,
  isHeld: () => Promise<boolean>,
): Promise<{ name: string; manifest: Manifest }> {
  const startedAtMs = clock.now()
  const name = nameAt(startedAtMs)
  const partial = await createPartial(dir, name)
  try {
    const { files, counts } = await engine.dump(partial)
    const manifest: Manifest = {
      format: backupFormat,
      engine: engine.kind,
      version,
      wireVersion,
      startedAtMs,
      finishedAtMs: clock.now(),
      files: [...files],
      counts,
    }
    if (!(await isHeld()))
      throw new BackupError('This process stood still for too long and another took its place: nothing was kept')
    await publishPartial(dir, name, partial, manifest)
    return { name, manifest }
  } catch (thrown) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined)
    throw thrown
  }
}

/** Of `verifyOne`, while no backup is made or removed. @throws BackupError (exit code 75) while one is */
export async function verifyListed(
  deps: BackupDeps,
  backup: Backup & { readonly manifest: Manifest },
): Promise<readonly string[]> {
  const lock = await takeLock(deps.dir, deps.clock)
  try {
    await sweepFolder(deps.dir)
    return await verifyOne(deps, backup)
  } finally {
    await lock.release()
  }
}

/**
 * Restores into a scratch database and says what is wrong; noted beside the backup. @throws BackupError when a newer
 * version made it; Error when it could not be tried
 */
async function verifyOne(
  { engine, clock, version }: Pick<BackupDeps, 'engine' | 'clock' | 'version'>,
  { name, folder, manifest }: Backup & { readonly manifest: Manifest },
): Promise<readonly string[]> {
  refuseNewer(name, manifest, version)
  refuseOtherEngine(engine, name, manifest)
  const problems = await engine.verify({ folder, manifest })
  await noteVerification(folder, { atMs: clock.now(), problems })
  return problems
}

export function refuseOtherEngine(engine: BackupEngine, name: string, manifest: Manifest): void {
  if (manifest.engine === engine.kind) return
  throw new BackupError(
    manifest.engine === 'mongo'
      ? `${name} is of the replicated system: set SKEIN_MONGO_ACCOUNTS_URL and SKEIN_MONGO_POSTS_URL`
      : `${name} is of the embedded system: unset SKEIN_MONGO_ACCOUNTS_URL and SKEIN_MONGO_POSTS_URL`,
  )
}

function shrunkSince(previous: Manifest | undefined, now: Manifest): string | null {
  if (previous === undefined || documentsOf(previous) < shrunkFromDocuments) return null
  const pairs = [
    ['documents', documentsOf(previous), documentsOf(now)],
    ['bytes', sizeOf(previous).rawBytes, sizeOf(now).rawBytes],
  ] as const
  const less = pairs.find(([, before, after]) => after < before * shrunkBelow)
  return less === undefined ? null : `${less[2]} ${less[0]} where the one before has ${less[1]}`
}
