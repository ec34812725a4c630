import { openSqlite, type Sqlite } from '@skein/platform'
import { silentLogger } from '@skein/platform/testing'
import { databaseFile } from '@skein/server'

/** The file of a system that is not running. Close it. */
export function openDatabase(dataDir: string): Promise<Sqlite> {
  return openSqlite({ file: databaseFile(dataDir), maxQueued: 10, log: silentLogger })
}
