import { EntryId, LogEvent, type Position } from '@skein/contracts'
import {
  createWorkGroup,
  laneKeys,
  type RedisClient,
  type WorkEntry,
  type WorkGroup,
  type WorkGroupOptions,
} from '@skein/event-log/redis'
import type { HomeEntry } from '../home-entry.js'
import { decodeHomeEntry, encodeHomeEntry } from '../home-entry.js'
import type { HomeMetrics } from '../home-store.js'
import type { HomesDb } from './homes-db.js'

export interface FanOutOptions extends Pick<
  WorkGroupOptions,
  'openBlocking' | 'consumer' | 'createEra' | 'clock' | 'log' | 'minIdleMs'
> {
  readonly redis: RedisClient
  readonly prefix: string
  readonly lanes: number
  readonly homes: HomesDb
  /** How many homes a chunk pushes to. */
  readonly chunkHomes: number
  readonly metrics: HomeMetrics
}

export interface FanOutState {
  /** Whatever was left out changed it. */
  readonly generation: string
  /** Up to where every stored home is complete. */
  readonly positions: readonly Position[]
  /** How many entries of a lane, at most, are not in every home yet. */
  readonly lag: number
}

/**
 * Two groups: one turns what the log tells into chunks of work, one does a chunk and leaves the rest of a long list of
 * readers as the next, at the end of the queue. A position is open from before its first chunk is there until after its
 * last one is done.
 */
export interface FanOut {
  start(): void
  /** undefined while there is no group in the present epoch. Rejects while Redis is away. */
  state(): Promise<FanOutState | undefined>
  close(): Promise<void>
}

const openTtlMs = 86_400_000

interface Chunk {
  readonly lane: number
  readonly position: Position
  readonly entry: HomeEntry
  /** The build at which it begins; 0 for the first. */
  readonly from: number
}

export function createFanOut(options: FanOutOptions): FanOut {
  const { redis, prefix, lanes, homes, chunkHomes, metrics } = options
  const stream = `${prefix}:{fanout}:work`
  const openKey = (lane: number, epoch: string): string => `${prefix}:{fanout}:open:${lane}:${epoch}`
  const shared = { ...options, isPassing }
  const log: WorkGroup = createWorkGroup({
    ...shared,
    group: 'homes',
    streams: Array.from({ length: lanes }, (_, lane) => ({ lane: laneKeys(prefix, lane) })),
    batch: 64,
    handle: enqueue,
    onDead: async (_entry, lane) => {
      metrics.dead?.()
      await log.renewEra(lane)
    },
  })
  const work: WorkGroup = createWorkGroup({
    ...shared,
    group: 'chunks',
    streams: [{ stream }],
    handle: doChunk,
    onDead: async (entry) => {
      metrics.dead?.()
      const { lane, epoch = '', seq = '' } = entry.fields
      await log.renewEra(Number(lane))
      await redis.zrem(openKey(Number(lane), epoch), seq)
    },
  })

  async function enqueue(
    entry: WorkEntry,
    { lane, epoch }: { lane: number; epoch: string },
  ): Promise<'done' | 'unknown'> {
    const event = LogEvent.safeParse(JSON.parse(entry.fields['event'] ?? '')).data
    if (event === undefined) return 'unknown'
    const line = entryOf(event)
    if (line === undefined) return 'done'
    const seq = Number.parseInt(entry.id, 10)
    const key = openKey(lane, epoch)
    const chunk = encodeChunk({ lane, position: { epoch, seq }, entry: line, from: 0 })
    const calls = redis
      .multi()
      .zadd(key, seq, String(seq))
      .pexpire(key, openTtlMs)
      .xadd(stream, '*', ...chunk)
    await allOf(calls.exec())
    return 'done'
  }

  async function doChunk(work: WorkEntry): Promise<'done'> {
    const chunk = decodeChunk(work)
    const { pushed, next } = await homes.push(chunk.entry, chunk.from, chunkHomes)
    metrics.pushed?.(pushed)
    if (next === undefined) await close(chunk)
    else await redis.xadd(stream, '*', ...encodeChunk({ ...chunk, from: next }))
    return 'done'
  }

  async function close({ lane, position }: Chunk): Promise<void> {
    await redis.zrem(openKey(lane, position.epoch), String(position.seq))
  }

  return {
    start() {
      log.start()
      work.start()
    },
    async state() {
      // In this order: what the log's group is done with is open before, so that nothing is in neither.
      const states = await log.states()
      const known = states.flatMap((state) => state ?? [])
      if (known.length < lanes) return undefined
      const oldest = await Promise.all(known.map(({ low }, lane) => redis.zrange(openKey(lane, low.epoch), '0', '0')))
      const positions = known.map(({ low }, lane) => {
        const open = oldest[lane]?.[0]
        return { epoch: low.epoch, seq: open === undefined ? low.seq : Math.min(low.seq, Number(open) - 1) }
      })
      const lag = Math.max(...known.map(({ head }, lane) => head.seq - (positions[lane]?.seq ?? 0)))
      return { generation: known.map(({ low, era }) => `${low.epoch}.${era}`).join(), positions, lag }
    },
    async close() {
      await Promise.all([log.close(), work.close()])
    },
  }
}

/** What an event puts into homes. Tombstones need nothing: their posts are dropped when they are read. */
function entryOf(event: LogEvent): HomeEntry | undefined {
  if (event.kind === 'post') {
    const { id, authorId, deletedAtMs } = event.post
    return deletedAtMs === undefined
      ? { id: EntryId.parse(id), postId: id, actorId: authorId, repost: false }
      : undefined
  }
  if (event.kind !== 'repost') return undefined
  const { edgeId: id, postId, actorId, on } = event
  return { id, postId, actorId, repost: true, ...(on ? {} : { undone: true }) }
}

function encodeChunk({ lane, position: { epoch, seq }, entry, from }: Chunk): string[] {
  const fields = { lane, epoch, seq, entry: encodeHomeEntry(entry), from }
  return Object.entries(fields).flatMap(([name, value]) => [name, String(value)])
}

function decodeChunk({ fields }: WorkEntry): Chunk {
  const { lane, epoch = '', seq, entry: member = '', from = 0 } = fields
  const entry = decodeHomeEntry(member)
  if (entry === undefined)
    throw new TypeError(`a chunk of work holds ${JSON.stringify(member)}, which is no entry of a home`)
  return { lane: Number(lane), position: { epoch, seq: Number(seq) }, entry, from: Number(from) }
}

/** Redis is away. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof Error && /closed|timed out|writeable|max retries|ECONN|EPIPE|LOADING|MISCONF/i.test(error.message)
  )
}

async function allOf(replies: Promise<[Error | null, unknown][] | null>): Promise<void> {
  for (const [error] of (await replies) ?? []) if (error !== null) throw error
}
