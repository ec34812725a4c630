import { expect } from 'chai'
import { laneOf, type EventLog } from '@skein/event-log'
import type { LogEvent, Position } from '@skein/contracts'
import { eventually, fakeClock, type FakeClock } from '@skein/platform/testing'
import { edgeEvent, edgeEvents, startsOf } from './events.js'
import { record } from './recorder.js'

export interface LogEngineOptions {
  readonly lanes: number
  readonly maxEntries: number
  readonly clock: FakeClock
  /** How often a log looks for what publishing lost. */
  readonly pollMs: number
}

/** One stored log and the processes that have it open. */
export interface LogEngine extends AsyncDisposable {
  /** The log as one more process sees it. */
  open(): Promise<EventLog>
  /** Every process ends. */
  stop(): Promise<void>
  /** Cuts the lanes to `maxEntries`, or lets them be when the engine has done so. */
  trim(log: EventLog): Promise<void>
  /** Begins another epoch, as after the loss of the log. */
  beginEpoch(log: EventLog): Promise<void>
}

export type CreateLogEngine = (options: LogEngineOptions) => Promise<LogEngine>

const pollMs = 1_000

export function eventLogContract(name: string, create: CreateLogEngine): void {
  for (const lanes of [1, 3]) describe(`event log: ${name}, lanes: ${lanes}`, () => suite(create, lanes))
}

function suite(create: CreateLogEngine, lanes: number): void {
  const clock = fakeClock()
  const start = (maxEntries = 1_000): Promise<LogEngine> => create({ lanes, maxEntries, clock, pollMs })
  const inLane = (lane: number, events: readonly LogEvent[]): string[] =>
    events.filter((event) => laneOf(event.subject, lanes) === lane).map((event) => event.id)

  it('[LOG1] append gives each event the next position of the lane of its subject', async () => {
    await using engine = await start()
    const log = await engine.open()
    const before = await log.heads()
    const events = edgeEvents(12)
    const positions = [...(await log.append(events.slice(0, 5))), ...(await log.append(events.slice(5)))]
    const next = before.map(({ seq }) => seq)
    const expected = events.map((event) => {
      const lane = laneOf(event.subject, lanes)
      return { epoch: before[lane]?.epoch, seq: (next[lane] = (next[lane] ?? 0) + 1) }
    })
    expect(positions).to.deep.equal(expected)
    expect((await log.heads()).map(({ seq }) => seq)).to.deep.equal(next)
  })

  it('[LOG2] an appended event can be read at once, as it was, by every process', async () => {
    await using engine = await start()
    const [one, two] = [await engine.open(), await engine.open()]
    const event = edgeEvent({ actor: 7, rev: 3 })
    const [position] = await one.append([event])
    const lane = laneOf(event.subject, lanes)
    for (const log of [one, two]) {
      const result = await log.read(lane, startsOf(await log.heads())[lane] ?? expect.fail('no lane'), 10)
      expect(result).to.have.property('kind', 'entries')
      expect(result).to.have.deep.property('entries', [{ lane, position, event }])
      expect((await log.heads())[lane]).to.deep.equal(position)
    }
  })

  it('[LOG3] appending the same id twice appends once and gives the first position', async () => {
    await using engine = await start()
    const [one, two] = [await engine.open(), await engine.open()]
    const event = edgeEvent({ actor: 7 })
    const again = { ...event, atMs: 9_999 }
    const [first, second] = await one.append([event, again])
    const [third] = await two.append([again])
    expect([second, third]).to.deep.equal([first, first])
    const lane = laneOf(event.subject, lanes)
    const result = await one.read(lane, startsOf(await one.heads())[lane] ?? expect.fail('no lane'), 10)
    expect(result.kind === 'entries' && result.entries.map((entry) => entry.event)).to.deep.equal([event])
  })

  it('[LOG4] read pages through a lane, the oldest first, and tells how far it came', async () => {
    await using engine = await start()
    const log = await engine.open()
    const events = Array.from({ length: 10 }, (_, i) => edgeEvent({ actor: 7, target: i + 1 }))
    const positions = await log.append(events)
    const lane = laneOf(edgeEvent({ actor: 7 }).subject, lanes)
    const ids: string[] = []
    let after = startsOf(await log.heads())[lane] ?? expect.fail('no lane')
    for (let pages = 0; after.seq < 10; pages++) {
      const result = await log.read(lane, after, 4)
      if (result.kind !== 'entries' || pages > 3) throw new Error('no page')
      expect(result.head).to.deep.equal(positions.at(-1))
      ids.push(...result.entries.map((entry) => entry.event.id))
      after = result.upTo
    }
    expect(ids).to.deep.equal(events.map((event) => event.id))
    expect(await log.read(lane, after, 4)).to.deep.equal({ kind: 'entries', entries: [], upTo: after, head: after })
  })

  it('[LOG5] a position that is ahead of the log or of another epoch is told as a gap', async () => {
    await using engine = await start()
    const log = await engine.open()
    await log.append(edgeEvents(3))
    const head = (await log.heads())[0] ?? expect.fail('no lane')
    const ahead = await log.read(0, { epoch: head.epoch, seq: head.seq + 1 }, 10)
    expect(ahead).to.deep.equal({ kind: 'gap', reason: 'ahead', head })
    expect(await log.read(0, { epoch: 'other', seq: 0 }, 10)).to.deep.equal({ kind: 'gap', reason: 'epoch', head })
  })

  it('[LOG6] what is cut off is told as a gap, what is kept is read, and floors say where', async () => {
    await using engine = await start(20)
    const log = await engine.open()
    for (let i = 0; i < 10; i++) await log.append(edgeEvents(30, 1 + i * 30))
    await engine.trim(log)
    const [heads, floors] = [await log.heads(), await log.floors()]
    for (let lane = 0; lane < lanes; lane++) {
      const [head, floor] = [heads[lane] ?? expect.fail(), floors[lane] ?? expect.fail()]
      expect(head.seq - floor.seq).to.be.within(20, 40)
      const whole = await log.read(lane, floor, 1_000)
      expect(whole.kind === 'entries' && whole.entries.length).to.equal(head.seq - floor.seq)
      const cut = await log.read(lane, { epoch: floor.epoch, seq: floor.seq - 1 }, 1_000)
      expect(cut).to.deep.equal({ kind: 'gap', reason: 'trimmed', head })
    }
  })

  it('[LOG7] a tail gets what lies after its start, then what comes, in the order of each lane', async () => {
    await using engine = await start()
    const log = await engine.open()
    const [old, fresh] = [edgeEvents(20), edgeEvents(20, 100)]
    await log.append(old.slice(0, 10))
    const from = await log.heads()
    await log.append(old.slice(10))
    const heard = await record(log, from)
    for (let lane = 0; lane < lanes; lane++) expect(heard.seen(lane).ids).to.deep.equal(inLane(lane, old.slice(10)))
    for (const event of fresh) await log.append([event])
    await eventually(() => heard.entries.length === 30)
    for (let lane = 0; lane < lanes; lane++) {
      expect(heard.seen(lane).ids).to.deep.equal(inLane(lane, [...old.slice(10), ...fresh]))
    }
    expect(heard.fault()).to.equal(undefined)
    expect(heard.tail.positions).to.deep.equal(await log.heads())
  })

  it('[LOG8] tails that start while producers append join without a hole and without a repeat', async () => {
    await using engine = await start(10_000)
    const [one, two] = [await engine.open(), await engine.open()]
    const from = await one.heads()
    await one.append(edgeEvents(1_200))
    const producer = async (log: EventLog, first: number): Promise<void> => {
      for (let i = 0; i < 60; i++) await log.append(edgeEvents(3, first + i * 3))
    }
    const producing = Promise.all([producer(one, 10_000), producer(one, 20_000), producer(two, 30_000)])
    const tails = await Promise.all([one, two, one, two].map((log) => record(log, from)))
    await producing
    await clock.run(pollMs)
    await eventually(() => tails.every((heard) => heard.entries.length === 1_200 + 3 * 180))
    for (const heard of tails) {
      expect(heard.fault()).to.equal(undefined)
      expect(heard.resets).to.deep.equal([])
      expect(heard.seen(0)).to.deep.equal(tails[0]?.seen(0))
    }
  })

  it('[LOG9] a closed tail hears nothing more, and another goes on from its positions', async () => {
    await using engine = await start()
    const log = await engine.open()
    const heard = await record(log, await log.heads())
    await log.append(edgeEvents(5))
    await eventually(() => heard.entries.length === 5)
    await heard.tail.close()
    await log.append(edgeEvents(5, 100))
    const next = await record(log, heard.tail.positions)
    expect(next.entries.map((entry) => entry.event.id)).to.have.members(edgeEvents(5, 100).map((event) => event.id))
    expect(heard.entries).to.have.length(5)
  })

  it('[LOG10] what another process appends is heard after at most one look at the heads', async () => {
    await using engine = await start()
    const [mine, other] = [await engine.open(), await engine.open()]
    const heard = await record(mine, await mine.heads())
    const quietSinceMs = heard.tail.heardAtMs
    await other.append(edgeEvents(6))
    await clock.run(pollMs)
    await eventually(() => heard.entries.length === 6)
    await mine.append(edgeEvents(6, 100))
    await eventually(() => heard.entries.length === 12)
    expect(heard.fault()).to.equal(undefined)
    expect(heard.tail.heardAtMs).to.be.greaterThan(quietSinceMs)
  })

  it('[LOG10] an own append shows at once what another process appended before it', async () => {
    await using engine = await start()
    const [mine, other] = [await engine.open(), await engine.open()]
    const heard = await record(mine, await mine.heads())
    await other.append([edgeEvent({ actor: 7, rev: 1 })])
    await mine.append([edgeEvent({ actor: 7, rev: 2 })])
    await eventually(() => heard.entries.length === 2)
    expect(heard.fault()).to.equal(undefined)
  })

  it('[LOG11] a restart keeps the epoch and every position', async () => {
    await using engine = await start()
    const before = await engine.open()
    const events = edgeEvents(9)
    await before.append(events.slice(0, 4))
    const from = await before.heads()
    await before.append(events.slice(4))
    const heads = await before.heads()
    await engine.stop()
    const after = await engine.open()
    expect(await after.heads()).to.deep.equal(heads)
    const heard = await record(after, from)
    expect(heard.resets).to.deep.equal([])
    expect(heard.entries.map((entry) => entry.event.id)).to.have.members(events.slice(4).map((event) => event.id))
    expect(await after.append([events[0] ?? expect.fail()])).to.deep.equal([await positionOf(after, events[0])])
  })

  it('[LOG12] a new epoch resets every tail of every process, which then goes on in it', async () => {
    await using engine = await start()
    const [mine, other] = [await engine.open(), await engine.open()]
    await mine.append(edgeEvents(9))
    const old = await mine.heads()
    const tails = [await record(mine, old), await record(other, old)]
    await engine.beginEpoch(mine)
    await clock.run(pollMs)
    await eventually(() => tails.every((heard) => heard.resets.length === lanes))
    await mine.append(edgeEvents(9, 50))
    await clock.run(pollMs)
    await eventually(() => tails.every((heard) => heard.entries.length === 9))
    const heads = await mine.heads()
    for (const [lane, head] of heads.entries()) expect(head.epoch).to.not.equal(old[lane]?.epoch)
    for (const heard of tails) {
      expect(heard.fault()).to.equal(undefined)
      expect(heard.tail.positions).to.deep.equal(heads)
    }
    const late = await record(mine, old)
    expect(late.resets.map(({ lane, position }) => ({ lane, position }))).to.have.deep.members(
      heads.map((position, lane) => ({ lane, position })),
    )
    expect(late.entries).to.deep.equal([])
  })

  it('[LOG13] a tail that starts below what the log keeps is reset to the head and goes on', async () => {
    await using engine = await start(20)
    const log = await engine.open()
    const from = await log.heads()
    for (let i = 0; i < 10; i++) await log.append(edgeEvents(30, 1 + i * 30))
    await engine.trim(log)
    const heard = await record(log, from)
    expect(heard.resets).to.have.length(lanes)
    expect(heard.tail.positions).to.deep.equal(await log.heads())
    await log.append(edgeEvents(6, 5_000))
    await eventually(() => heard.entries.length === 6)
    expect(heard.fault()).to.equal(undefined)
  })

  it('[LOG14] heads are never behind what an append resolved with', async () => {
    await using engine = await start()
    const [one, two] = [await engine.open(), await engine.open()]
    for (let i = 0; i < 30; i++) {
      const event = edgeEvent({ actor: i + 1 })
      const [position] = await (i % 2 === 0 ? one : two).append([event])
      for (const log of [one, two]) expect((await log.heads())[laneOf(event.subject, lanes)]).to.deep.equal(position)
    }
  })

  it('[LOG15] an empty append gives nothing, and a closed log starts no tail', async () => {
    await using engine = await start()
    const log = await engine.open()
    expect(await log.append([])).to.deep.equal([])
    const from = await log.heads()
    await log.close()
    expect(
      await record(log, from).then(
        () => 'started',
        () => 'refused',
      ),
    ).to.equal('refused')
  })

  async function positionOf(log: EventLog, event: LogEvent | undefined): Promise<Position | undefined> {
    if (event === undefined) return undefined
    const lane = laneOf(event.subject, lanes)
    const result = await log.read(lane, startsOf(await log.heads())[lane] ?? expect.fail('no lane'), 1_000)
    return result.kind === 'entries' ? result.entries.find((entry) => entry.event.id === event.id)?.position : undefined
  }
}
