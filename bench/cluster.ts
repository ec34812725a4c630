import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRedis } from '@skein/platform/redis'
import { silentLogger } from '@skein/platform/testing'
import { startCluster, type Cluster } from '@skein/server/cluster'
import { homeKeys } from '../services/timeline/src/homes/redis/home-keys.js'
import { bundledSkein } from '../test/support/bundle.js'
import { Crowd } from './cluster/crowd.js'
import { fillAccounts, mintTokens, storeHomes } from './cluster/fill.js'
import { readFlags, usage, type ClusterFlags } from './cluster/flags.js'
import { phaseBig, phaseKilled, phaseSteady, type Bench } from './cluster/phases.js'
import { describeHardware, say, table } from './live/report.js'

/*
 * The replicated system as processes of this machine: an author with very many followers, a gateway that is killed,
 * delivery at a steady rate. See README.md beside it.
 */

const most = 10_000_000

async function run(flags: ClusterFlags, dataDir: string): Promise<void> {
  const secret = randomBytes(32).toString('hex')
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const cluster = await startCluster({
    dataDir,
    port: 0,
    haproxy: true,
    skein: { command: process.execPath, args: [await bundledSkein()] },
    env: Object.fromEntries(Object.entries(inherited).filter(([name]) => !name.startsWith('SKEIN_'))),
    settings: {
      all: {
        'service.secret': secret,
        'log.level': 'error',
        'auth.accessTtlMs': 86_400_000,
        'limits.ipPerMinute': most,
        'limits.userPerMinute': most,
        'limits.postsPerMinute': most,
        'live.maxSockets': 100_000,
        'live.maxSocketsPerIp': 100_000,
        'live.drainGraceMs': 100,
      },
    },
  })
  const stop = (): void => void cluster.close().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  try {
    console.log(`${describeHardware()} MongoDB: ${cluster.mongoKind}. ${JSON.stringify(flags)}\n`)
    const bench = await populate(flags, cluster, secret)
    const wanted = (phase: ClusterFlags['only']): boolean => flags.only === undefined || flags.only === phase
    const rows: string[][] = []
    if (wanted('steady')) rows.push(...(await phaseSteady(bench)))
    if (wanted('big')) rows.push(...(await phaseBig(bench)))
    if (wanted('killed')) rows.push(...(await phaseKilled(bench)))
    console.log(table(rows))
    bench.crowd.close()
    bench.redis.disconnect()
  } finally {
    await cluster.close()
  }
}

/** Small authors, viewers who follow some of them and hold a socket, one big author, and those who follow that one. */
async function populate(flags: ClusterFlags, cluster: Cluster, secret: string): Promise<Bench> {
  const { authors, viewers, followers, follows, active } = flags
  const name = (kind: string, n: number): string => `${kind}${String(n).padStart(6, '0')}`
  const list = (kind: string, count: number): string[] => Array.from({ length: count }, (_, n) => name(kind, n))
  const handles = ['big_author', ...list('author', authors), ...list('viewer', viewers), ...list('follower', followers)]
  const firstViewer = 1 + authors
  const firstFollower = firstViewer + viewers
  const startMs = Date.now()
  const ids = await fillAccounts({
    mongoPort: portOf(cluster, 'mongo'),
    handles,
    follows: [
      ...Array.from({ length: viewers }, (_, n) =>
        Array.from(
          { length: Math.min(follows, authors) },
          (__, i) => [firstViewer + n, 1 + ((n + i * 7) % authors)] as const,
        ),
      ).flat(),
      ...Array.from({ length: followers }, (_, n) => [firstFollower + n, 0] as const),
    ],
  })
  say(`${handles.length} people and their follows filled in in ${seconds(startMs)} s`)
  const accounts = cluster
    .parts()
    .filter(({ name: part }) => part.startsWith('account-'))
    .map(({ port }) => `127.0.0.1:${port}`)
  const tokens = await mintTokens(secret, accounts, handles.slice(0, firstFollower))
  const crowd = new Crowd({
    url: cluster.url,
    big: tokens[0] ?? '',
    authors: tokens.slice(1, firstViewer),
    viewers: tokens.slice(firstViewer),
  })
  const openMs = Date.now()
  const url = `redis://127.0.0.1:${portOf(cluster, 'redis')}`
  const redis = openRedis({ url, name: 'bench', log: silentLogger, whenAway: 'wait' })
  await crowd.open()
  await crowd.readHomes(async (viewer) => {
    const [mark] = homeKeys('skein', ids[firstViewer + viewer] ?? '')
    return (await redis.hget(mark, 'state')) === 'built'
  })
  const [bigAuthor] = ids
  if (bigAuthor !== undefined) await storeHomes(redis, ids.slice(firstFollower, firstFollower + active), bigAuthor)
  say(`${viewers} sockets opened, ${viewers + Math.min(active, followers)} homes stored, in ${seconds(openMs)} s`)
  const viewerOf = (author: number): string | undefined => ids[firstViewer + author]
  return { flags, cluster, crowd, redis, viewerOf }
}

function portOf(cluster: Cluster, name: string): number {
  return cluster.parts().find((part) => part.name === name)?.port ?? 0
}

function seconds(sinceMs: number): string {
  return ((Date.now() - sinceMs) / 1_000).toFixed(1)
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2))
  const dataDir = await mkdtemp(join(tmpdir(), 'skein-bench-cluster-'))
  try {
    await run(flags, dataDir)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

await main().catch((thrown: unknown) => {
  console.error(thrown)
  console.error(usage)
  process.exitCode = 2
})
