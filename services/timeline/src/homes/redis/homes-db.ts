import { EntryId, UserId, type Skeleton } from '@skein/contracts'
import type { RedisClient } from '@skein/event-log/redis'
import type { ClientContext, Result } from 'ioredis'
import type { LineRange } from '../../domain/read-lines.js'
import { decodeHomeEntry, encodeHomeEntry, type HomeEntry } from '../home-entry.js'
import type { StoredLines } from '../home-store.js'
import { bucketOf, homeKeys, readersKey } from './home-keys.js'
import { beginScript, delistScript, enlistScript, finishScript, pushScript, readScript } from './home-scripts.js'

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext> {
    skeinHomePush(keys: number, ...keysThenArgs: (string | number)[]): Result<number[], Context>
    skeinHomeEnlist(keys: number, ...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeDelist(...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeBegin(...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeFinish(...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeRead(...keysThenArgs: (string | number)[]): Result<unknown, Context>
  }
}

export interface HomesDbOptions {
  readonly redis: RedisClient
  readonly prefix: string
  readonly cap: number
  /** How long a home lives. */
  readonly ttlMs: number
  /** After which another one builds what somebody began to build. */
  readonly buildPatienceMs: number
}

/** Homes as Redis holds them. Rejects with what the driver rejects. */
export interface HomesDb {
  /**
   * Into the homes that follow who it is of: up to `limit`, from a build on. How many took it, and where the rest begins,
   * undefined at the end. A home that begins to be built later finds in the database what was stored before this call.
   */
  push(entry: HomeEntry, from: number, limit: number): Promise<{ pushed: number; next: number | undefined }>
  /** `of`: what the home is built for. The build that the caller is to do, if any. */
  begin(userId: UserId, of: string): Promise<number | undefined>
  /** From now on pushes of these people go into the home. To be called before the database is read for it. */
  enlist(userId: UserId, build: number, actorIds: readonly UserId[]): Promise<void>
  /** `floor` undefined: these are all there ever were. Whether it is built now. */
  finish(userId: UserId, build: number, floor: EntryId | undefined, lines: readonly Skeleton[]): Promise<boolean>
  isBuilt(userId: UserId, of: string): Promise<boolean>
  read(userId: UserId, of: string, range: LineRange): Promise<StoredLines | undefined>
}

const callMax = 100
const enlistedSpareMs = 3_600_000

interface Reader {
  readonly userId: UserId
  /** The home into which it was enlisted. */
  readonly build: number
}

export function createHomesDb({ redis, prefix, cap, ttlMs, buildPatienceMs }: HomesDbOptions): HomesDb {
  redis.defineCommand('skeinHomePush', { lua: pushScript })
  redis.defineCommand('skeinHomeEnlist', { lua: enlistScript })
  redis.defineCommand('skeinHomeDelist', { numberOfKeys: 1, lua: delistScript })
  redis.defineCommand('skeinHomeBegin', { numberOfKeys: 2, lua: beginScript })
  redis.defineCommand('skeinHomeFinish', { numberOfKeys: 2, lua: finishScript })
  redis.defineCommand('skeinHomeRead', { numberOfKeys: 2, lua: readScript })
  const keysOf = (userId: UserId): string[] => homeKeys(prefix, userId)
  async function readRaw(userId: UserId, of: string, range: LineRange, count: number): Promise<string[]> {
    const going = range.after === undefined ? 'older' : 'newer'
    const bound = range.after ?? range.before ?? ''
    const reply = await redis.skeinHomeRead(...keysOf(userId), of, going, bound, count)
    return Array.isArray(reply) ? reply.map(String) : []
  }
  /** What one script call may touch: a bucket in a cluster, anything in a single server. */
  function inCalls<T>(items: readonly T[], idOf: (item: T) => UserId): T[][] {
    const calls: T[][] = []
    const open = new Map<number, T[]>()
    for (const item of items) {
      const group = redis.isCluster ? bucketOf(idOf(item)) : 0
      let call = open.get(group)
      if (call === undefined || call.length === callMax) {
        call = []
        open.set(group, call)
        calls.push(call)
      }
      call.push(item)
    }
    return calls
  }
  async function pushCall(readers: readonly Reader[], member: string): Promise<Reader[]> {
    const keys = readers.flatMap(({ userId }) => keysOf(userId))
    const gone = await redis.skeinHomePush(keys.length, ...keys, cap, ...readers.map(({ build }) => build), member)
    return gone.flatMap((place) => readers[place - 1] ?? [])
  }
  return {
    async push(entry, from, limit) {
      const key = readersKey(prefix, entry.actorId)
      const found = toReaders(await redis.zrangebyscore(key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1))
      const readers = found.slice(0, limit)
      const member = encodeHomeEntry(entry)
      const calls = inCalls(readers, ({ userId }) => userId)
      const gone = (await Promise.all(calls.map((call) => pushCall(call, member)))).flat()
      if (gone.length > 0) await redis.skeinHomeDelist(key, ...gone.flatMap(({ userId, build }) => [userId, build]))
      return { pushed: readers.length - gone.length, next: found[limit]?.build }
    },
    async begin(userId, of) {
      const build = await redis.skeinHomeBegin(...keysOf(userId), of, buildPatienceMs * 1_000, ttlMs)
      return build === 0 ? undefined : build
    },
    async enlist(userId, build, actorIds) {
      // Longer than the home lives, which was begun before.
      const livesMs = ttlMs + enlistedSpareMs
      const calls = inCalls(actorIds, (id) => id).map((ids) => ids.map((id) => readersKey(prefix, id)))
      await Promise.all(calls.map((keys) => redis.skeinHomeEnlist(keys.length, ...keys, userId, build, livesMs)))
    },
    async finish(userId, build, floor, lines) {
      const members = lines.map(encodeHomeEntry)
      return (await redis.skeinHomeFinish(...keysOf(userId), build, floor ?? '', cap, ...members)) === 1
    },
    async isBuilt(userId, of) {
      return (await readRaw(userId, of, { limit: 1 }, 0)).length > 0
    },
    async read(userId, of, range) {
      // The last id of a read that is cut may have more members: it is left to the next one, which two more make sure of.
      const count = range.limit + 2
      const [floor, ...members] = await readRaw(userId, of, range, count)
      if (floor === undefined) return undefined
      const isCut = members.length === count
      const entries = members.flatMap((member) => decodeHomeEntry(member) ?? [])
      return toLines(entries, range, isCut, floor)
    },
  }
}

function toLines(entries: HomeEntry[], { limit, after }: LineRange, isCut: boolean, floor: string): StoredLines {
  const undone = new Set(entries.flatMap(({ id, undone: is }) => (is === true ? [id] : [])))
  const last = entries.at(-1)?.id
  const whole = isCut ? entries.filter(({ id }) => id !== last) : entries
  const kept = whole.filter(({ id }) => !undone.has(id)).slice(0, limit)
  const items = after === undefined ? kept : kept.toReversed()
  const end = isCut ? undefined : { floor: EntryId.safeParse(floor).data }
  return { items, reached: whole.at(-1)?.id, end }
}

function toReaders(reply: readonly string[]): Reader[] {
  const readers: Reader[] = []
  for (let at = 0; at + 1 < reply.length; at += 2) {
    const userId = UserId.safeParse(reply[at]).data
    if (userId !== undefined) readers.push({ userId, build: Number(reply[at + 1]) })
  }
  return readers
}
