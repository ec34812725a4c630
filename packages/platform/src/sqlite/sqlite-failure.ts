import { AppError } from '@skein/contracts'

/** The disk or another process stood in the way: nothing that the statement itself did wrong. */
const outside = ['FULL', 'IOERR', 'READONLY', 'CORRUPT', 'NOTADB', 'CANTOPEN', 'NOMEM', 'BUSY', 'LOCKED', 'PROTOCOL']

/** SQLite's own code of a failure, for example `SQLITE_CONSTRAINT_UNIQUE`; undefined for anything else. */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code.startsWith('SQLITE_') ? error.code : undefined
}

/** A UNIQUE or PRIMARY KEY constraint refused the row. */
export function isUniqueViolation(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

/** The disk is full or broken, or the file stayed locked: the same statement may work later. */
export function isStorageFailure(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  return code !== undefined && outside.some((name) => code.startsWith(`SQLITE_${name}`))
}

/** What a caller gets when the whole group was refused. */
export function unavailable(cause: unknown): AppError {
  return new AppError('unavailable', { message: 'The database refused the write.', cause })
}
