import { AppError, SessionEndReason, SessionId, type UserId } from '@skein/contracts'
import type { Outbox } from '@skein/event-log'
import type { Clock } from '@skein/platform'
import { duplicateKeyOf } from '@skein/platform/mongo'
import { z } from 'zod'
import { decideRefresh, endSession, sessionEvent, type Refresh, type SessionRecord } from '../../domain/sessions.js'
import type { AccountStore, Ending, NewSession, RefreshOutcome } from '../account-store.js'
import { SessionDoc, type UserDoc } from './documents.js'
import type { Models } from './models.js'
import { owing, type OwedKey } from './owed.js'
import { op, readSession, readUser, sessionOf, userOf } from './reads.js'

export interface SessionDeps {
  readonly models: Models
  readonly outbox: Outbox<OwedKey>
  readonly clock: Clock
}

type Sessions = Pick<
  AccountStore,
  'createSession' | 'sessionById' | 'sessionsOf' | 'refresh' | 'endSession' | 'endedSessions' | 'sweep'
>

const attemptsMax = 50
const EndedRows = z.array(z.object({ _id: SessionId, end: z.object({ untilMs: z.int(), reason: SessionEndReason }) }))

export function createSessions(deps: SessionDeps): Sessions {
  const { models, outbox } = deps
  const { users, sessions, keys } = models
  const live = (userId: UserId, nowMs: number) => ({ userId, end: null, tokenExpiresAtMs: op({ $gt: nowMs }) })
  return {
    createSession: (session, passwordHash) => createSession(models, session, passwordHash),
    sessionById: async (id) => {
      const session = await readSession(sessions, id)
      return session === null ? null : sessionOf(session)
    },
    sessionsOf: async (userId, nowMs) => {
      const rows = await sessions.find(live(userId, nowMs)).sort({ lastUsedAtMs: -1, _id: -1 }).lean()
      return rows.map((row) => sessionOf(SessionDoc.parse(row)))
    },
    refresh: async (id, refresh, untilMs) => {
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        const session = await readSession(sessions, id)
        const user = session === null ? null : await readUser(users, { _id: session.userId })
        if (session === null || user === null) return { kind: 'over' }
        if (session.outbox !== undefined) await outbox.relay({ of: 'session', id })
        const outcome = await tryRefresh(deps, { session: sessionOf(session), user }, { ...refresh, untilMs })
        if (outcome !== 'again') return outcome
      }
      throw new AppError('overloaded', { message: 'Too many refresh this session at once.' })
    },
    endSession: async (id, userId, ending) => {
      const session = await readSession(sessions, id)
      if (session?.userId !== userId) return false
      if (session.end === null) await endOne(deps, sessionOf(session), ending)
      await outbox.relay({ of: 'session', id })
      return true
    },
    endedSessions: async (nowMs) => {
      const rows = await sessions
        .find({ 'end.untilMs': op({ $gt: nowMs }) })
        .select({ end: 1 })
        .lean()
      return EndedRows.parse(rows).map(({ _id, end }) => ({ sessionId: _id, untilMs: end.untilMs, reason: end.reason }))
    },
    sweep: async (nowMs) => {
      const over = op({ $lte: nowMs })
      await sessions.deleteMany({ 'end.untilMs': over, outboxDueMs: null })
      await sessions.deleteMany({ tokenExpiresAtMs: over, end: null })
      await keys.deleteMany({ expiresAtMs: over })
    },
  }
}

/**
 * A session that begins while all of its person end is one of those that ended or of those after: it is written under the
 * generation that was read, and that is read again.
 */
async function createSession(
  { users, sessions }: Models,
  session: NewSession,
  passwordHash: string | null,
): Promise<'created' | 'refused'> {
  let written: number | null = null
  for (;;) {
    const user = await readUser(users, { _id: session.userId })
    if (user === null || user.suspended || (passwordHash !== null && user.passwordHash !== passwordHash)) {
      if (written !== null) await sessions.deleteOne({ _id: session.id, end: null })
      return 'refused'
    }
    if (written === user.generation) return 'created'
    if (written === null) await insertSession(sessions, session, user.generation)
    else await sessions.updateOne({ _id: session.id, end: null }, { $set: { generation: user.generation } })
    written = user.generation
  }
}

/** One of this id that is there stays: the same call, again. */
export async function insertSession(
  sessions: Models['sessions'],
  { id: _id, createdAtMs, ...session }: NewSession,
  generation: number,
): Promise<void> {
  const begun = { createdAtMs, lastUsedAtMs: createdAtMs, rev: 1, spent: [], generation, end: null }
  try {
    await sessions.insertMany([{ _id, ...session, ...begun }], { lean: true })
  } catch (thrown) {
    if (duplicateKeyOf(thrown) === null) throw thrown
  }
}

/** False when it had ended or was used meanwhile. */
async function endOne({ models, clock }: SessionDeps, session: SessionRecord, ending: Ending): Promise<boolean> {
  const { reason, nowMs, untilMs } = ending
  const { rev, end, ...ended } = endSession(session, { reason, atMs: nowMs, untilMs })
  const notes = [{ id: sessionEvent({ ...ended, rev, end }).id }]
  const held = { _id: session.id, end: null, tokenHash: session.tokenHash }
  const { matchedCount } = await models.sessions.updateOne(held, { $set: { rev, end, ...owing(clock, notes) } })
  return matchedCount === 1
}

async function tryRefresh(
  deps: SessionDeps,
  { session, user }: { session: SessionRecord; user: UserDoc },
  { untilMs, ...refresh }: Refresh & { untilMs: number },
): Promise<RefreshOutcome | 'again'> {
  const decision = decideRefresh(session, refresh)
  switch (decision.kind) {
    case 'over':
      return { kind: 'over' }
    case 'repeat':
      return { kind: 'repeated', session, user: userOf(user) }
    case 'reused': {
      const ending: Ending = { reason: 'token_reused', nowMs: refresh.nowMs, untilMs }
      if (!(await endOne(deps, session, ending))) return 'again'
      await deps.outbox.relay({ of: 'session', id: session.id })
      return { kind: 'reused', session: endSession(session, { reason: 'token_reused', atMs: refresh.nowMs, untilMs }) }
    }
    case 'rotate': {
      const { lastUsedAtMs, tokenHash, tokenExpiresAtMs, spent, id } = decision.session
      const held = { _id: id, end: null, tokenHash: session.tokenHash }
      const change = { $set: { lastUsedAtMs, tokenHash, tokenExpiresAtMs, spent } }
      const { matchedCount } = await deps.models.sessions.updateOne(held, change)
      return matchedCount === 1 ? { kind: 'rotated', session: decision.session, user: userOf(user) } : 'again'
    }
  }
}
