import { openSqlite, type Sqlite } from '@skein/platform'
import { tempFolder } from '@skein/platform/testing/sqlite'
import { createSqliteEventLog, type EventLog, type SqliteEventLog } from '@skein/event-log'
import type { LogEngine, LogEngineOptions } from './event-log.contract.js'

export interface SqliteLogEngine extends LogEngine {
  open(): Promise<SqliteEventLog>
  dbOf(log: EventLog): Sqlite
}

/** Every `open` has connections of its own to the one file, as another process would. */
export async function createSqliteLogEngine(options: LogEngineOptions): Promise<SqliteLogEngine> {
  const home = await tempFolder()
  const opened = new Map<EventLog, { log: SqliteEventLog; db: Sqlite }>()

  function of(log: EventLog): { log: SqliteEventLog; db: Sqlite } {
    const found = opened.get(log)
    if (found === undefined) throw new Error('not a log of this engine')
    return found
  }

  async function open(): Promise<SqliteEventLog> {
    const db = await openSqlite({ file: home.path('log.db'), maxQueued: 10_000 })
    const log = await createSqliteEventLog({ ...options, db })
    opened.set(log, { log, db })
    return log
  }

  async function stop(): Promise<void> {
    for (const { log, db } of opened.values()) {
      await log.close()
      await db.close()
    }
    opened.clear()
  }

  return {
    open,
    stop,
    dbOf: (log) => of(log).db,
    trim: (log) => of(log).log.trim(),
    beginEpoch: (log) => of(log).log.resetEpoch(),
    [Symbol.asyncDispose]: async () => {
      await stop()
      await home[Symbol.asyncDispose]()
    },
  }
}
