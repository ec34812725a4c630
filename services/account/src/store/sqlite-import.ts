import { AppError, type LogEvent } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import { inList, sqlList, type Sqlite, type Tx } from '@skein/platform'
import { edgeEvent } from '../domain/edges.js'
import { userEvent } from '../domain/users.js'
import type { AccountStore, ImportedFollow } from './account-store.js'
import { newUserRecord } from './new-user.js'
import { countInserted, insertUser } from './sqlite-users.js'

const insertFollow = 'INSERT INTO account_edges (kind, actor, target, is_on, rev, edge_id, at_ms)'
const countOn = (whose: 'actor' | 'target'): string =>
  `(SELECT count(*) FROM account_edges WHERE kind = 'follow' AND ${whose} = account_users.id AND is_on = 1)`
const sql = {
  follow: `${insertFollow} VALUES ('follow', ?, ?, 1, 1, ?, ?) ON CONFLICT DO NOTHING`,
  follows: `${insertFollow} SELECT 'follow', value->>0, value->>1, 1, 1, value->>2, value->>3 FROM json_each(?)
    WHERE true ON CONFLICT DO NOTHING`,
  recountFollowing: `UPDATE account_users SET following = ${countOn('actor')} WHERE id IN ${inList}`,
  recountFollowers: `UPDATE account_users SET followers = ${countOn('target')} WHERE id IN ${inList}`,
}

export const importStatements: readonly string[] = Object.values(sql)

/** Rows of one transaction, which holds the event loop: for some milliseconds with events, for a second without. */
const chunkMax = { withEvents: 500, people: 5_000, follows: 50_000 }

type Import = Pick<AccountStore, 'importPeople' | 'importFollows'>

export function createImport(db: Sqlite, append: AppendInTx): Import {
  const write = (work: (tx: Tx) => readonly LogEvent[]): Promise<void> =>
    db.write((tx) => {
      const events = work(tx)
      if (events.length > 0) append(tx, events)
    })
  return {
    importPeople: async (people, { events }) => {
      for (const chunk of chunksOf(people, events ? chunkMax.withEvents : chunkMax.people)) {
        await write((tx) => {
          for (const user of chunk) {
            if (!insertUser(tx, user)) throw new AppError('handle_taken', { message: `${user.handle} is taken.` })
          }
          countInserted(tx, chunk.length)
          return events ? chunk.map((user) => userEvent(newUserRecord(user), user.createdAtMs)) : []
        })
      }
    },
    importFollows: async (follows, { events }) => {
      const wanted = follows.filter(({ actorId, targetId }) => actorId !== targetId)
      for (const chunk of chunksOf(wanted, events ? chunkMax.withEvents : chunkMax.follows)) {
        await write((tx) => {
          const added = events ? insertOneByOne(tx, chunk) : insertTogether(tx, chunk)
          tx(sql.recountFollowing).run(sqlList([...new Set(chunk.map(({ actorId }) => actorId))]))
          tx(sql.recountFollowers).run(sqlList([...new Set(chunk.map(({ targetId }) => targetId))]))
          return added.map((follow) => edgeEvent({ ...follow, kind: 'follow', on: true, rev: 1 }))
        })
      }
    },
  }
}

/** Those that were not there. */
function insertOneByOne(tx: Tx, follows: readonly ImportedFollow[]): readonly ImportedFollow[] {
  const insert = tx(sql.follow)
  return follows.filter(({ actorId, targetId, edgeId, atMs }) => {
    return insert.run(actorId, targetId, edgeId, atMs).changes === 1
  })
}

function insertTogether(tx: Tx, follows: readonly ImportedFollow[]): readonly ImportedFollow[] {
  const rows = follows.map(({ actorId, targetId, edgeId, atMs }) => [actorId, targetId, edgeId, atMs])
  tx(sql.follows).run(JSON.stringify(rows))
  return []
}

function chunksOf<T>(items: readonly T[], max: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / max) }, (_, n) => items.slice(n * max, (n + 1) * max))
}
