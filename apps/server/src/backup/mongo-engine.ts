import { createMongoAccountStore } from '@skein/account/mongo'
import { silentLogger, systemClock } from '@skein/platform'
import { createMongoPostStore } from '@skein/post/mongo'
import type { Connection } from 'mongoose'
import { z } from 'zod'
import type { BackupEngine, Dumped, RestoreRequest } from './backup-engine.js'
import { BackupError } from './backup-error.js'
import { compareCounts } from './manifest.js'
import { findBrokenReferences } from './mongo-check.js'
import { connectMongo, databaseOf } from './mongo-connection.js'
import { dumpDatabase } from './mongo-dump.js'
import { checkFiles, loadDatabase, makeRoom } from './mongo-load.js'
import { repairPeople, repairPosts } from './mongo-repair.js'

/*
 * The replicated system: two databases, read by the driver while every service goes on writing. Posts before accounts, so
 * that whoever wrote a post of the backup is in it.
 */

export interface MongoUrls {
  readonly accountsUrl: string
  readonly postsUrl: string
  /** Where backups are tried, in databases that are dropped again. */
  readonly scratchUrl: string
  /** Empties Redis, where there is one that can be reached: what it holds is of the system before. */
  readonly emptyRedis: (() => Promise<number>) | undefined
}

interface Databases {
  readonly posts: Connection
  readonly accounts: Connection
}

const scratchName = /^skein_scratch_(\d{13})_(posts|accounts)$/
const scratchMaxAgeMs = 24 * 3_600_000
const Stats = z.looseObject({ dataSize: z.number() })

/** @throws BackupError when a database does not answer */
export async function createMongoEngine(urls: MongoUrls): Promise<BackupEngine> {
  const posts = await connectMongo(urls.postsUrl, 'posts')
  const accounts = await connectMongo(urls.accountsUrl, 'accounts').catch(async (thrown: unknown) => {
    await posts.close()
    throw thrown
  })
  const databases = { posts, accounts }
  return {
    kind: 'mongo',
    estimateBytes: async () => (await dataSizeOf(posts)) + (await dataSizeOf(accounts)),
    dump: (folder) => dump(databases, folder),
    verify: (backup) => verify(urls.scratchUrl, backup),
    restore: (request) => restore(databases, request, urls.emptyRedis),
    close: async () => {
      await Promise.all([posts.close(), accounts.close()])
    },
  }
}

async function dump({ posts, accounts }: Databases, folder: string): Promise<Dumped> {
  const ofPosts = await dumpDatabase(posts, 'posts', folder)
  const ofAccounts = await dumpDatabase(accounts, 'accounts', folder)
  return {
    files: [...ofPosts.files, ...ofAccounts.files],
    counts: { posts: ofPosts.counts, accounts: ofAccounts.counts },
  }
}

async function verify(scratchUrl: string, { folder, manifest }: Omit<RestoreRequest, 'replace'>): Promise<string[]> {
  const server = await connectMongo(scratchUrl, 'scratch')
  try {
    await dropOld(server)
    const stamp = `skein_scratch_${systemClock.now()}`
    const scratch = { posts: server.useDb(`${stamp}_posts`), accounts: server.useDb(`${stamp}_accounts`) }
    try {
      return await findProblems(scratch, { folder, manifest })
    } finally {
      for (const database of Object.values(scratch)) await databaseOf(database).dropDatabase()
    }
  } finally {
    await server.close()
  }
}

async function findProblems(databases: Databases, backup: Omit<RestoreRequest, 'replace'>): Promise<string[]> {
  try {
    const counts = await load(databases, backup)
    await makeRight(databases)
    return [
      ...compareCounts(backup.manifest.counts, counts),
      ...(await findBrokenReferences(databases.posts, databases.accounts)),
    ]
  } catch (thrown) {
    if (thrown instanceof BackupError) return [thrown.message]
    throw thrown
  }
}

async function restore(
  databases: Databases,
  { folder, manifest, replace }: RestoreRequest,
  emptyRedis: MongoUrls['emptyRedis'],
): Promise<string[]> {
  await checkFiles(folder, manifest)
  // Looked at both before either is emptied.
  if (!replace) for (const name of ['accounts', 'posts'] as const) await makeRoom(databases[name], name, false)
  for (const name of ['accounts', 'posts'] as const) await makeRoom(databases[name], name, replace)
  const mended = await load(databases, { folder, manifest })
    .then(() => makeRight(databases))
    .catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new BackupError(`The restore stopped half-way (${why}): run it again with --replace`, { cause })
    })
  const emptied = await emptyRedis?.()
  return [
    ...(mended > 0 ? [`${mended} posts, tags and people had counts of another moment and were counted anew.`] : []),
    emptied === undefined
      ? 'Start Redis empty: what it holds is of the system before. Without SKEIN_REDIS_URL this command cannot do it.'
      : `Redis was emptied: ${emptied} keys.`,
    'Everyone signs in again: sessions and signing keys are in no backup.',
  ]
}

/** Accounts first: while it is half done, no post is without its author. */
async function load({ posts, accounts }: Databases, backup: Omit<RestoreRequest, 'replace'>) {
  const ofAccounts = await loadDatabase(accounts, 'accounts', backup)
  return { accounts: ofAccounts, posts: await loadDatabase(posts, 'posts', backup) }
}

/**
 * Makes the indexes by opening the stores, and the counts right. Resolves with how many were wrong. @throws BackupError when
 * the stores still find some
 */
async function makeRight({ posts, accounts }: Databases): Promise<number> {
  const deps = { append: () => Promise.resolve([]), clock: systemClock, log: silentLogger }
  const accountStore = await createMongoAccountStore({ ...deps, connection: accounts })
  const postStore = await createMongoPostStore({ ...deps, connection: posts })
  try {
    const mended = (await repairPeople(accounts)) + (await repairPosts(posts))
    const drift = await accountStore.countDrift()
    if (drift.length > 0) throw new BackupError(`${drift.length} people have counts that do not fit their follows`)
    return mended
  } finally {
    await accountStore.outbox.close()
    await postStore.outbox.close()
  }
}

/** About; 0 where the server does not say. */
async function dataSizeOf(connection: Connection): Promise<number> {
  const stats: unknown = await databaseOf(connection)
    .command({ dbStats: 1 })
    .catch(() => undefined)
  return Stats.safeParse(stats).data?.dataSize ?? 0
}

/** What a verification that was killed left. */
async function dropOld(server: Connection): Promise<void> {
  const listed = await databaseOf(server)
    .admin()
    .listDatabases({ nameOnly: true })
    .catch(() => ({ databases: [] }))
  for (const { name } of listed.databases) {
    const atMs = Number(scratchName.exec(name)?.[1] ?? Infinity)
    if (systemClock.now() - atMs > scratchMaxAgeMs) await databaseOf(server.useDb(name)).dropDatabase()
  }
}
