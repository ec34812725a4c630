import type { LogEvent } from '@skein/contracts'
import { outboxGraceMs, type OutboxSource, type Owed } from '@skein/event-log'
import type { Clock } from '@skein/platform'
import { z } from 'zod'
import { sessionEvent } from '../../domain/sessions.js'
import { userEvent } from '../../domain/users.js'
import type { PairDoc, UserDoc } from './documents.js'
import type { Models, Rows } from './models.js'
import { edgeEventOf } from './pairs.js'
import { op, readPair, readSession, readUser, sessionOf, userOf } from './reads.js'

/** A document that owes. `counted`: its writer knows that the follower counts have followed it. */
export type OwedKey =
  | { readonly of: 'user'; readonly id: string }
  | { readonly of: 'session'; readonly id: string }
  | { readonly of: 'pair'; readonly id: string; readonly counted?: boolean }

export interface OwedEffects {
  /** Ends the sessions that the notes of a person end, each owing its own event, and takes those notes away. */
  endSessions(user: UserDoc): Promise<unknown>
  /** Makes the counts of both people what their follows are. */
  recount(pair: PairDoc): Promise<void>
}

const DueRows = z.array(z.object({ _id: z.string(), outboxDueMs: z.int() }))

export interface OwedSource extends OutboxSource<OwedKey> {
  /** Resolves when the notes of a pair that are being taken away are gone. */
  settled(pairId: string): Promise<void>
}

/** What the three kinds of documents owe: what must be done beside the event is done before it is appended. */
export function createOwedSource(models: Models, effects: OwedEffects): OwedSource {
  const { users, sessions, pairs } = models
  const leaving = new Map<string, Promise<void>>()
  async function ofUser(id: string): Promise<Owed | null> {
    const user = await readUser(users, { _id: id })
    if (user?.outbox === undefined) return null
    await effects.endSessions(user)
    const told = user.outbox.flatMap((note) => (note.ending === undefined ? [note.id] : []))
    if (told.length === 0) return null
    return { events: [userEvent(userOf(user), user.revAtMs)], settle: () => settle(users, id, told) }
  }
  async function ofSession(id: string): Promise<Owed | null> {
    const session = await readSession(sessions, id)
    if (session?.outbox === undefined) return null
    const { end, ...record } = sessionOf(session)
    const events: LogEvent[] = end === null ? [] : [sessionEvent({ ...record, end })]
    return { events, settle: () => settle(sessions, id, noteIds(session)) }
  }
  async function ofPair(id: string, isCounted: boolean): Promise<Owed | null> {
    const pair = await readPair(pairs, id)
    if (pair?.outbox === undefined) return null
    if (!isCounted && pair.outbox.some(({ kind, counted }) => kind === 'follow' && counted !== true))
      await effects.recount(pair)
    const events = pair.outbox.flatMap((note) => edgeEventOf(pair, note) ?? [])
    const settlePair = (): Promise<void> => {
      const done = settle(pairs, id, noteIds(pair)).finally(() => leaving.delete(id))
      leaving.set(id, done)
      return done
    }
    return { events, settle: settlePair }
  }

  const kinds = [
    { of: 'user', rows: users },
    { of: 'session', rows: sessions },
    { of: 'pair', rows: pairs },
  ] as const
  async function dueOf(nowMs: number, limit: number): Promise<{ key: OwedKey; dueMs: number }[]> {
    const found = kinds.map(async ({ of, rows }) =>
      (await findDue(rows, nowMs, limit)).map(({ _id: id, outboxDueMs: dueMs }) => ({ key: { of, id }, dueMs })),
    )
    return (await Promise.all(found)).flat().sort((a, b) => a.dueMs - b.dueMs)
  }
  return {
    settled: async (pairId) => await leaving.get(pairId)?.catch(() => undefined),
    due: async (nowMs, limit) => (await dueOf(nowMs, limit)).slice(0, limit).map(({ key }) => key),
    oldestDueMs: async () => (await dueOf(Number.MAX_SAFE_INTEGER, 1))[0]?.dueMs ?? null,
    read: (key) => {
      switch (key.of) {
        case 'user':
          return ofUser(key.id)
        case 'session':
          return ofSession(key.id)
        case 'pair':
          return ofPair(key.id, key.counted === true)
      }
    },
  }
}

/** What is set beside a change that owes these. */
export function owing<Note>(clock: Clock, notes: readonly Note[]): { outbox: Note[]; outboxDueMs: number } {
  return { outbox: [...notes], outboxDueMs: clock.now() + outboxGraceMs }
}

/** Takes these notes away, and what says when they are due with the last of them. Newer ones stay, and stay due. */
export async function settle(rows: Rows, id: string, notes: readonly string[]): Promise<void> {
  const { filter, update } = settling(id, notes)
  const { matchedCount } = await rows.updateOne(filter, update)
  if (matchedCount === 0) await rows.updateOne({ _id: id }, { $pull: { outbox: { id: { $in: notes } } } })
}

/** Of many documents at once. One that got a newer note meanwhile keeps all of its notes, for the sweeper. */
export async function settleMany(rows: Rows, docs: readonly Noted[]): Promise<void> {
  const writes = docs.map((doc) => ({ updateOne: settling(doc._id, noteIds(doc)) }))
  if (writes.length > 0) await rows.bulkWrite(writes, { ordered: false })
}

function settling(_id: string, notes: readonly string[]) {
  const nothingElse = op({ $not: { $elemMatch: { id: { $nin: notes } } } })
  return { filter: { _id, outbox: nothingElse }, update: { $unset: { outbox: 1, outboxDueMs: 1 } } }
}

interface Noted {
  readonly _id: string
  readonly outbox?: readonly { readonly id: string }[] | undefined
}

async function findDue(rows: Rows, nowMs: number, limit: number): Promise<z.infer<typeof DueRows>> {
  const due = rows.find({ outboxDueMs: op({ $lte: nowMs }) }).select({ outboxDueMs: 1 })
  return DueRows.parse(await due.sort({ outboxDueMs: 1 }).limit(limit).lean())
}

function noteIds({ outbox = [] }: Pick<Noted, 'outbox'>): string[] {
  return outbox.map(({ id }) => id)
}
