import type { EntryId, UserId } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import { inList, sqlList, type Sqlite, type Tx } from '@skein/platform'
import { editProfile, userEvent, type UserRecord } from '../domain/users.js'
import type { AccountStore, NewUser } from './account-store.js'
import { newUserRecord } from './new-user.js'
import { CardRows, CountRow, HandleRows, parseCredentials, parseUser, userColumns } from './sqlite-rows.js'
import { endAllInTx, sessionEndStatements } from './sqlite-session-ends.js'
import { insertSession } from './sqlite-sessions.js'

const selectUser = `SELECT ${userColumns} FROM account_users`
const sql = {
  byId: `${selectUser} WHERE id = ?`,
  byHandle: `${selectUser} WHERE handle = ?`,
  insert: `INSERT INTO account_users (id, handle, name, bio, role, password_hash, suspended, created_at_ms, rev)
    VALUES (?, ?, ?, ?, ?, ?, 0, ?, 1) ON CONFLICT (handle) DO NOTHING`,
  count: `UPDATE account_totals SET n = n + ? WHERE name = 'people'`,
  profile: 'UPDATE account_users SET name = ?, bio = ?, rev = ? WHERE id = ?',
  role: 'UPDATE account_users SET role = ? WHERE id = ?',
  password: 'UPDATE account_users SET password_hash = ? WHERE id = ? AND password_hash = ?',
  suspend: 'UPDATE account_users SET suspended = ? WHERE id = ?',
  markRead: `UPDATE account_users SET read_up_to = max(coalesce(read_up_to, ''), ?) WHERE id = ?`,
}
const reads = {
  cardsById: `SELECT id, handle, name FROM account_users WHERE id IN ${inList}`,
  cardsByHandle: `SELECT id, handle, name FROM account_users WHERE handle IN ${inList}`,
  taken: `SELECT handle FROM account_users WHERE handle IN ${inList}`,
  people: `SELECT n FROM account_totals WHERE name = 'people'`,
}

export const userStatements: readonly string[] = [...Object.values(sql), ...sessionEndStatements]

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
  | 'changePassword'
  | 'setSuspended'
  | 'countPeople'
  | 'moveReadMarker'
>

export function createUsers(db: Sqlite, append: AppendInTx): Users {
  return {
    createUser: (user, session) =>
      db.write((tx) => {
        if (!insertUser(tx, user)) return 'handle_taken'
        countInserted(tx, 1)
        append(tx, [userEvent(newUserRecord(user), user.createdAtMs)])
        if (session !== null) insertSession(tx, session)
        return 'created'
      }),
    userById: async (id) => parseUser(db.read(sql.byId).get(id)),
    userByHandle: async (handle) => parseUser(db.read(sql.byHandle).get(handle)),
    cardsById: async (ids) => CardRows.parse(db.read(reads.cardsById).all(sqlList(ids))),
    cardsByHandle: async (handles) => CardRows.parse(db.read(reads.cardsByHandle).all(sqlList(handles))),
    freeHandles: async (handles) => {
      const taken = new Set(HandleRows.parse(db.read(reads.taken).all(sqlList(handles))).map(({ handle }) => handle))
      return handles.filter((handle) => !taken.has(handle))
    },
    credentialsByHandle: async (handle) => parseCredentials(db.read(sql.byHandle).get(handle)),
    credentialsById: async (id) => parseCredentials(db.read(sql.byId).get(id)),
    countPeople: async () => CountRow.parse(db.read(reads.people).get()).n,
    ...createChanges(db, append),
  }
}

function createChanges(
  db: Sqlite,
  append: AppendInTx,
): Pick<Users, 'updateProfile' | 'setRole' | 'changePassword' | 'setSuspended' | 'moveReadMarker'> {
  return {
    updateProfile: (id, edit, nowMs) =>
      db.write((tx) => {
        const user = userInTx(tx, id)
        const edited = user === null ? null : editProfile(user, edit)
        if (edited === null) return user
        tx(sql.profile).run(edited.name, edited.bio, edited.rev, id)
        append(tx, [userEvent(edited, nowMs)])
        return edited
      }),
    setRole: (id, role) =>
      db.write((tx) => {
        tx(sql.role).run(role, id)
        return userInTx(tx, id)
      }),
    changePassword: ({ userId, expected, next, keep }, ending) =>
      db.write((tx) => {
        if (tx(sql.password).run(next, userId, expected).changes === 0) return 'stale'
        return endAllInTx(tx, append, { userId, keep }, ending)
      }),
    setSuspended: (userId, on, ending) =>
      db.write((tx) => {
        if (tx(sql.suspend).run(on ? 1 : 0, userId).changes === 0) return false
        if (on) endAllInTx(tx, append, { userId, keep: null }, ending)
        return true
      }),
    moveReadMarker: (id, upTo) =>
      db.write((tx): EntryId | null => {
        tx(sql.markRead).run(upTo, id)
        return userInTx(tx, id)?.readUpTo ?? null
      }),
  }
}

function userInTx(tx: Tx, id: UserId): UserRecord | null {
  return parseUser(tx(sql.byId).get(id))
}

/** False when the handle is taken. Who calls it counts those inserted. */
export function insertUser(tx: Tx, user: NewUser): boolean {
  const { id, handle, name, bio, role, passwordHash, createdAtMs } = user
  return tx(sql.insert).run(id, handle, name, bio, role, passwordHash, createdAtMs).changes === 1
}

export function countInserted(tx: Tx, users: number): void {
  tx(sql.count).run(users)
}
