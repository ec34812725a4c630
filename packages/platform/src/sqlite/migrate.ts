import { AppError } from '@skein/contracts'
import type { AsyncConnection } from './driver.js'

const table = `CREATE TABLE IF NOT EXISTS migrations (
  owner TEXT NOT NULL, n INTEGER NOT NULL, applied_at_ms INTEGER NOT NULL, PRIMARY KEY (owner, n)) STRICT, WITHOUT ROWID`
const newest = 'SELECT coalesce(max(n), 0) AS n FROM migrations WHERE owner = ?'
const note = `INSERT INTO migrations VALUES (?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER))`

/**
 * Runs the steps that the file has not seen, in order, in one transaction that other processes wait for.
 * @throws AppError internal when a step fails (none is kept then) or when a newer version wrote the file.
 */
export async function migrate(connection: AsyncConnection, owner: string, steps: readonly string[]): Promise<void> {
  await connection.exec('BEGIN IMMEDIATE')
  try {
    await connection.exec(table)
    const applied = await countApplied(connection, owner)
    if (applied > steps.length) throw newerFile(owner, applied, steps.length)
    const noteStep = await connection.prepare(note)
    for (const [index, step] of steps.entries()) {
      if (index < applied) continue
      await connection.exec(step).catch((cause: unknown) => {
        throw new AppError('internal', { message: `Migration ${owner}/${index + 1} failed.`, cause })
      })
      noteStep.run(owner, index + 1)
    }
    await connection.exec('COMMIT')
  } catch (cause) {
    await connection.exec('ROLLBACK').catch(() => {})
    throw cause
  }
}

async function countApplied(connection: AsyncConnection, owner: string): Promise<number> {
  const row = (await connection.prepare(newest)).get(owner)
  if (typeof row !== 'object' || row === null || !('n' in row)) return 0
  return Number(row.n)
}

function newerFile(owner: string, applied: number, known: number): AppError {
  const message = `The file has migration ${owner}/${applied}, this version knows ${known}: start the version that wrote it.`
  return new AppError('internal', { message })
}
