import type { AppendInTx } from '@skein/event-log'
import type { Sqlite, Tx } from '@skein/platform'
import { decideRefresh, type Refresh, type SessionRecord } from '../domain/sessions.js'
import type { AccountStore, Ending, NewSession, RefreshOutcome } from './account-store.js'
import {
  EndedRows,
  KeyRows,
  parseCredentials,
  parseSession,
  parseSessions,
  SecretRow,
  sessionColumns,
  userColumns,
} from './sqlite-rows.js'
import { endAllInTx, endInTx, sessionEndStatements, sessionInTx } from './sqlite-session-ends.js'

const sql = {
  insert: `INSERT INTO account_sessions (id, user_id, client, created_at_ms, last_used_at_ms, rev, token_hash,
    token_expires_at_ms, spent) VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?6, '[]')`,
  rotate: `UPDATE account_sessions SET last_used_at_ms = ?, token_hash = ?, token_expires_at_ms = ?, spent = ? WHERE id = ?`,
  user: `SELECT ${userColumns} FROM account_users WHERE id = ?`,
  forgetEnded: 'DELETE FROM account_sessions WHERE end_until_ms <= ?',
  forgetExpired: 'DELETE FROM account_sessions WHERE token_expires_at_ms <= ? AND end_until_ms IS NULL',
  forgetKeys: 'DELETE FROM account_keys WHERE expires_at_ms <= ?',
  addKey: `INSERT INTO account_keys SELECT ?1, ?2, ?3, ?4
    WHERE (SELECT kid FROM account_keys ORDER BY created_at_ms DESC, kid DESC LIMIT 1) IS ?5`,
  keepSecret: 'INSERT INTO account_secrets (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
}
const reads = {
  byId: `SELECT ${sessionColumns} FROM account_sessions WHERE id = ?`,
  liveOf: `SELECT ${sessionColumns} FROM account_sessions
    WHERE user_id = ? AND end_reason IS NULL AND token_expires_at_ms > ? ORDER BY last_used_at_ms DESC, id DESC`,
  ended: `SELECT id AS sessionId, end_until_ms AS untilMs, end_reason AS reason FROM account_sessions WHERE end_until_ms > ?`,
  keys: `SELECT kid, private_key_pem AS privateKeyPem, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs
    FROM account_keys ORDER BY created_at_ms DESC, kid DESC`,
  secret: 'SELECT bytes FROM account_secrets WHERE name = ?',
}

export const sessionStatements: readonly string[] = [...Object.values(sql), ...sessionEndStatements]

type Sessions = Pick<
  AccountStore,
  'createSession' | 'sessionById' | 'sessionsOf' | 'refresh' | 'endSession' | 'endSessions' | 'endedSessions' | 'sweep'
>
type Keys = Pick<AccountStore, 'signingKeys' | 'addSigningKey' | 'keepSecret'>

export function createSessions(db: Sqlite, append: AppendInTx): Sessions {
  return {
    createSession: (session, passwordHash) =>
      db.write((tx) => {
        const held = parseCredentials(tx(sql.user).get(session.userId))
        if (held === null || held.user.suspended) return 'refused'
        if (passwordHash !== null && held.passwordHash !== passwordHash) return 'refused'
        insertSession(tx, session)
        return 'created'
      }),
    sessionById: async (id) => parseSession(db.read(reads.byId).get(id)),
    sessionsOf: async (userId, nowMs) => parseSessions(db.read(reads.liveOf).all(userId, nowMs)),
    refresh: (id, refresh, untilMs) =>
      db.write((tx) => {
        const session = sessionInTx(tx, id)
        return session === null ? { kind: 'over' } : refreshInTx(tx, append, session, { ...refresh, untilMs })
      }),
    endSession: (id, userId, ending) =>
      db.write((tx) => {
        const session = sessionInTx(tx, id)
        if (session?.userId !== userId) return false
        if (session.end === null) endInTx(tx, append, session, ending)
        return true
      }),
    endSessions: (userId, keep, ending) => db.write((tx) => endAllInTx(tx, append, { userId, keep }, ending)),
    endedSessions: async (nowMs) => EndedRows.parse(db.read(reads.ended).all(nowMs)),
    sweep: (nowMs) =>
      db.write((tx) => {
        for (const forget of [sql.forgetEnded, sql.forgetExpired, sql.forgetKeys]) tx(forget).run(nowMs)
      }),
  }
}

export function createKeys(db: Sqlite): Keys {
  return {
    signingKeys: async () => KeyRows.parse(db.read(reads.keys).all()),
    addSigningKey: ({ kid, privateKeyPem, createdAtMs, expiresAtMs }, after) =>
      db.write((tx) => {
        tx(sql.addKey).run(kid, privateKeyPem, createdAtMs, expiresAtMs, after)
      }),
    keepSecret: async (name, bytes) => {
      await db.write((tx) => tx(sql.keepSecret).run(name, bytes))
      return SecretRow.parse(db.read(reads.secret).get(name)).bytes
    },
  }
}

export function insertSession(tx: Tx, session: NewSession): void {
  const { id, userId, client, createdAtMs, tokenHash, tokenExpiresAtMs } = session
  tx(sql.insert).run(id, userId, client, createdAtMs, tokenHash, tokenExpiresAtMs)
}

function refreshInTx(
  tx: Tx,
  append: AppendInTx,
  session: SessionRecord,
  { untilMs, ...refresh }: Refresh & { untilMs: number },
): RefreshOutcome {
  const user = parseCredentials(tx(sql.user).get(session.userId))?.user
  if (user === undefined) return { kind: 'over' }
  const decision = decideRefresh(session, refresh)
  switch (decision.kind) {
    case 'over':
      return { kind: 'over' }
    case 'repeat':
      return { kind: 'repeated', session, user }
    case 'reused': {
      const ending: Ending = { reason: 'token_reused', nowMs: refresh.nowMs, untilMs }
      return { kind: 'reused', session: endInTx(tx, append, session, ending) }
    }
    case 'rotate': {
      const { lastUsedAtMs, tokenHash, tokenExpiresAtMs, spent, id } = decision.session
      tx(sql.rotate).run(lastUsedAtMs, tokenHash, tokenExpiresAtMs, JSON.stringify(spent), id)
      return { kind: 'rotated', session: decision.session, user }
    }
  }
}
