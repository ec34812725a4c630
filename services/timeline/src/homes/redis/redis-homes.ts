import type { ViewerEdges } from '@skein/contracts'
import type { RedisClient } from '@skein/event-log/redis'
import { createRequestId, type CallContext, type Clock, type Logger, type Random } from '@skein/platform'
import type { Redis } from 'ioredis'
import type { PostReads } from '../../ports.js'
import { sourcesDigest } from '../home-entry.js'
import type { HomeMetrics, HomeMoment, HomeStore, StoredHome } from '../home-store.js'
import { buildHome } from './build-home.js'
import { createFanOut, type FanOutState } from './fan-out.js'
import { createHomesDb } from './homes-db.js'

export interface RedisHomesOptions {
  /** For commands, failing while Redis is away; the caller's. */
  readonly redis: RedisClient
  /** Connections that wait while Redis is away; closed by who asks for them. */
  readonly openBlocking: () => Redis
  readonly prefix: string
  readonly lanes: number
  readonly post: Pick<PostReads, 'entries'>
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: HomeMetrics
  /** Entries of a home: 800. */
  readonly cap?: number
  /** After which a home is built anew by the next read: 7 days. */
  readonly ttlMs?: number
  /** How far fan-out may be behind, in entries of a lane, before homes are read from the database: half a window, 50,000. */
  readonly maxLagEntries?: number
  /** How long fan-out may owe the same before homes are read from the database: 2 s. */
  readonly standStillMs?: number
  /** Homes that one chunk of fan-out pushes to: 1,000. */
  readonly chunkHomes?: number
  /** Homes that this process builds at the same time; others are left to the next read: 8. */
  readonly buildsMax?: number
  readonly buildPatienceMs?: number
  readonly minIdleMs?: number
}

export interface RedisHomes extends HomeStore {
  start(): void
  /** Ends fan-out and builds. What they were doing ends first. */
  close(): Promise<void>
}

const callTimeoutMs = 10_000

/** Homes in Redis, filled by fan-out that is shared with every other process of this prefix. */
export function createRedisHomes(options: RedisHomesOptions): RedisHomes {
  const { redis, prefix, log, clock, random, metrics = {} } = options
  const { cap = 800, ttlMs = 7 * 86_400_000, maxLagEntries = 50_000, standStillMs = 2_000, buildsMax = 8 } = options
  const homes = createHomesDb({ redis, prefix, cap, ttlMs, buildPatienceMs: options.buildPatienceMs ?? 30_000 })
  const createToken = (): string => createRequestId(random)
  const context = (): CallContext => ({ requestId: createToken(), deadlineAtMs: clock.now() + callTimeoutMs })
  const fanOut = createFanOut({
    ...options,
    consumer: createToken(),
    createEra: createToken,
    homes,
    chunkHomes: options.chunkHomes ?? 1_000,
    metrics,
  })
  const building = new Map<string, Promise<void>>()
  let progress = { at: '', sinceMs: 0 }

  /** It waits for the share of a worker that died: what that owes is in the database. */
  function standsStill({ lag, positions }: FanOutState): boolean {
    const at = positions.map(({ seq }) => seq).join()
    if (lag === 0 || at !== progress.at) progress = { at, sinceMs: clock.now() }
    return clock.now() - progress.sinceMs > standStillMs
  }

  function build(edges: ViewerEdges, of: string): void {
    if (building.has(edges.userId) || building.size >= buildsMax) return
    const work = { homes, post: options.post, context, cap, log }
    const built = buildHome(work, edges, of)
      .then((ok) => metrics.built?.(ok))
      .catch((error: unknown) => {
        metrics.built?.(false)
        log.warn({ err: error }, 'a home was not built')
      })
      .finally(() => building.delete(edges.userId))
    building.set(edges.userId, built)
  }

  async function open(edges: ViewerEdges, generation: string): Promise<StoredHome | undefined> {
    const of = `${generation}|${sourcesDigest(edges)}`
    if (!(await homes.isBuilt(edges.userId, of))) {
      build(edges, of)
      return undefined
    }
    return { lines: (range) => homes.read(edges.userId, of, range).catch(() => undefined) }
  }

  return {
    start: () => fanOut.start(),
    async begin(): Promise<HomeMoment | undefined> {
      try {
        const state = await fanOut.state()
        if (state === undefined) return undefined
        metrics.behind?.(state.lag, building.size)
        if (state.lag > maxLagEntries || standsStill(state)) return undefined
        return {
          positions: state.positions,
          open: async (edges) => {
            const home = await open(edges, state.generation).catch(() => undefined)
            metrics.read?.(home === undefined ? 'database' : 'home')
            return home
          },
        }
      } catch (error) {
        log.debug({ err: error }, 'homes are read from the database')
        return undefined
      }
    },
    async close() {
      await fanOut.close()
      await Promise.all(building.values())
    },
  }
}
