import { connectSync } from './driver.js'
import { sqliteCodeOf } from './sqlite-failure.js'

/**
 * Whether some process has the file open, this one included: only the last connection may take a file out of WAL, which
 * this does (the next `openSqlite` puts it back). The file must exist. @throws Error when it is no database
 */
export function isSqliteInUse(file: string): boolean {
  const connection = connectSync(file)
  try {
    connection.exec('PRAGMA busy_timeout = 0')
    connection.exec('PRAGMA journal_mode = DELETE')
    return false
  } catch (cause) {
    if (sqliteCodeOf(cause)?.startsWith('SQLITE_BUSY') === true) return true
    throw cause
  } finally {
    connection.close()
  }
}
