import type { AppendInTx } from '@skein/event-log'
import type { Sqlite } from '@skein/platform'
import type { AccountStore } from './account-store.js'
import { createEdges, edgeStatements } from './sqlite-edges.js'
import { createImport, importStatements } from './sqlite-import.js'
import { createPeople } from './sqlite-people.js'
import { migrations } from './sqlite-schema.js'
import { createKeys, createSessions, sessionStatements } from './sqlite-sessions.js'
import { createUsers, userStatements } from './sqlite-users.js'

export interface SqliteAccountStoreDeps {
  /** Stays the caller's: closing the store does not close it. */
  readonly db: Sqlite
  /** Of the log in the same file: a change and its events are one transaction. */
  readonly append: AppendInTx
}

/** The account tables in a SQLite file, made when they are not there. @throws AppError internal when a newer version made them. */
export async function createSqliteAccountStore({ db, append }: SqliteAccountStoreDeps): Promise<AccountStore> {
  await db.migrate('account', migrations)
  await db.prepare([...userStatements, ...sessionStatements, ...edgeStatements, ...importStatements])
  return {
    ...createUsers(db, append),
    ...createSessions(db, append),
    ...createKeys(db),
    ...createEdges(db, append),
    ...createPeople(db),
    ...createImport(db, append),
    close: () => Promise.resolve(),
  }
}
