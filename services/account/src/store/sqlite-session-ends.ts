import { SessionId, type UserId } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import type { Tx } from '@skein/platform'
import { endSession, sessionEvent, type SessionRecord } from '../domain/sessions.js'
import type { Ending } from './account-store.js'
import { parseIds, parseSession, sessionColumns } from './sqlite-rows.js'

const sql = {
  byId: `SELECT ${sessionColumns} FROM account_sessions WHERE id = ?`,
  liveOf: `SELECT json_group_array(id) AS json FROM account_sessions
    WHERE user_id = ? AND end_reason IS NULL AND token_expires_at_ms > ?`,
  end: 'UPDATE account_sessions SET rev = ?, end_reason = ?, end_at_ms = ?, end_until_ms = ? WHERE id = ?',
}

/** What a job that ends sessions runs. */
export const sessionEndStatements: readonly string[] = Object.values(sql)

/** null when there is none. */
export function sessionInTx(tx: Tx, id: SessionId): SessionRecord | null {
  return parseSession(tx(sql.byId).get(id))
}

/** Ends a session that has not ended, with its event. */
export function endInTx(tx: Tx, append: AppendInTx, session: SessionRecord, ending: Ending): SessionRecord {
  const { reason, nowMs, untilMs } = ending
  const ended = endSession(session, { reason, atMs: nowMs, untilMs })
  tx(sql.end).run(ended.rev, reason, nowMs, untilMs, session.id)
  append(tx, [sessionEvent(ended)])
  return ended
}

/** Ends every live session of a person but `keep`; how many. */
export function endAllInTx(
  tx: Tx,
  append: AppendInTx,
  { userId, keep }: { userId: UserId; keep: SessionId | null },
  ending: Ending,
): number {
  const ids = parseIds(SessionId, tx(sql.liveOf).get(userId, ending.nowMs)).filter((id) => id !== keep)
  for (const id of ids) {
    const session = sessionInTx(tx, id)
    if (session !== null) endInTx(tx, append, session, ending)
  }
  return ids.length
}
