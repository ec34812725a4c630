import { AppError, EntryId, Handle, UserId } from '@skein/contracts'
import { outboxGraceMs } from '@skein/event-log'
import { duplicateKeyOf } from '@skein/platform/mongo'
import { z } from 'zod'
import { editProfile, userEvent, type ProfileEdit, type UserRecord } from '../../domain/users.js'
import type { AccountStore, NewSession, NewUser } from '../account-store.js'
import { newUserRecord } from '../new-user.js'
import type { UserDoc } from './documents.js'
import type { Row } from './models.js'
import { owing } from './owed.js'
import { among, readUser, userOf } from './reads.js'
import { insertSession, type SessionDeps } from './sessions.js'

type Users = Pick<
  AccountStore,
  | 'createUser'
  | 'userById'
  | 'userByHandle'
  | 'cardsById'
  | 'cardsByHandle'
  | 'freeHandles'
  | 'credentialsByHandle'
  | 'credentialsById'
  | 'updateProfile'
  | 'setRole'
  | 'countPeople'
  | 'moveReadMarker'
>

const attemptsMax = 50
const CardRows = z.array(z.object({ _id: UserId, handle: Handle, name: z.string() }))
const MarkerRow = z.object({ readUpTo: EntryId }).nullable()

export function createUsers(deps: SessionDeps): Users {
  const { users } = deps.models
  const find = async (filter: Row): Promise<UserRecord | null> => {
    const user = await readUser(users, filter)
    return user === null ? null : userOf(user)
  }
  const credentials = async (filter: Row) => {
    const user = await readUser(users, filter)
    return user === null ? null : { user: userOf(user), passwordHash: user.passwordHash }
  }
  const cards = async (filter: Row) => {
    const rows = await users.find(filter).select({ handle: 1, name: 1 }).lean()
    return CardRows.parse(rows).map(({ _id: id, handle, name }) => ({ id, handle, name }))
  }
  return {
    createUser: (user, session) => createUser(deps, user, session),
    userById: (id) => find({ _id: id }),
    userByHandle: (handle) => find({ handle }),
    cardsById: (ids) => cards({ _id: among(ids) }),
    cardsByHandle: (handles) => cards({ handle: among(handles) }),
    freeHandles: async (handles) => {
      const taken = new Set((await cards({ handle: among(handles) })).map(({ handle }) => handle))
      return handles.filter((handle) => !taken.has(handle))
    },
    credentialsByHandle: (handle) => credentials({ handle }),
    credentialsById: (id) => credentials({ _id: id }),
    updateProfile: (id, edit, nowMs) => updateProfile(deps, id, edit, nowMs),
    setRole: async (id, role) => {
      await users.updateOne({ _id: id }, { $set: { role } })
      return await find({ _id: id })
    },
    countPeople: () => users.estimatedDocumentCount(),
    moveReadMarker: async (id, upTo) => {
      const marker = { $max: { readUpTo: upTo } }
      const row = await users.findOneAndUpdate({ _id: id }, marker, { returnDocument: 'after' }).lean()
      return MarkerRow.parse(row)?.readUpTo ?? null
    },
  }
}

/** A new person as they are stored, owing nothing yet. */
export function newUserDoc(user: NewUser): UserDoc {
  const { id: _id, ...record } = newUserRecord(user)
  const { passwordHash, createdAtMs: revAtMs } = user
  return { _id, ...record, passwordHash, revAtMs, counts: 0, recounts: 0, generation: 0 }
}

export function newUserNote(user: NewUser): { id: string } {
  return { id: userEvent(newUserRecord(user), user.createdAtMs).id }
}

/** The person decides: a first session that was not written is one that never began. */
async function createUser(
  { models, outbox, clock }: SessionDeps,
  user: NewUser,
  session: NewSession | null,
): Promise<'created' | 'handle_taken'> {
  try {
    const owed = owing(clock, [newUserNote(user)])
    await models.users.insertMany([{ ...newUserDoc(user), ...owed }], { lean: true })
  } catch (thrown) {
    if (duplicateKeyOf(thrown) === null) throw thrown
    const same = await readUser(models.users, { _id: user.id, handle: user.handle })
    if (same === null) return 'handle_taken'
  }
  if (session !== null) await insertSession(models.sessions, session, 0)
  await outbox.relay({ of: 'user', id: user.id })
  return 'created'
}

async function updateProfile(
  { models, outbox, clock }: SessionDeps,
  id: UserId,
  edit: ProfileEdit,
  revAtMs: number,
): Promise<UserRecord | null> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const user = await readUser(models.users, { _id: id })
    if (user === null) return null
    if (user.outbox !== undefined) await outbox.relay({ of: 'user', id })
    const edited = editProfile(userOf(user), edit)
    if (edited === null) return userOf(user)
    const { name, bio, rev } = edited
    const note = { id: userEvent(edited, revAtMs).id }
    const { matchedCount } = await models.users.updateOne(
      { _id: id, rev: user.rev },
      {
        $set: { name, bio, rev, revAtMs },
        $push: { outbox: note },
        $min: { outboxDueMs: clock.now() + outboxGraceMs },
      },
    )
    if (matchedCount === 0) continue
    await outbox.relay({ of: 'user', id })
    return edited
  }
  throw new AppError('overloaded', { message: 'Too many edit this profile at once.' })
}
