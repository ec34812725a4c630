import { AppError, type LogEvent } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import type { Sqlite, Tx } from '@skein/platform'
import { edgeEvent } from '../domain/edges.js'
import { userEvent } from '../domain/users.js'
import type { AccountStore, ImportedFollow } from './account-store.js'
import { newUserRecord } from './new-user.js'
import { insertUser } from './sqlite-users.js'

const sql = {
  follow: `INSERT INTO account_edges (kind, actor, target, is_on, rev, edge_id, at_ms)
    VALUES ('follow', ?, ?, 1, 1, ?, ?) ON CONFLICT DO NOTHING`,
  countFollowing: `UPDATE account_users SET following = following + ? WHERE id = ?`,
  countFollower: `UPDATE account_users SET followers = followers + ? WHERE id = ?`,
}

export const importStatements: readonly string[] = Object.values(sql)

/** Rows of one transaction: it holds the event loop for some milliseconds. */
const chunkMax = 500

type Import = Pick<AccountStore, 'importPeople' | 'importFollows'>

export function createImport(db: Sqlite, append: AppendInTx): Import {
  function inChunks<T>(items: readonly T[], work: (tx: Tx, chunk: readonly T[]) => LogEvent[]): Promise<unknown> {
    const chunks = Array.from({ length: Math.ceil(items.length / chunkMax) }, (_, n) =>
      items.slice(n * chunkMax, (n + 1) * chunkMax),
    )
    return chunks.reduce<Promise<unknown>>(
      (before, chunk) => before.then(() => db.write((tx) => void append(tx, work(tx, chunk)))),
      Promise.resolve(),
    )
  }
  return {
    importPeople: async (people, { events }) => {
      await inChunks(people, (tx, chunk) => {
        for (const user of chunk)
          if (!insertUser(tx, user)) throw new AppError('handle_taken', { message: user.handle })
        return events ? chunk.map((user) => userEvent(newUserRecord(user), user.createdAtMs)) : []
      })
    },
    importFollows: async (follows, { events }) => {
      await inChunks(follows, (tx, chunk) => {
        const added = insertFollows(tx, chunk)
        return events ? added.map((follow) => edgeEvent({ ...follow, kind: 'follow', on: true, rev: 1 })) : []
      })
    },
  }
}

function insertFollows(tx: Tx, follows: readonly ImportedFollow[]): ImportedFollow[] {
  const insert = tx(sql.follow)
  const added = follows.filter((follow) => {
    const { actorId, targetId, edgeId, atMs } = follow
    return actorId !== targetId && insert.run(actorId, targetId, edgeId, atMs).changes === 1
  })
  for (const [id, n] of tally(added.map((follow) => follow.actorId))) tx(sql.countFollowing).run(n, id)
  for (const [id, n] of tally(added.map((follow) => follow.targetId))) tx(sql.countFollower).run(n, id)
  return added
}

function tally<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}
