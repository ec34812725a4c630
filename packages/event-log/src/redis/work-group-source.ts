import type { Position } from '@skein/contracts'
import type { ClientContext, Result } from 'ioredis'
import type { LaneKeys } from './keys.js'
import type { RedisClient } from './lane-scripts.js'
import { buryScript, claimScript, renewScript, stateScript, takeScript } from './work-group-scripts.js'

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext> {
    skeinGroupTake(...keysThenArgs: (string | number)[]): Result<unknown, Context>
    skeinGroupClaim(...keysThenArgs: (string | number)[]): Result<unknown, Context>
    skeinGroupState(...keysThenArgs: (string | number)[]): Result<unknown, Context>
    skeinGroupRenew(...keysThenArgs: (string | number)[]): Result<unknown, Context>
    skeinGroupBury(...keysThenArgs: (string | number)[]): Result<unknown, Context>
  }
}

/** A stream that a group works on: a lane of the log, or a stream whose handled entries are removed. */
export type WorkStream = { readonly lane: LaneKeys } | { readonly stream: string }

export interface WorkEntry {
  /** Of the stream: `<seq>-0` in a lane. */
  readonly id: string
  readonly fields: Readonly<Record<string, string>>
  /** How often it was given to a consumer, this time included. */
  readonly deliveries: number
}

export interface Taken {
  readonly epoch: string
  readonly era: string
  /** The group was made in this call: what lay before is not known to it. */
  readonly isNew: boolean
  /** Entries of a lane that were trimmed before they were read. */
  readonly passed: { readonly from: number; readonly to: number } | undefined
  readonly lastDelivered: string
  readonly entries: readonly WorkEntry[]
}

export interface Claimed {
  /** Where the next look goes on; undefined at the end. */
  readonly after: string | undefined
  /** How many were trimmed after they were read and before they were handled. */
  readonly gone: number
  readonly entries: readonly WorkEntry[]
}

/** How far a group is in one stream. */
export interface GroupState {
  /** Another one whenever the group was made anew or entries went unhandled. */
  readonly era: string
  /** Everything up to it is handled. */
  readonly low: Position
  readonly head: Position
  /** Given to consumers and not acknowledged. */
  readonly pending: number
}

export interface GroupSource {
  readonly stream: string
  /** undefined while the lane has no valid epoch. */
  take(count: number): Promise<Taken | undefined>
  claim(idleMs: number, after: string, skip: readonly string[]): Promise<Claimed>
  /** undefined while the group does not exist in the present epoch. */
  state(): Promise<GroupState | undefined>
  renewEra(): Promise<void>
  acknowledge(ids: readonly string[]): Promise<void>
  /** Keeps others from taking it over for another while. */
  keep(id: string): Promise<void>
  bury(entry: WorkEntry, why: string): Promise<void>
}

export interface GroupSourceOptions {
  readonly redis: RedisClient
  readonly group: string
  readonly consumer: string
  readonly createEra: () => string
  readonly deadMaxEntries: number
}

const claimCount = 100

/** Where a group's dead letters lie. */
export const deadLettersOf = (stream: string, group: string): string => `${stream}:dead:${group}`

export function createGroupSource(source: WorkStream, options: GroupSourceOptions): GroupSource {
  const { redis, group, consumer, createEra } = options
  const stream = 'lane' in source ? source.lane.stream : source.stream
  const state = `${stream}:group:${group}`
  const keys = [stream, state, 'lane' in source ? source.lane.meta : state]
  const dead = deadLettersOf(stream, group)
  const isLane = 'lane' in source
  redis.defineCommand('skeinGroupTake', { numberOfKeys: 3, lua: takeScript })
  redis.defineCommand('skeinGroupClaim', { numberOfKeys: 3, lua: claimScript })
  redis.defineCommand('skeinGroupState', { numberOfKeys: 3, lua: stateScript })
  redis.defineCommand('skeinGroupRenew', { numberOfKeys: 3, lua: renewScript })
  redis.defineCommand('skeinGroupBury', { numberOfKeys: 2, lua: buryScript })
  return {
    stream,
    async take(count) {
      const reply = listOf(await redis.skeinGroupTake(...keys, group, consumer, createEra(), count))
      if (reply.length === 0) return undefined
      const [epoch, era, made, from, to, last, entries] = reply
      const passed = Number(to) < Number(from) ? undefined : { from: Number(from), to: Number(to) }
      const read = listOf(entries).map((entry) => entryOf(entry, 1))
      return {
        epoch: String(epoch),
        era: String(era),
        isNew: made === 1,
        passed,
        lastDelivered: String(last),
        entries: read,
      }
    },
    async claim(idleMs, after, skip) {
      const args = [group, consumer, createEra(), idleMs, claimCount, after, ...skip]
      const [last, gone, taken] = listOf(await redis.skeinGroupClaim(...keys, ...args))
      const entries = taken === undefined ? [] : listOf(taken).map((entry) => entryOf(entry, Number(listOf(entry)[2])))
      return { after: typeof last === 'string' && last !== '' ? last : undefined, gone: Number(gone ?? 0), entries }
    },
    async state() {
      const reply = listOf(await redis.skeinGroupState(...keys, group, consumer, ''))
      if (reply.length === 0) return undefined
      const [epoch, era, low, head, pending] = reply
      const at = (seq: unknown): Position => ({ epoch: String(epoch), seq: Number(seq) })
      return { era: String(era), low: at(low), head: at(head), pending: Number(pending) }
    },
    async renewEra() {
      await redis.skeinGroupRenew(...keys, group, consumer, createEra())
    },
    async acknowledge(ids) {
      if (ids.length === 0) return
      await redis.xack(stream, group, ...ids)
      if (!isLane) await redis.xdel(stream, ...ids)
    },
    async keep(id) {
      await redis.call('XCLAIM', stream, group, consumer, 0, id, 'JUSTID')
    },
    async bury({ id, fields }, why) {
      const args = [group, isLane ? 0 : 1, options.deadMaxEntries, id, why, ...Object.entries(fields).flat()]
      await redis.skeinGroupBury(stream, dead, ...args)
    },
  }
}

function entryOf(entry: unknown, deliveries: number): WorkEntry {
  const [id, list] = listOf(entry)
  const values = listOf(list).map(String)
  const fields: Record<string, string> = {}
  for (let i = 0; i + 1 < values.length; i += 2) fields[values[i] ?? ''] = values[i + 1] ?? ''
  return { id: String(id), fields, deliveries }
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`a script of a work group answered ${typeof value}, not a list`)
  return value
}
