import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createSqliteAccountStore } from '@skein/account/sqlite'
import { createSqliteEventLog } from '@skein/event-log'
import { isSqliteInUse, openSqlite, systemClock, systemRandom, type Sqlite } from '@skein/platform'
import { createSqlitePostStore } from '@skein/post'
import { z } from 'zod'
import { BackupError } from './backup-error.js'
import type { BackupEngine, Dumped, RestoreRequest } from './backup-engine.js'
import { diskSpace, nameAt, refuseIfFull } from './backup-folder.js'
import { folderMode, readColdFile, syncFolder, writeColdFile } from './cold-files.js'
import { compareCounts, type Counts, type Manifest } from './manifest.js'

/*
 * The embedded system: one file, copied as it was at one moment (VACUUM INTO) by a connection of its own, beside a server
 * that goes on writing.
 */

const coldFile = 'skein.db.gz'
/** Files that SQLite keeps beside one. */
const besides = ['-wal', '-shm']
const sql = {
  tables: `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`,
  lanes: 'SELECT count(*) AS n FROM log_lanes',
  people: 'SELECT count(*) AS n FROM account_users',
  orphans: 'SELECT count(*) AS n FROM posts WHERE author NOT IN (SELECT id FROM account_users)',
  integrity: 'PRAGMA integrity_check(3)',
  endSessions: 'DELETE FROM account_sessions',
  forgetKeys: 'DELETE FROM account_keys',
} as const

/** @param file of the running system; need not exist for a restore */
export function createSqliteEngine(file: string): BackupEngine {
  return {
    kind: 'sqlite',
    estimateBytes: async () => 3 * ((await sizeOf(file)) + (await sizeOf(`${file}-wal`))),
    dump: (folder) => dump(file, folder),
    verify: (backup) => verify(backup),
    restore: (request) => restore(file, request),
    close: () => Promise.resolve(),
  }
}

async function dump(file: string, folder: string): Promise<Dumped> {
  if (!existsSync(file))
    throw new BackupError(`There is no database ${resolve(file)} yet: give its folder with --data-dir`)
  const copy = join(folder, 'copy.db')
  const ready = join(folder, 'skein.db')
  await withDatabase(file, (db) => db.copyTo(copy))
  await withDatabase(copy, async (db) => {
    await makeReady(db)
    await db.copyTo(ready)
  })
  await removeDatabase(copy)
  const cold = await writeColdFile(folder, coldFile, createReadStream(ready))
  const counts = await withDatabase(ready, countRows)
  await removeDatabase(ready)
  return { files: [cold], counts }
}

async function verify({ folder, manifest }: Omit<RestoreRequest, 'replace'>): Promise<string[]> {
  await refuseIfFull(dirname(folder), rawBytesOf(manifest), diskSpace)
  const scratch = await mkdtemp(join(dirname(folder), '.scratch-'))
  const file = join(scratch, 'skein.db')
  try {
    await unpack(folder, manifest, file)
    return await withDatabase(file, (db) => findProblems(db, manifest))
  } catch (thrown) {
    return [thrown instanceof Error ? thrown.message : String(thrown)]
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function findProblems(db: Sqlite, manifest: Manifest): Promise<string[]> {
  const damages = textsIn(db, sql.integrity).filter((text) => text !== 'ok')
  if (damages.length > 0) return damages
  const problems = compareCounts(manifest.counts, countRows(db))
  const orphans = numberIn(db, sql.orphans)
  if (orphans > 0) problems.push(`${orphans} posts have no author`)
  const drift = await openStores(db, ({ account }) => account.countDrift())
  if (drift.length > 0) problems.push(`${drift.length} people have counts that do not fit their follows`)
  return problems
}

async function restore(file: string, { folder, manifest, replace }: RestoreRequest): Promise<string[]> {
  await mkdir(dirname(file), { recursive: true, mode: folderMode })
  await refuseIfFull(dirname(file), 2 * rawBytesOf(manifest), diskSpace)
  const isThere = existsSync(file)
  if (isThere) await refuseUnlessFree(file, replace)
  const raw = `${file}.unpacked`
  const ready = `${file}.restored`
  for (const left of [raw, ready]) await removeDatabase(left)
  await unpack(folder, manifest, raw)
  await withDatabase(raw, async (db) => {
    await makeReady(db)
    await db.copyTo(ready)
  })
  await removeDatabase(raw)
  const old = `${file}.replaced-${nameAt(systemClock.now())}`
  if (isThere) await rename(file, old)
  // Empty since `refuseUnlessFree`, and of the file that went: beside another it would be read as its own.
  for (const suffix of besides) await rm(`${file}${suffix}`, { force: true })
  await rename(ready, file)
  await syncFolder(dirname(file))
  return [
    ...(isThere ? [`What was there is kept as ${old}: remove it when all is well.`] : []),
    'Everyone signs in again: sessions and signing keys are in no backup.',
    'Clients load their feeds anew: the event log begins another epoch.',
  ]
}

/** @throws BackupError when a server runs on it, or it has people and may not go */
async function refuseUnlessFree(file: string, replace: boolean): Promise<void> {
  if (isSqliteInUse(file)) throw new BackupError(`A server has ${resolve(file)} open: stop it first`)
  const people = await withDatabase(file, (db) => (hasTable(db, 'account_users') ? numberIn(db, sql.people) : 0))
  if (people > 0 && !replace)
    throw new BackupError(
      `${resolve(file)} has ${people} people: give an empty folder with --data-dir, or put it aside with --replace`,
    )
}

/**
 * Another count of the log, an empty one; nobody signed in, and no keys with which one could act as other people. What was
 * deleted is still in the file, and in no copy of it. Opening the stores refuses a file of a newer version.
 */
async function makeReady(db: Sqlite): Promise<void> {
  await openStores(db, ({ events }) => events.resetEpoch())
  await db.prepare([sql.endSessions, sql.forgetKeys])
  await db.write((tx) => {
    tx(sql.endSessions).run()
    tx(sql.forgetKeys).run()
  })
}

type Stores = Awaited<ReturnType<typeof storesOf>>

async function openStores<T>(db: Sqlite, use: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await storesOf(db)
  try {
    return await use(stores)
  } finally {
    await stores.events.close()
  }
}

async function storesOf(db: Sqlite) {
  const lanes = numberIn(db, sql.lanes)
  const events = await createSqliteEventLog({ db, lanes, maxEntries: 1_000_000_000, clock: systemClock })
  const account = await createSqliteAccountStore({ db, append: events.appendIn })
  const post = await createSqlitePostStore({ db, appendIn: events.appendIn, random: systemRandom })
  return { events, account, post }
}

/** Its bytes on the disk, checked. */
async function unpack(folder: string, manifest: Manifest, file: string): Promise<void> {
  const cold = manifest.files.find(({ path }) => path === coldFile)
  if (cold === undefined) throw new BackupError(`${folder} holds no ${coldFile}: take another backup`)
  await pipeline(readColdFile(folder, cold), createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }))
}

async function withDatabase<T>(file: string, use: (db: Sqlite) => T | Promise<T>): Promise<T> {
  const db = await openSqlite({ file, maxQueued: 10 })
  try {
    return await use(db)
  } finally {
    await db.close()
  }
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ['', ...besides]) await rm(`${file}${suffix}`, { force: true })
}

/** Tables of posts begin with `post`; all others are of accounts and the log. */
function countRows(db: Sqlite): { posts: Counts; accounts: Counts } {
  const counts: { posts: Counts; accounts: Counts } = { posts: {}, accounts: {} }
  for (const name of textsIn(db, sql.tables))
    counts[name.startsWith('post') ? 'posts' : 'accounts'][name] = numberIn(db, `SELECT count(*) AS n FROM "${name}"`)
  return counts
}

function hasTable(db: Sqlite, name: string): boolean {
  return textsIn(db, sql.tables).includes(name)
}

const Row = z.record(z.string(), z.unknown())
const NumberRow = z.object({ n: z.coerce.number() })

/** The only column of each row. */
function textsIn(db: Sqlite, query: string): string[] {
  return db
    .read(query)
    .all()
    .map((row) => String(Object.values(Row.parse(row))[0]))
}

function numberIn(db: Sqlite, query: string): number {
  return NumberRow.parse(db.read(query).get()).n
}

function rawBytesOf({ files }: Manifest): number {
  return files.reduce((sum, { rawBytes }) => sum + rawBytes, 0)
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}
