import { performance } from 'node:perf_hooks'
import type { DatabaseMetrics, ReadStatement, Sqlite } from '@skein/platform'

/** The same database, its operations timed: a write from its queueing to its commit, a read while it blocks. */
export function observeSqlite(db: Sqlite, metrics: DatabaseMetrics): Sqlite {
  const timed = <T>(run: () => T): T => {
    const startedAt = performance.now()
    let isOk = false
    try {
      const value = run()
      isOk = true
      return value
    } finally {
      metrics.observe({ kind: 'read', durationMs: performance.now() - startedAt, isOk })
    }
  }
  const statements = new WeakMap<ReadStatement, ReadStatement>()
  return {
    migrate: (owner, steps) => db.migrate(owner, steps),
    prepare: (sqls) => db.prepare(sqls),
    copyTo: (file) => db.copyTo(file),
    close: () => db.close(),
    async write(work) {
      const startedAt = performance.now()
      let isOk = false
      try {
        const value = await db.write(work)
        isOk = true
        return value
      } finally {
        metrics.observe({ kind: 'write', durationMs: performance.now() - startedAt, isOk })
      }
    },
    read(sql) {
      const statement = db.read(sql)
      const held = statements.get(statement)
      if (held !== undefined) return held
      const made: ReadStatement = {
        get: (...values) => timed(() => statement.get(...values)),
        all: (...values) => timed(() => statement.all(...values)),
      }
      statements.set(statement, made)
      return made
    },
  }
}
