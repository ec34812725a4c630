import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { AppError } from '@skein/contracts'
import { inList, openSqlite, sqlList, type Sqlite } from '@skein/platform'
import { connectSync } from '../src/sqlite/driver.js'
import { tempFolder, tempSqlite } from '@skein/platform/testing/sqlite'

const insert = 'INSERT INTO notes (id, text) VALUES (?, ?)'
const steps = ['CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT) STRICT']
const count = 'SELECT count(*) AS n FROM notes'

async function withNotes<T extends Sqlite>(db: T): Promise<T> {
  await db.migrate('notes', steps)
  await db.prepare([insert])
  return db
}

/** What is let go shows up at once: freeing a statement waits for its connection. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error,
  )
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await failure(promise)
  return error instanceof AppError ? error.code : String(error)
}

describe('sqlite', () => {
  it('[SQL1] a write resolves with what the work returned and is then seen by the reader', async () => {
    await using db = await withNotes(await tempSqlite())
    expect(await db.write((tx) => tx(insert).run(1, 'one').changes)).to.equal(1)
    expect(db.read('SELECT id, text FROM notes').all()).to.deep.equal([{ id: 1, text: 'one' }])
  })

  it('[SQL2] a throw undoes its own job alone', async () => {
    await using db = await withNotes(await tempSqlite())
    const good = db.write((tx) => tx(insert).run(1, 'one'))
    const bad = db.write((tx) => {
      tx(insert).run(2, 'two')
      throw new Error('no')
    })
    const clash = db.write((tx) => tx(insert).run(1, 'again'))
    const after = db.write((tx) => tx(insert).run(3, 'three'))
    await good
    await after
    expect(await failure(bad)).to.have.property('message', 'no')
    expect(await failure(clash)).to.have.property('code', 'SQLITE_CONSTRAINT_PRIMARYKEY')
    expect(db.read('SELECT id FROM notes ORDER BY id').all()).to.deep.equal([{ id: 1 }, { id: 3 }])
  })

  it('[SQL3] hooks run after the commit, in the order of the jobs, before the promise resolves', async () => {
    await using db = await withNotes(await tempSqlite())
    const seen: string[] = []
    const job = async (id: number): Promise<void> => {
      await db.write((tx) => {
        tx(insert).run(id, 'x')
        tx.afterCommit(() => seen.push(`hook ${id} sees ${JSON.stringify(db.read(count).get())}`))
      })
      seen.push(`done ${id}`)
    }
    const failed = db.write((tx) => {
      tx.afterCommit(() => seen.push('never'))
      throw new Error('no')
    })
    await Promise.all([failure(failed), job(1), job(2)])
    expect(seen).to.deep.equal(['hook 1 sees {"n":2}', 'hook 2 sees {"n":2}', 'done 1', 'done 2'])
  })

  it('[SQL3] a hook that throws harms nothing', async () => {
    await using db = await withNotes(await tempSqlite())
    const value = await db.write((tx) => {
      tx.afterCommit(() => {
        throw new Error('hook')
      })
      return tx(insert).run(1, 'one').changes
    })
    expect(value).to.equal(1)
  })

  it('[SQL4] above maxQueued a write is refused as overloaded, and the queued ones succeed', async () => {
    await using db = await withNotes(await tempSqlite({ maxQueued: 2 }))
    const queued = [1, 2].map((id) => db.write((tx) => tx(insert).run(id, 'x')))
    const refused = await failure(db.write((tx) => tx(insert).run(3, 'x')))
    expect(refused).to.be.instanceOf(AppError).with.property('code', 'overloaded')
    expect(refused).to.have.property('retryAfterMs').that.is.greaterThan(0)
    await Promise.all(queued)
    expect(db.read(count).get()).to.deep.equal({ n: 2 })
  })

  it('[SQL5] a full disk refuses the whole group as unavailable, stores none of it, and the next write is fine', async () => {
    await using db = await withNotes(await tempSqlite())
    await db.prepare(['PRAGMA max_page_count = 8', 'PRAGMA max_page_count = 100000'])
    await db.write((tx) => tx('PRAGMA max_page_count = 8').get())
    const small = db.write((tx) => tx(insert).run(1, 'small'))
    const big = db.write((tx) => tx(insert).run(2, 'x'.repeat(200_000)))
    expect(await codeOf(small)).to.equal('unavailable')
    expect(await codeOf(big)).to.equal('unavailable')
    expect(db.read(count).get()).to.deep.equal({ n: 0 })
    await db.write((tx) => tx('PRAGMA max_page_count = 100000').get())
    await db.write((tx) => tx(insert).run(3, 'x'.repeat(200_000)))
    expect(db.read(count).get()).to.deep.equal({ n: 1 })
  })

  it('[SQL6] a statement that was not prepared, an asynchronous job and a transaction kept for later are refused', async () => {
    await using db = await withNotes(await tempSqlite())
    expect(await codeOf(db.write((tx) => tx('SELECT 1').get()))).to.contain('not prepared')
    expect(await codeOf(db.write(() => Promise.resolve()))).to.contain('synchronous')
    const kept = await db.write((tx) => tx)
    expect(() => kept(insert)).to.throw('after its job ended')
  })

  it('[SQL7] values come back as they went in, and only as the asked columns', async () => {
    await using db = await withNotes(await tempSqlite())
    const back = 'SELECT ? AS a, ? AS b, ? AS c, ? AS d, typeof(?) AS e, ? AS f'
    const values = ['text', 7, null, new Uint8Array([1, 2]), 7, 1.5]
    const row = { a: 'text', b: 7, c: null, d: Buffer.from([1, 2]), e: 'integer', f: 1.5 }
    expect(db.read(back).get(...values)).to.deep.equal(row)
    expect(db.read(back).all(...values)).to.deep.equal([row])
    expect(db.read('SELECT 1 WHERE 0').get()).to.equal(undefined)
    await db.prepare([back])
    expect(await db.write((tx) => tx(back).get(...values))).to.deep.equal(row)
  })

  it('[SQL7] a value that SQLite cannot hold is refused before it reaches the driver', async () => {
    await using db = await withNotes(await tempSqlite())
    for (const value of [true, undefined, {}, [1], Number.NaN, new Date()]) {
      expect(() => db.read('SELECT ?').get(value), typeof value).to.throw(TypeError)
      expect(await failure(db.write((tx) => tx(insert).run(1, value)))).to.be.instanceOf(TypeError)
    }
  })

  it('[SQL8] a list of any length is one statement', async () => {
    await using db = await withNotes(await tempSqlite())
    await db.write((tx) => [1, 2, 3].forEach((id) => tx(insert).run(id, `n${id}`)))
    const sql = `SELECT text FROM notes WHERE id IN ${inList} ORDER BY id`
    expect(db.read(sql).all(sqlList([3, 1, 9]))).to.deep.equal([{ text: 'n1' }, { text: 'n3' }])
    expect(db.read(sql).all(sqlList([]))).to.deep.equal([])
  })

  it('[SQL9] the reader cannot write', async () => {
    await using db = await withNotes(await tempSqlite())
    expect(() => db.read(insert).get(1, 'x')).to.throw('readonly')
  })

  it('[SQL10] migrations run once each, in order, only forward, also when two open the file at once', async () => {
    await using home = await tempFolder()
    const open = (): Promise<Sqlite> => openSqlite({ file: home.path('a.db'), maxQueued: 10 })
    const [one, two] = await Promise.all([open(), open()])
    const more = [...steps, "ALTER TABLE notes ADD COLUMN more TEXT; INSERT INTO notes VALUES (1, 'a', 'b')"]
    await one.migrate('notes', steps)
    await Promise.all([one.migrate('notes', more), two.migrate('notes', more), one.migrate('other', ['SELECT 1'])])
    expect(two.read(count).get()).to.deep.equal({ n: 1 })
    const known = one.read('SELECT owner, n FROM migrations ORDER BY owner, n').all()
    expect(known).to.deep.equal([
      { owner: 'notes', n: 1 },
      { owner: 'notes', n: 2 },
      { owner: 'other', n: 1 },
    ])
    expect(await failure(one.migrate('notes', steps)))
      .to.have.property('message')
      .that.contains('notes/2')
    await Promise.all([one.close(), two.close()])
  })

  it('[SQL11] a failing migration keeps none of its steps', async () => {
    await using db = await tempSqlite()
    expect(await failure(db.migrate('notes', [...steps, 'CREATE nonsense'])))
      .to.have.property('message')
      .that.contains('notes/2')
    await db.migrate('notes', steps)
    expect(db.read(count).get()).to.deep.equal({ n: 0 })
  })

  it('[SQL12] a copy holds everything committed and opens by itself; a file in its place is not overwritten', async () => {
    await using db = await withNotes(await tempSqlite())
    await using home = await tempFolder()
    await db.write((tx) => tx(insert).run(1, 'one'))
    const writes = [2, 3, 4].map((id) => db.write((tx) => tx(insert).run(id, 'x')))
    await db.copyTo(home.path("it's.db"))
    await Promise.all(writes)
    const copy = await openSqlite({ file: home.path("it's.db"), maxQueued: 10 })
    expect(copy.read('SELECT text FROM notes WHERE id = 1').get()).to.deep.equal({ text: 'one' })
    await copy.close()
    expect(await codeOf(db.copyTo(home.path("it's.db")))).to.equal('unavailable')
  })

  it('[SQL13] close finishes what is queued, then refuses; closing twice is one closing', async () => {
    await using home = await tempFolder()
    const db = await withNotes(await openSqlite({ file: home.path('a.db'), maxQueued: 10 }))
    const queued = db.write((tx) => tx(insert).run(1, 'one'))
    await Promise.all([db.close(), db.close()])
    await queued
    expect(await codeOf(db.write((tx) => tx(insert).run(2, 'x')))).to.equal('unavailable')
    expect(() => db.read(count)).to.throw(AppError)
    const again = await openSqlite({ file: home.path('a.db'), maxQueued: 10 })
    expect(again.read(count).get()).to.deep.equal({ n: 1 })
    await again.close()
  })

  it('[SQL14] a file that cannot be opened is told by its name', async () => {
    await using home = await tempFolder()
    const error = await failure(openSqlite({ file: home.path('no/such/folder.db'), maxQueued: 10 }))
    expect(error).to.be.instanceOf(AppError).with.property('message').that.contains('no/such/folder.db')
  })

  it('[SQL15] a write that waits for the lock of another process stops neither the event loop nor the reader', async () => {
    await using db = await withNotes(await tempSqlite())
    const other = connectSync(db.file)
    other.exec('BEGIN IMMEDIATE')
    let done = false
    const write = db.write((tx) => tx(insert).run(1, 'x')).then(() => (done = true))
    for (let turns = 0; turns < 10; turns++) {
      await turn()
      collectGarbage()
      expect(db.read(count).get()).to.deep.equal({ n: 0 })
    }
    expect(done).to.equal(false)
    other.exec('COMMIT')
    await write
    expect(db.read(count).get()).to.deep.equal({ n: 1 })
    other.close()
  })
})
