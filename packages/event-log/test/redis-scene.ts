import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { AppError, type Position } from '@skein/contracts'
import { laneOf, type EventLog } from '@skein/event-log'
import { eventually } from '@skein/platform/testing'
import { startRedis, type TestRedis, type TestRedisOptions } from '@skein/platform/testing/redis'
import { edgeEvent } from './events.js'
import { record, type Recorder } from './recorder.js'
import { openRedisLog, type OpenedLog } from './redis-engine.js'

const writers = 3
const lanes = 3
/** Heartbeats after a quarter to half a second, a look after a second of silence. */
const pollMs = 250
const patienceMs = 20_000

/** Producers that repeat each append until it is acknowledged, and a reader's tail, on a Redis that the test makes suffer. */
export interface Scene extends AsyncDisposable {
  readonly server: TestRedis
  readonly producer: OpenedLog
  readonly reader: OpenedLog
  readonly heard: Recorder
  /** Codes of what appends failed with. */
  readonly failures: ReadonlySet<string>
  /** Resolves once so many more appends were acknowledged. */
  written(count: number): Promise<void>
  /** Ends the writers, waits for the tail and fails on a hole, a repeat, or an acknowledged event that it did not hear. */
  settle(): Promise<Position[]>
}

export async function createScene(options: TestRedisOptions = {}, maxEntries = 100_000): Promise<Scene> {
  const server = await startRedis(options)
  const producer = await openRedisLog(server.url, { lanes, maxEntries, pollMs })
  const reader = await openRedisLog(server.url, { lanes, maxEntries, pollMs, role: 'reader' })
  const heard = await record(reader.log, await reader.log.heads())
  const acknowledged: Acknowledged[] = []
  const failures = new Set<string>()
  const run = { isWriting: true }
  const writing = Promise.all(Array.from({ length: writers }, (_, i) => writeOn((i + 1) * 1_000_000)))

  async function writeOn(firstActor: number): Promise<void> {
    for (let actor = firstActor; run.isWriting; actor++) {
      const position = await appendUntilAcknowledged(producer.log, actor)
      if (position === undefined) continue
      const { id, subject } = edgeEvent({ actor })
      acknowledged.push({ lane: laneOf(subject, lanes), position, id })
      await wait(1)
    }
  }

  /** undefined when the writers were ended meanwhile. */
  async function appendUntilAcknowledged(log: EventLog, actor: number): Promise<Position | undefined> {
    while (run.isWriting) {
      try {
        const [position] = await log.append([edgeEvent({ actor })])
        return position
      } catch (error) {
        failures.add(error instanceof AppError ? error.code : String(error))
        await wait(20)
      }
    }
    return undefined
  }

  async function written(count: number): Promise<void> {
    const before = acknowledged.length
    await eventually(() => acknowledged.length >= before + count, patienceMs)
  }

  async function settle(): Promise<Position[]> {
    await eventually(async () => {
      const heads = await producer.log.heads()
      expect(heard.tail.positions.map(({ epoch }) => epoch)).to.deep.equal(heads.map(({ epoch }) => epoch))
    }, patienceMs)
    await written(20)
    run.isWriting = false
    await writing
    const heads = await eventually(() => producer.log.heads(), patienceMs)
    await eventually(() => expect(heard.tail.positions).to.deep.equal(heads), patienceMs)
    expect(heard.fault()).to.equal(undefined)
    const checked = [...heads.entries()].map(([lane, head]) => checkLane(heard, lane, head, acknowledged))
    expect(checked.reduce((sum, count) => sum + count)).to.be.greaterThan(0)
    return heads
  }

  return {
    server,
    producer,
    reader,
    heard,
    failures,
    written,
    settle,
    [Symbol.asyncDispose]: async () => {
      run.isWriting = false
      await writing
      await producer[Symbol.asyncDispose]()
      await reader[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

interface Acknowledged {
  readonly lane: number
  readonly position: Position
  readonly id: string
}

/** How many acknowledged events of the head's epoch it was held to. */
function checkLane(heard: Recorder, lane: number, head: Position, acknowledged: readonly Acknowledged[]): number {
  const { from, ids } = heard.seen(lane)
  expect(from.epoch).to.equal(head.epoch)
  expect(new Set(ids).size).to.equal(ids.length)
  const due = acknowledged.filter(
    ({ lane: own, position }) => own === lane && position.epoch === head.epoch && position.seq > from.seq,
  )
  for (const { position, id } of due) expect(ids[position.seq - from.seq - 1]).to.equal(id)
  return due.length
}
