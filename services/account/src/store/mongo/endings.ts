import { AppError, SessionId, type UserId } from '@skein/contracts'
import { outboxGraceMs } from '@skein/event-log'
import { z } from 'zod'
import type { AccountStore, Ending } from '../account-store.js'
import type { UserDoc } from './documents.js'
import type { Row } from './models.js'
import { owing, settle } from './owed.js'
import { op, readUser } from './reads.js'
import type { SessionDeps } from './sessions.js'
import { createTurns } from './turns.js'

/*
 * That all sessions of a person end is decided in the person's document, in the write that changes the password or suspends:
 * a note with the new generation. What follows from it can be done again and by anyone: the sessions of older generations
 * are ended, each with the note of its own event, and then the person's note is taken away. A person owes one such note at
 * most: the next ending waits for it.
 */

const attemptsMax = 50
const Ids = z.array(z.object({ _id: SessionId }))

type Endings = Pick<AccountStore, 'endSessions' | 'changePassword' | 'setSuspended'>

export function createEndings(deps: SessionDeps): Endings {
  const { users } = deps.models
  const inTurn = createTurns()
  const decideInTurn = (userId: UserId, decision: Decision): Promise<number | 'stale' | null> =>
    inTurn(userId, () => decide(deps, userId, decision))
  return {
    endSessions: async (userId, keep, ending) => {
      const ended = await decideInTurn(userId, { keep, ending, change: () => ({}) })
      return ended === null || ended === 'stale' ? 0 : ended
    },
    changePassword: async ({ userId, expected, next, keep }, ending) => {
      const change = (user: UserDoc): Row | 'stale' | 'done' => {
        if (user.passwordHash === next) return 'done'
        return user.passwordHash === expected ? { passwordHash: next } : 'stale'
      }
      return (await decideInTurn(userId, { keep, ending, change })) ?? 'stale'
    },
    setSuspended: async (userId, on, ending) => {
      if (on) return (await decideInTurn(userId, { keep: null, ending, change: () => ({ suspended: true }) })) !== null
      const { matchedCount } = await users.updateOne({ _id: userId }, { $set: { suspended: false } })
      return matchedCount === 1
    },
  }
}

interface Decision {
  readonly keep: SessionId | null
  readonly ending: Ending
  /** What else is written with it; `done`: the same call did it before. */
  readonly change: (user: UserDoc) => Row | 'stale' | 'done'
}

/** How many sessions ended; null: no such person. What a call before left undone is done first. */
async function decide(
  deps: SessionDeps,
  userId: UserId,
  { keep, ending, change }: Decision,
): Promise<number | 'stale' | null> {
  const { models, clock } = deps
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const user = await readUser(models.users, { _id: userId })
    if (user === null) return null
    const ended = await markEnded(deps, user)
    const wish = change(user)
    if (wish === 'stale') return 'stale'
    if (wish === 'done') return await tell(deps, userId, ended)
    const { reason, nowMs: atMs, untilMs } = ending
    const generation = user.generation + 1
    const note = { id: `sessions:${userId}@${generation}`, ending: { reason, atMs, untilMs, generation, keep } }
    const { matchedCount } = await models.users.updateOne(
      { _id: userId, generation: user.generation, passwordHash: user.passwordHash },
      {
        $set: { ...wish, generation },
        $push: { outbox: note },
        $min: { outboxDueMs: clock.now() + outboxGraceMs },
      },
    )
    if (matchedCount === 0) continue
    return await tell(deps, userId, await markEnded(deps, { ...user, generation, outbox: [note] }))
  }
  throw new AppError('overloaded', { message: 'Too many end the sessions of this person at once.' })
}

/** Appends the events of the person's sessions that ended, also those of calls before; resolves with `ended`. */
async function tell({ models, outbox }: SessionDeps, userId: UserId, ended: number): Promise<number> {
  const owed = models.sessions.find({ userId, outboxDueMs: op({ $exists: true }) }).select({ _id: 1 })
  for (const { _id } of Ids.parse(await owed.lean())) await outbox.relay({ of: 'session', id: _id })
  return ended
}

/** Ends the sessions that a note of the person ends, each owing its event; then the note is gone. How many ended. */
export async function markEnded(
  { models, clock }: Pick<SessionDeps, 'models' | 'clock'>,
  user: UserDoc,
): Promise<number> {
  let ended = 0
  for (const { id, ending } of user.outbox ?? []) {
    if (ending === undefined) continue
    const { generation, keep, ...end } = ending
    const others = keep === null ? {} : { _id: op({ $ne: keep }) }
    const live = { userId: user._id, end: null, tokenExpiresAtMs: op({ $gt: end.atMs }) }
    const { modifiedCount } = await models.sessions.updateMany(
      { ...live, ...others, generation: op({ $lt: generation }) },
      { $set: { end, rev: 2, ...owing(clock, [{ id: 'ended' }]) } },
    )
    ended += modifiedCount
    await settle(models.users, user._id, [id])
  }
  return ended
}
