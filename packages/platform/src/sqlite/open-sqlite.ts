import { open } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '@skein/contracts'
import { connect, connectSync, type AsyncConnection, type SyncConnection } from './driver.js'
import { closedError, GroupWriter, type WriterLog } from './group-writer.js'
import { migrate } from './migrate.js'
import { sqliteCodeOf } from './sqlite-failure.js'
import type { ReadStatement, Sqlite, Tx } from './sqlite-port.js'

export interface SqliteOptions {
  /** Made when it does not exist; its folder must. */
  readonly file: string
  /** Jobs that may wait for the next commit; above it `write` rejects with `overloaded`. */
  readonly maxQueued: number
  /** Hears of hooks that threw. */
  readonly log?: WriterLog
}

const writerPragmas = [
  'busy_timeout = 5000',
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'journal_size_limit = 67108864',
]
const openMaxTries = 50
const openRetryMs = 20
const savepoints = ['SAVEPOINT job', 'RELEASE job', 'ROLLBACK TO job']

/** Opens the file for writing and reading. @throws AppError unavailable when it cannot be opened or is no database. */
export async function openSqlite(options: SqliteOptions): Promise<Sqlite> {
  try {
    const connection = connect(options.file)
    for (const pragma of writerPragmas) await whenFree(() => connection.exec(`PRAGMA ${pragma}`))
    const reader = connectSync(options.file)
    for (const pragma of ['busy_timeout = 5000', 'query_only = ON']) reader.exec(`PRAGMA ${pragma}`)
    const writer = new GroupWriter(connection, options.maxQueued, options.log)
    await writer.prepare(savepoints)
    return new LibsqlSqlite(options.file, connection, writer, reader)
  } catch (cause) {
    throw new AppError('unavailable', { message: `The database ${options.file} cannot be opened.`, cause })
  }
}

/** The change to WAL does not wait for busy_timeout when another process opens the file at the same time. */
async function whenFree(run: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (cause) {
      if (sqliteCodeOf(cause)?.startsWith('SQLITE_BUSY') !== true || tries === openMaxTries) throw cause
      await setTimeout(openRetryMs)
    }
  }
}

class LibsqlSqlite implements Sqlite {
  readonly #file: string
  readonly #connection: AsyncConnection
  readonly #writer: GroupWriter
  readonly #reader: SyncConnection
  readonly #reads = new Map<string, ReadStatement>()
  #closing: Promise<void> | undefined

  constructor(file: string, connection: AsyncConnection, writer: GroupWriter, reader: SyncConnection) {
    this.#file = file
    this.#connection = connection
    this.#writer = writer
    this.#reader = reader
  }

  /** A connection of its own, see `driver.ts` on statements that are let go. */
  migrate(owner: string, steps: readonly string[]): Promise<void> {
    return this.#writer.exclusive(async () => {
      const connection = connect(this.#file)
      try {
        for (const pragma of ['busy_timeout = 5000', 'foreign_keys = ON']) await connection.exec(`PRAGMA ${pragma}`)
        await migrate(connection, owner, steps)
      } finally {
        connection.close()
      }
    })
  }

  prepare(statements: readonly string[]): Promise<void> {
    return this.#writer.prepare(statements)
  }

  write<T>(work: (tx: Tx) => T): Promise<T> {
    return this.#writer.write(work)
  }

  read(sql: string): ReadStatement {
    if (this.#closing !== undefined) throw closedError()
    const known = this.#reads.get(sql)
    if (known !== undefined) return known
    const statement = this.#reader.prepare(sql)
    this.#reads.set(sql, statement)
    return statement
  }

  /** A connection of its own: writes go on meanwhile. The copy is on the disk when this resolves. */
  async copyTo(file: string): Promise<void> {
    if (this.#closing !== undefined) throw closedError()
    const connection = connect(this.#file)
    try {
      await connection.exec(`VACUUM INTO '${file.replaceAll("'", "''")}'`)
    } catch (cause) {
      throw new AppError('unavailable', { message: `The database cannot be copied to ${file}.`, cause })
    } finally {
      connection.close()
    }
    const copy = await open(file, 'r+')
    try {
      await copy.sync()
    } finally {
      await copy.close()
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#writer.drain()
    await this.#connection.exec('PRAGMA wal_checkpoint(PASSIVE)').catch(() => {})
    this.#reader.close()
    this.#connection.close()
  }
}
