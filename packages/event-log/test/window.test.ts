import { expect } from 'chai'
import { decodeLogCursor, type LogEvent, type Position } from '@skein/contracts'
import {
  createWindow,
  laneOf,
  type EventLog,
  type SqliteEventLog,
  type Window,
  type WindowEntry,
  type WindowOptions,
} from '@skein/event-log'
import { eventually, fakeClock, type FakeClock } from '@skein/platform/testing'
import { edgeEvent, edgeEvents } from './events.js'
import { createSqliteLogEngine, type SqliteLogEngine } from './sqlite-engine.js'

interface Scene extends AsyncDisposable {
  readonly engine: SqliteLogEngine
  readonly log: SqliteEventLog
  readonly clock: FakeClock
  /** A window that notes what it calls back. */
  open(
    options?: Partial<WindowOptions>,
    log?: EventLog,
  ): Promise<{ window: Window; heard: WindowEntry[]; resets: number[] }>
}

async function createScene(lanes: number, logMaxEntries = 1_000): Promise<Scene> {
  const clock = fakeClock()
  const engine = await createSqliteLogEngine({ lanes, maxEntries: logMaxEntries, clock, pollMs: 1_000 })
  const log = await engine.open()
  const open: Scene['open'] = async (options = {}, of = log) => {
    const heard: WindowEntry[] = []
    const resets: number[] = []
    const window = await createWindow(of, {
      maxEntries: 1_000,
      maxBytes: 10_000_000,
      onEntry: (entry) => void heard.push(entry),
      onReset: () => void resets.push(heard.length),
      ...options,
      clock,
    })
    return { window, heard, resets }
  }
  return { engine, log, clock, open, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
}

function held(window: Window): WindowEntry[] {
  const entries = []
  for (let i = window.floorIndex; i <= window.headIndex; i++) entries.push(window.at(i) ?? expect.fail(`no entry ${i}`))
  return entries
}

function idsOf(entries: readonly { event: LogEvent }[]): string[] {
  return entries.map((entry) => entry.event.id)
}

/** What a client that resumes from there would be sent. */
function replay(window: Window, from: readonly Position[]): string[] {
  const place = window.locate(from)
  if (place.kind !== 'found') throw new Error(`not found: ${JSON.stringify(place)}`)
  const after = held(window).filter((entry) => entry.index > place.index)
  return idsOf(after.filter((entry) => !entry.superseded && entry.position.seq > (from[entry.lane]?.seq ?? 0)))
}

/** Every split of `events` in two: the positions after the first part. */
async function appendOneByOne(log: EventLog, events: readonly LogEvent[]): Promise<Position[][]> {
  const marks = [await log.heads()]
  for (const event of events) {
    await log.append([event])
    marks.push(await log.heads())
  }
  return marks
}

for (const lanes of [1, 3]) describe(`window, lanes: ${lanes}`, () => suite(lanes))

function suite(lanes: number): void {
  it('[WIN1] it is filled when it resolves, without calling back for what it is filled with', async () => {
    await using scene = await createScene(lanes)
    const events = edgeEvents(50)
    await scene.log.append(events)
    const { window, heard } = await scene.open()
    expect(idsOf(held(window))).to.have.members(idsOf(events.map((event) => ({ event }))))
    expect(heard).to.deep.equal([])
    expect(window.positions).to.deep.equal(await scene.log.heads())
    expect(decodeLogCursor(window.cursor, lanes)).to.deep.equal(window.positions)
  })

  it('[WIN2] each new entry is called back once, in order, when it can be read in the window', async () => {
    await using scene = await createScene(lanes)
    await scene.log.append(edgeEvents(5))
    const seen: boolean[] = []
    const windows: Window[] = []
    const opened = await scene.open({ onEntry: (entry) => seen.push(windows[0]?.at(entry.index) === entry) })
    windows.push(opened.window)
    const { heard } = await scene.open()
    const events = edgeEvents(10, 100)
    for (const event of events) await scene.log.append([event])
    expect(idsOf(heard)).to.deep.equal(idsOf(events.map((event) => ({ event }))))
    expect(heard.map((entry) => entry.index)).to.deep.equal(Array.from({ length: 10 }, (_, i) => 5 + i))
    expect(seen).to.deep.equal(Array.from({ length: 10 }, () => true))
  })

  it('[WIN3] the cursor of an entry counts in all lanes up to it', async () => {
    await using scene = await createScene(lanes)
    await scene.log.append(edgeEvents(5))
    const { heard } = await scene.open()
    const marks = await appendOneByOne(scene.log, edgeEvents(10, 100))
    expect(heard.map((entry) => decodeLogCursor(entry.cursor, lanes))).to.deep.equal(marks.slice(1))
  })

  it('[WIN4] from every position it still knows, exactly what came after is found', async () => {
    await using scene = await createScene(lanes)
    const before = edgeEvents(20)
    const events = edgeEvents(20, 100)
    const marks = await appendOneByOne(scene.log, before)
    const { window } = await scene.open()
    marks.push(...(await appendOneByOne(scene.log, events)).slice(1))
    const all = [...before, ...events].map((event) => event.id)
    for (const [i, from] of marks.entries()) expect(replay(window, from)).to.have.members(all.slice(i))
    expect(window.locate(window.positions)).to.deep.equal({ kind: 'found', index: window.headIndex })
  })

  it('[WIN5] a cursor of another gateway, on no place of the local order, misses nothing', async () => {
    await using scene = await createScene(lanes)
    const { window } = await scene.open()
    const events = edgeEvents(30)
    await scene.log.append(events)
    const heads = await scene.log.heads()
    const mixed = heads.map(({ epoch, seq }, lane) => ({ epoch, seq: Math.max(0, seq - lane * 2) }))
    const missed = heads.flatMap((head, lane) =>
      idsOf(held(window).filter((e) => e.lane === lane && e.position.seq > Math.max(0, head.seq - lane * 2))),
    )
    expect(replay(window, mixed)).to.have.members(missed)
    expect(missed).to.have.length(lanes === 1 ? 0 : 6)
  })

  it('[WIN6] above its entries or bytes the oldest leave, and positions before them are expired', async () => {
    await using scene = await createScene(lanes)
    const one = JSON.stringify(edgeEvent({ actor: 1 })).length
    const small = await scene.open({ maxEntries: 10 })
    const narrow = await scene.open({ maxBytes: one * 10 + 5 })
    const marks = await appendOneByOne(scene.log, edgeEvents(40))
    for (const { window } of [small, narrow]) {
      expect(window.headIndex - window.floorIndex + 1).to.equal(10)
      expect(window.at(window.floorIndex - 1)).to.equal(undefined)
      expect(window.at(window.headIndex + 1)).to.equal(undefined)
      expect(idsOf(held(window))).to.deep.equal(edgeEvents(10, 31).map((event) => event.id))
      for (const [i, from] of marks.entries()) {
        if (i >= 30) expect(replay(window, from)).to.have.members(edgeEvents(40 - i, i + 1).map((event) => event.id))
        else expect(window.locate(from)).to.deep.equal({ kind: 'gap', reason: 'expired' })
      }
    }
  })

  it('[WIN7] an entry larger than the whole window is kept until the next one', async () => {
    await using scene = await createScene(lanes)
    const { window } = await scene.open({ maxBytes: 10 })
    for (const actor of [1, 2]) {
      await scene.log.append([edgeEvent({ actor })])
      expect(idsOf(held(window))).to.deep.equal([edgeEvent({ actor }).id])
    }
  })

  it('[WIN8] of the states of an entity, replay leaves out all but the newest', async () => {
    await using scene = await createScene(lanes)
    const { window, heard } = await scene.open()
    const start = window.positions
    const states = [1, 2, 3].map((rev) => edgeEvent({ actor: 7, rev }))
    await scene.log.append([states[0] ?? expect.fail(), edgeEvent({ actor: 8 }), ...states.slice(1)])
    expect(held(window).map((entry) => entry.superseded)).to.deep.equal([true, false, true, false])
    expect(replay(window, start)).to.deep.equal([edgeEvent({ actor: 8 }).id, states[2]?.id])
    expect(heard).to.have.length(4)
  })

  it('[WIN9] a state that is not above a held one is dropped as a repeat, and the positions go on', async () => {
    await using scene = await createScene(lanes)
    const { window, heard } = await scene.open({ maxEntries: 2 })
    await scene.log.append([edgeEvent({ actor: 7, rev: 2 }), edgeEvent({ actor: 7, rev: 1 })])
    const repeat = { ...edgeEvent({ actor: 7, rev: 2 }), id: 'again' }
    await scene.log.append([repeat])
    expect(idsOf(heard)).to.deep.equal([edgeEvent({ actor: 7, rev: 2 }).id])
    expect(window.positions).to.deep.equal(await scene.log.heads())
    expect(window.locate(window.positions)).to.deep.equal({ kind: 'found', index: 0 })
    await scene.log.append([edgeEvent({ actor: 8 }), edgeEvent({ actor: 9 })])
    await scene.log.append([{ ...repeat, id: 'once more' }])
    expect(idsOf(held(window))).to.deep.equal([edgeEvent({ actor: 9 }).id, 'once more'])
  })

  it('[WIN10] a cursor that knows more is ahead, and waits until the window holds it or the time is over', async () => {
    await using scene = await createScene(lanes)
    const behind = await scene.open()
    const foreign = await scene.engine.open()
    await foreign.append(edgeEvents(9))
    const from = await foreign.heads()
    expect(behind.window.locate(from)).to.deep.equal({ kind: 'ahead' })
    const tooShort = behind.window.waitFor(from, 500)
    const longEnough = behind.window.waitFor(from, 5_000)
    await scene.clock.run(1_000)
    expect([await tooShort, await longEnough]).to.deep.equal([false, true])
    expect(behind.window.locate(from)).to.deep.equal({ kind: 'found', index: behind.window.headIndex })
    expect(await behind.window.waitFor(from, 5_000)).to.equal(true)
    expect(scene.clock.pending).to.equal(2)
  })

  it('[WIN11] a new epoch clears the window, tells it, and cursors of the old one are a gap', async () => {
    await using scene = await createScene(lanes)
    const { window, heard, resets } = await scene.open()
    await scene.log.append(edgeEvents(9))
    const old = window.positions
    const ahead = old.map(({ epoch, seq }) => ({ epoch, seq: seq + 1 }))
    const waiting = window.waitFor(ahead, 5_000)
    await scene.log.resetEpoch()
    await eventually(() => resets.length === lanes)
    expect(await waiting).to.equal(false)
    expect(window.locate(old)).to.deep.equal({ kind: 'gap', reason: 'epoch' })
    expect(held(window)).to.deep.equal([])
    const start = window.positions
    await scene.log.append(edgeEvents(9))
    expect(heard).to.have.length(18)
    expect(window.headIndex).to.equal(17)
    expect(replay(window, start)).to.have.length(9)
  })

  it('[WIN12] of a log that is longer, it is filled with the newest of each lane', async () => {
    await using scene = await createScene(lanes)
    await scene.log.append(edgeEvents(300))
    const { window } = await scene.open({ maxEntries: 30 })
    const heads = await scene.log.heads()
    const near = heads.map(({ epoch, seq }) => ({ epoch, seq: seq - 30 / lanes }))
    expect(replay(window, near)).to.have.length(30)
    const far = heads.map(({ epoch, seq }) => ({ epoch, seq: seq - 30 / lanes - 1 }))
    expect(window.locate(far)).to.deep.equal({ kind: 'gap', reason: 'expired' })
  })

  it('[WIN13] a restart of the process gives the same answers to the same cursors', async () => {
    await using scene = await createScene(lanes)
    const events = edgeEvents(20)
    const marks = await appendOneByOne(scene.log, events)
    await scene.engine.stop()
    const { window } = await scene.open({}, await scene.engine.open())
    for (const [i, from] of marks.entries())
      expect(replay(window, from)).to.have.members(idsOf(events.slice(i).map((event) => ({ event }))))
  })

  it('[WIN14] after close nothing is called back, and who waits is told', async () => {
    await using scene = await createScene(lanes)
    const { window, heard } = await scene.open()
    const waiting = window.waitFor(
      window.positions.map(({ epoch, seq }) => ({ epoch, seq: seq + 1 })),
      5_000,
    )
    await window.close()
    expect(await waiting).to.equal(false)
    await scene.log.append(edgeEvents(3))
    expect(heard).to.deep.equal([])
  })

  it('[WIN15] it tells when the log was last heard', async () => {
    await using scene = await createScene(lanes)
    const { window } = await scene.open()
    await scene.clock.run(1_000)
    expect(window.heardAtMs).to.equal(scene.clock.now())
    scene.clock.advance(500)
    await scene.log.append([edgeEvent({ actor: 1 })])
    expect(window.heardAtMs).to.equal(scene.clock.now())
    expect(laneOf(edgeEvent({ actor: 1 }).subject, lanes)).to.be.lessThan(lanes)
  })
}
