import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from './open-sqlite.js'
import type { Sqlite } from './sqlite-port.js'

export interface TempFolder extends AsyncDisposable {
  readonly folder: string
  /** A path inside the folder. */
  path(name: string): string
}

export interface TempSqlite extends Sqlite, AsyncDisposable {
  readonly file: string
}

/** A folder of its own, removed with all in it on dispose. */
export async function tempFolder(): Promise<TempFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-test-'))
  return {
    folder,
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** An empty database in a file of its own; closed and removed on dispose. */
export async function tempSqlite(options: { maxQueued?: number } = {}): Promise<TempSqlite> {
  const home = await tempFolder()
  const file = home.path('test.db')
  const db = await openSqlite({ file, maxQueued: options.maxQueued ?? 10_000 })
  return {
    file,
    migrate: (owner, steps) => db.migrate(owner, steps),
    prepare: (statements) => db.prepare(statements),
    write: (work) => db.write(work),
    read: (sql) => db.read(sql),
    copyTo: (to) => db.copyTo(to),
    close: () => db.close(),
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await home[Symbol.asyncDispose]()
    },
  }
}
