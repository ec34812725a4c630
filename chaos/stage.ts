import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { eventually, silentLogger } from '@skein/platform/testing'
import { startCluster, type Cluster, type ClusterPlan, type EngineProgram, type Part } from '@skein/server/cluster'
import { bundledSkein } from '../test/support/bundle.js'

/** A replicated system of real processes, with the means to look into it. */
export interface Stage extends AsyncDisposable {
  readonly cluster: Cluster
  readonly url: string
  readonly dataDir: string
  part(name: string): Part
  /** Resolves when every part is ready. */
  ready(withinMs?: number): Promise<void>
  /** One figure of every part of a role that answers, its labels summed where they hold `label`. */
  metric(role: string, name: string, label?: string): Promise<number>
  /** A connection of its own to the event log's Redis. */
  withRedis<T>(act: (redis: ReturnType<typeof openRedis>) => Promise<T>): Promise<T>
  /** Leaves the folder with the logs of all parts behind when it closes. */
  keep(): void
  /** What is still owed or behind, in words; empty when nothing is. */
  lags(): Promise<string[]>
}

export const prefix = 'skein'
const startMs = 120_000

/** Passwords that cost nothing and rates that nobody reaches. */
const fast: ClusterPlan['settings'] = {
  all: { 'auth.passwordMemoryKiB': 8, 'auth.passwordPasses': 1, 'live.drainGraceMs': 200, 'log.level': 'warn' },
  gateway: {
    'limits.ipPerMinute': 10_000_000,
    'limits.userPerMinute': 10_000_000,
    'limits.postsPerMinute': 10_000_000,
    'limits.signInsPer5Minutes': 10_000_000,
    'limits.refreshesPerMinute': 10_000_000,
    'limits.signUpsPerHour': 10_000_000,
    'live.maxSocketsPerIp': 100_000,
  },
}

export type StagePlan = Partial<Omit<ClusterPlan, 'skein' | 'dataDir' | 'port'>> & {
  /** Called before anything runs. */
  readonly onDataDir?: (dir: string) => void
}

export async function openStage({ onDataDir, ...plan }: StagePlan = {}): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'skein-chaos-'))
  onDataDir?.(dataDir)
  const { NODE_OPTIONS: _, ...env } = process.env
  const cluster = await startCluster({
    dataDir,
    port: 0,
    skein: { command: process.execPath, args: [await bundledSkein()] },
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SKEIN_'))),
    readyTimeoutMs: startMs,
    ...plan,
    settings: merged(fast, plan.settings ?? {}),
  })
  let isKept = false
  const part = (name: string): Part => {
    const found = cluster.parts().find((one) => one.name === name)
    if (found === undefined) throw new Error(`no part ${name}`)
    return found
  }
  const withRedis: Stage['withRedis'] = async (act) => {
    const url = `redis://127.0.0.1:${part('redis').port}`
    const redis = openRedis({ url, name: 'chaos', log: silentLogger, whenAway: 'fail' })
    try {
      await whenRedisReady(redis, 10_000)
      return await act(redis)
    } finally {
      redis.disconnect()
    }
  }
  const metric: Stage['metric'] = async (role, name, label = '') => {
    const texts = await Promise.all(
      cluster.parts().flatMap((one) => (one.name.startsWith(`${role}-`) ? [metricsOf(one.opsPort)] : [])),
    )
    return texts.reduce((sum, text) => sum + sumOf(text, name, label), 0)
  }
  return {
    cluster,
    url: cluster.url,
    dataDir,
    part,
    ready: async (withinMs = startMs) => {
      await eventually(() => {
        const other = cluster.parts().filter(({ state }) => state !== 'ready')
        if (other.length > 0) throw new Error(`not ready: ${other.map(({ name, state }) => `${name} ${state}`).join()}`)
      }, withinMs)
    },
    metric,
    withRedis,
    lags: async () => [
      ...(await owed(metric)),
      ...(await withRedis(async (redis) => {
        const keys = (await redis.keys(`${prefix}:*`)).toSorted()
        const types = await Promise.all(keys.map((key) => redis.type(key)))
        const streams = keys.filter((_, n) => types[n] === 'stream')
        const groups = await Promise.all(
          streams.map(async (key) => [key, (await redis.xinfo('GROUPS', key)) as unknown[][]] as const),
        )
        return groups.flatMap(([key, found]) => found.flatMap((group) => behind(key, group)))
      })),
    ],
    keep: () => void (isKept = true),
    [Symbol.asyncDispose]: async () => {
      await cluster.close()
      if (!isKept) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function owed(metric: Stage['metric']): Promise<string[]> {
  const ages = await Promise.all(['account', 'post'].map((role) => metric(role, 'skein_outbox_age_seconds')))
  return ages.flatMap((age, n) => (age > 0 ? [`the outbox of ${n === 0 ? 'account' : 'post'} is ${age} s old`] : []))
}

/** What a consumer group has not read, or not acknowledged. */
function behind(key: string, group: readonly unknown[]): string[] {
  const at = (field: string): unknown => group[group.indexOf(field) + 1]
  const [pending, lag] = [Number(at('pending')), Number(at('lag') ?? 0)]
  return pending + lag > 0 ? [`${key}: ${pending} not acknowledged, ${lag} not read`] : []
}

async function metricsOf(opsPort: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${opsPort}/metrics`, { signal: AbortSignal.timeout(5_000) })
  return answer.text()
}

function sumOf(text: string, name: string, label: string): number {
  return text
    .split('\n')
    .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

function merged(one: StagePlan['settings'], two: StagePlan['settings']): NonNullable<StagePlan['settings']> {
  const keys = new Set([...Object.keys(one ?? {}), ...Object.keys(two ?? {})])
  return Object.fromEntries([...keys].map((key) => [key, { ...one?.[key], ...two?.[key] }]))
}

/** Redis as a cluster runs it, nothing kept on disk, for plans that must know its port. */
export const plainRedis: EngineProgram = {
  command: 'redis-server',
  argsFor: (port, dir) => {
    const base = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--loglevel', 'warning']
    return [...base, '--save', '', '--appendonly', 'no']
  },
}
