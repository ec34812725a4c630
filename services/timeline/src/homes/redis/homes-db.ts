import { EntryId, type Skeleton, type UserId } from '@skein/contracts'
import type { RedisClient } from '@skein/event-log/redis'
import type { ClientContext, Result } from 'ioredis'
import type { LineRange } from '../../domain/read-lines.js'
import { decodeHomeEntry, encodeHomeEntry, type HomeEntry } from '../home-entry.js'
import type { StoredLines } from '../home-store.js'
import { bucketOf, homeKeys } from './home-keys.js'
import { beginScript, finishScript, pushScript, readScript } from './home-scripts.js'

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext> {
    skeinHomePush(keys: number, ...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeBegin(...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeFinish(...keysThenArgs: (string | number)[]): Result<number, Context>
    skeinHomeRead(...keysThenArgs: (string | number)[]): Result<unknown, Context>
  }
}

export interface HomesDbOptions {
  readonly redis: RedisClient
  readonly prefix: string
  readonly cap: number
  readonly ttlMs: number
  /** After which another one builds what somebody began to build. */
  readonly buildPatienceMs: number
}

/** Homes as Redis holds them. Rejects with what the driver rejects. */
export interface HomesDb {
  /** To those of the homes that are there. How many that were. */
  push(userIds: readonly UserId[], entries: readonly HomeEntry[]): Promise<number>
  /** `of`: what the home is built for. Whether the caller is to build it. */
  begin(userId: UserId, of: string, token: string, nowMs: number): Promise<boolean>
  /** `floor` undefined: these are all there ever were. Whether it is built now. */
  finish(userId: UserId, token: string, floor: EntryId | undefined, lines: readonly Skeleton[]): Promise<boolean>
  isBuilt(userId: UserId, of: string): Promise<boolean>
  read(userId: UserId, of: string, range: LineRange): Promise<StoredLines | undefined>
}

export function createHomesDb({ redis, prefix, cap, ttlMs, buildPatienceMs }: HomesDbOptions): HomesDb {
  redis.defineCommand('skeinHomePush', { lua: pushScript })
  redis.defineCommand('skeinHomeBegin', { numberOfKeys: 2, lua: beginScript })
  redis.defineCommand('skeinHomeFinish', { numberOfKeys: 2, lua: finishScript })
  redis.defineCommand('skeinHomeRead', { numberOfKeys: 2, lua: readScript })
  const keysOf = (userId: UserId): string[] => homeKeys(prefix, userId)
  async function readRaw(userId: UserId, of: string, range: LineRange, count: number): Promise<string[]> {
    const going = range.after === undefined ? 'older' : 'newer'
    const bound = range.after ?? range.before ?? ''
    const reply = await redis.skeinHomeRead(...keysOf(userId), of, going, bound, count, ttlMs)
    return Array.isArray(reply) ? reply.map(String) : []
  }
  return {
    async push(userIds, entries) {
      const byBucket = new Map<number, UserId[]>()
      for (const id of userIds) {
        const ids = byBucket.get(bucketOf(id))
        if (ids === undefined) byBucket.set(bucketOf(id), [id])
        else ids.push(id)
      }
      const members = entries.map(encodeHomeEntry)
      const counts = await Promise.all(
        [...byBucket.values()].map((ids) =>
          redis.skeinHomePush(2 * ids.length, ...ids.flatMap(keysOf), cap, ...members),
        ),
      )
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async begin(userId, of, token, nowMs) {
      return (await redis.skeinHomeBegin(...keysOf(userId), of, token, nowMs, buildPatienceMs, ttlMs)) === 1
    },
    async finish(userId, token, floor, lines) {
      const members = lines.map(encodeHomeEntry)
      return (await redis.skeinHomeFinish(...keysOf(userId), token, floor ?? '', cap, ...members)) === 1
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
