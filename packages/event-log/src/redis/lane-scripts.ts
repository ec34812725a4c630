import { AppError, LogEvent, Position } from '@skein/contracts'
import type { ClientContext, Cluster, Redis, Result } from 'ioredis'
import { appendScript, readScript } from './append-script.js'
import { laneKeys } from './keys.js'

declare module 'ioredis' {
  // The type of a command's answer differs between a client and a pipeline.
  interface RedisCommander<Context extends ClientContext> {
    skeinAppend(...keysThenArgs: (string | number)[]): Result<unknown, Context>
    skeinRead(...keysThenArgs: (string | number)[]): Result<unknown, Context>
  }
}

/** A connection of the caller's, to one server or to a Redis Cluster. */
export type RedisClient = Redis | Cluster

export interface LaneState {
  readonly head: Position
  readonly floor: Position
}

export interface StoredEntry {
  readonly seq: number
  /** undefined when this version does not know it. */
  readonly event: LogEvent | undefined
}

export interface LaneScriptsOptions {
  readonly redis: RedisClient
  readonly prefix: string
  readonly lanes: number
  readonly maxEntries: number
  /** An epoch that was never used before, for each call. */
  readonly createEpoch: () => string
}

/** The scripts of the log as calls. They reject with what the driver rejects, or AppError internal for another number of lanes. */
export interface LaneScripts {
  /** Opens an epoch when none is valid. Publishes what is new as one message; a heartbeat when nothing is given. */
  append(lane: number, pairs: readonly string[]): Promise<LaneState & { readonly positions: readonly Position[] }>
  /** undefined when no epoch is valid. */
  read(
    lane: number,
    after: Position | undefined,
    limit: number,
  ): Promise<(LaneState & { readonly entries: readonly StoredEntry[] }) | undefined>
}

export function createLaneScripts(options: LaneScriptsOptions): LaneScripts {
  const { redis, lanes, maxEntries, createEpoch } = options
  const keys = Array.from({ length: lanes }, (_, lane) => laneKeys(options.prefix, lane))
  const keysOf = (lane: number) => keys[lane] ?? noLane(lane, lanes)
  const publish = redis.isCluster ? 'SPUBLISH' : 'PUBLISH'
  redis.defineCommand('skeinAppend', { numberOfKeys: 4, lua: appendScript })
  redis.defineCommand('skeinRead', { numberOfKeys: 2, lua: readScript })
  return {
    async append(lane, pairs) {
      const { meta, stream, ids, channel } = keysOf(lane)
      const args = [createEpoch(), maxEntries, lanes, publish, ...pairs]
      const reply = listOf(await redis.skeinAppend(meta, stream, ids, channel, ...args).catch(renameError(lanes)))
      const [epoch, head, floor, ...seqs] = reply
      return { ...stateOf(epoch, head, floor), positions: seqs.map((seq) => Position.parse({ epoch, seq })) }
    },
    async read(lane, after, limit) {
      const { meta, stream } = keysOf(lane)
      const reply = listOf(await redis.skeinRead(meta, stream, after?.epoch ?? '', after?.seq ?? 0, limit))
      if (reply.length === 0) return undefined
      const [epoch, head, floor, held, entries] = reply
      if (Number(held) !== lanes) throw wrongLanes(String(held), lanes)
      return { ...stateOf(epoch, Number(head), Number(floor)), entries: listOf(entries).map(parseEntry) }
    },
  }
}

function stateOf(epoch: unknown, head: unknown, floor: unknown): LaneState {
  return { head: Position.parse({ epoch, seq: head }), floor: Position.parse({ epoch, seq: floor }) }
}

/** `[ '<seq>-0', ['id', …, 'event', …] ]` */
function parseEntry(entry: unknown): StoredEntry {
  const [id, fields] = listOf(entry)
  const values = listOf(fields).map(String)
  return { seq: Number.parseInt(String(id), 10), event: parseEvent(values[values.indexOf('event') + 1] ?? '') }
}

function parseEvent(json: string): LogEvent | undefined {
  try {
    return LogEvent.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`a script of the log answered ${typeof value}, not a list`)
  return value
}

function noLane(lane: number, lanes: number): never {
  throw new RangeError(`lane ${lane} of ${lanes}`)
}

function renameError(lanes: number): (error: unknown) => never {
  return (error) => {
    const held = error instanceof Error ? /SKEINLANES (\S+)/.exec(error.message)?.[1] : undefined
    throw held === undefined ? error : wrongLanes(held, lanes)
  }
}

function wrongLanes(held: string, lanes: number): AppError {
  const message = `The log in Redis has ${held} lanes, not ${lanes}: set the same number everywhere, or restart Redis to begin anew.`
  return new AppError('internal', { message })
}
