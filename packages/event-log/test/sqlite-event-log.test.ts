import { expect } from 'chai'
import { createSqliteEventLog, laneOf } from '@skein/event-log'
import { eventually, fakeClock, type FakeClock } from '@skein/platform/testing'
import { edgeEvent, edgeEvents, startsOf } from './events.js'
import { eventLogContract } from './event-log.contract.js'
import { record } from './recorder.js'
import { createSqliteLogEngine, type SqliteLogEngine } from './sqlite-engine.js'

eventLogContract('SQLite', createSqliteLogEngine)

const note = 'INSERT INTO notes (id) VALUES (?)'

function start(options: { lanes?: number; maxEntries?: number; clock?: FakeClock } = {}): Promise<SqliteLogEngine> {
  return createSqliteLogEngine({ lanes: 1, maxEntries: 1_000, clock: fakeClock(), pollMs: 1_000, ...options })
}

describe('event log: SQLite alone', () => {
  it('[LOG16] a change and its event are one transaction: both are there, or neither', async () => {
    await using engine = await start()
    const log = await engine.open()
    const db = engine.dbOf(log)
    await db.migrate('notes', ['CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT'])
    await db.prepare([note])
    const heard = await record(log, await log.heads())
    const change = (id: number, fails: boolean): Promise<unknown> =>
      db.write((tx) => {
        tx(note).run(id)
        const positions = log.appendIn(tx, [edgeEvent({ actor: id })])
        if (fails) throw new Error('no')
        return positions
      })
    const done = [change(1, false), change(2, true), change(3, false)]
    const outcomes = await Promise.allSettled(done)
    expect(outcomes.map((outcome) => outcome.status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
    expect(db.read('SELECT id FROM notes ORDER BY id').all()).to.deep.equal([{ id: 1 }, { id: 3 }])
    expect(heard.entries.map(({ position, event }) => [position.seq, event.id])).to.deep.equal([
      [1, edgeEvent({ actor: 1 }).id],
      [2, edgeEvent({ actor: 3 }).id],
    ])
  })

  it('[LOG17] own appends are heard before the append resolves', async () => {
    await using engine = await start({ lanes: 3 })
    const log = await engine.open()
    const heard = await record(log, await log.heads())
    await Promise.all(
      edgeEvents(20).map(async (event) => {
        await log.append([event])
        expect(heard.entries.some((entry) => entry.event.id === event.id)).to.equal(true)
      }),
    )
  })

  it('[LOG18] lanes above their cap are cut in the background', async () => {
    const clock = fakeClock()
    await using engine = await start({ maxEntries: 100, clock })
    const log = await engine.open()
    await log.append(edgeEvents(700))
    await clock.run(1_000)
    const kept = 'SELECT count(*) AS n FROM log_entries'
    await eventually(() => expect(engine.dbOf(log).read(kept).get()).to.deep.equal({ n: 100 }))
    expect((await log.floors())[0]?.seq).to.equal(600)
    expect(await log.append([edgeEvents(1)[0] ?? expect.fail()])).to.have.nested.property('[0].seq', 701)
  })

  it('[LOG19] a file made with another number of lanes is refused', async () => {
    await using engine = await start({ lanes: 3 })
    const db = engine.dbOf(await engine.open())
    const error = await createSqliteEventLog({ db, lanes: 1, maxEntries: 10, clock: fakeClock() }).catch(
      (e: unknown) => e,
    )
    expect(error).to.have.property('message').that.contains('3 lanes')
  })

  it('[LOG20] an event of a kind that this version does not know is passed over and counted', async () => {
    await using engine = await start()
    const log = await engine.open()
    const db = engine.dbOf(log)
    await log.append(edgeEvents(3))
    const from = startsOf(await log.heads())
    await db.prepare([`UPDATE log_entries SET event = '{"kind":"later"}' WHERE seq > 1`])
    await db.write((tx) => tx(`UPDATE log_entries SET event = '{"kind":"later"}' WHERE seq > 1`).run())
    const heard = await record(log, from)
    expect(heard.entries.map((entry) => entry.position.seq)).to.deep.equal([1])
    expect(heard.tail.positions).to.deep.equal(await log.heads())
    await log.append([edgeEvent({ actor: 50 })])
    expect(heard.entries.map((entry) => entry.position.seq)).to.deep.equal([1, 4])
  })

  it('[LOG21] lanes are chosen by the subject alone, the same for ever, and all are used', () => {
    const lanes = edgeEvents(300).map((event) => laneOf(event.subject, 3))
    expect([0, 1, 2].map((lane) => lanes.filter((each) => each === lane).length > 50)).to.deep.equal([true, true, true])
    expect(laneOf('GOLD', 1_000)).to.equal(83)
    expect(laneOf('anyone', 1)).to.equal(0)
  })
})
