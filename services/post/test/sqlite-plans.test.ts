import { expect } from 'chai'
import { sql as actorSql } from '../src/store/sqlite/actor-merge.js'
import { reads as countReads, sql as countSql } from '../src/store/sqlite/counts.js'
import { sql as edgeSql } from '../src/store/sqlite/edge-writes.js'
import { sql as entrySql } from '../src/store/sqlite/entry-reads.js'
import { sql as idSql } from '../src/store/sqlite/ids.js'
import { sql as indexSql } from '../src/store/sqlite/indexes.js'
import { sql as writeSql } from '../src/store/sqlite/post-writes.js'
import { sql as storeSql } from '../src/store/sqlite/sqlite-post-store.js'
import { sql as tagSql } from '../src/store/sqlite/tag-reads.js'
import { createSqlitePostEngine, type SqlitePostEngine } from './post-engine.js'

type Statements = { readonly [name: string]: string | Statements }

function flat(statements: Statements, prefix: string): [string, string][] {
  return Object.entries(statements).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[`${prefix}.${name}`, value]] : flat(value, `${prefix}.${name}`),
  )
}

const statements = [
  ...flat(actorSql, 'actors'),
  ...flat({ ...countReads, ...countSql }, 'counts'),
  ...flat(edgeSql, 'edges'),
  ...flat(entrySql, 'entries'),
  ...flat(idSql, 'ids'),
  ...flat(indexSql, 'indexes'),
  ...flat(writeSql, 'writes'),
  ...flat(storeSql, 'store'),
  ...flat(tagSql, 'tags'),
]

/** Sorts what it found: a head an actor, some entries of each, the types asked for, the revisions of one post, tags in use. */
const sorting = /^(actors\.(heads|joined)|entries\.noticesOf|store\.revisions|tags\.)/

function planOf({ db }: SqlitePostEngine, sql: string): string[] {
  const marks = [...sql.matchAll(/\?(\d*)/g)].map((mark) => Number(mark[1] ?? 0))
  const count = Math.max(marks.length === 0 ? 0 : Math.max(...marks), marks.filter((n) => n === 0).length)
  const rows = db.read(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from({ length: count }, () => '1'))
  return rows.map((row) => (typeof row === 'object' && row !== null && 'detail' in row ? String(row.detail) : ''))
}

describe('statements of the SQLite post store', () => {
  it('[POS30] every statement finds its rows by an index, and no list is sorted', async () => {
    await using engine = await createSqlitePostEngine()
    expect(statements.length).to.be.above(50)
    for (const [name, sql] of statements) {
      const plan = planOf(engine, sql)
      const scans = plan.filter((step) =>
        /^SCAN (?!.*VIRTUAL TABLE|CONSTANT ROW|recent\b|best\b|ends$|b$|\(subquery)/.test(step),
      )
      expect(scans, `${name}: ${plan.join(' / ')}`).to.deep.equal([])
      const sorts = plan.filter((step) => step.includes('TEMP B-TREE FOR ORDER BY'))
      if (!sorting.test(name)) expect(sorts, `${name}: ${plan.join(' / ')}`).to.deep.equal([])
    }
  })

  it('[POS30] a statement without an index is noticed', async () => {
    await using engine = await createSqlitePostEngine()
    expect(planOf(engine, 'SELECT id FROM posts WHERE text = ? ORDER BY rev')).to.deep.equal([
      'SCAN posts',
      'USE TEMP B-TREE FOR ORDER BY',
    ])
  })
})
