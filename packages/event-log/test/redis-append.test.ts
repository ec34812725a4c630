import { expect } from 'chai'
import { AppError } from '@skein/contracts'
import { laneOf, type EventLog } from '@skein/event-log'
import { laneKeys } from '@skein/event-log/redis'
import { silentLogger } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { eventually, fakeClock } from '@skein/platform/testing'
import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import type { Redis } from 'ioredis'
import { edgeEvent, edgeEvents, startsOf } from './events.js'
import { record } from './recorder.js'
import { openRedisLog, timeoutsOfTheMachine, type OpenedLog, type OpenLogOptions } from './redis-engine.js'

describe('event log: appending to Redis', function () {
  this.timeout(30_000)
  let server: TestRedis
  let admin: Redis
  let logs = 0

  before(async function () {
    requireRedis(this)
    server = await startRedis()
    admin = openRedis({ url: server.url, name: 'admin', log: silentLogger, whenAway: 'fail' })
    await whenRedisReady(admin, 10_000)
  })
  after(async () => {
    admin?.disconnect()
    await server?.[Symbol.asyncDispose]()
  })

  /** On a clock that stands still: nothing is sent but what the test asks for. */
  function open(options: Partial<OpenLogOptions> = {}): Promise<OpenedLog> {
    const clock = timeoutsOfTheMachine(fakeClock())
    return openRedisLog(server.url, { lanes: 1, maxEntries: 100_000, prefix: `append${logs++}`, clock, ...options })
  }

  async function commandsDuring(work: () => Promise<unknown>): Promise<{ scripts: number; messages: number }> {
    await admin.config('RESETSTAT')
    await work()
    const stats = await admin.info('commandstats')
    const calls = (name: string): number => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
    return { scripts: calls('eval') + calls('evalsha'), messages: calls('publish') }
  }

  it('[RLG1] one append is one call and one message', async () => {
    await using one = await open()
    for (const count of [1, 1, 200]) {
      const append = () => one.log.append(edgeEvents(count, 1 + Math.floor(Math.random() * 1e9)))
      expect(await commandsDuring(append)).to.deep.equal({ scripts: 1, messages: 1 })
    }
    expect(await commandsDuring(() => one.log.append([]))).to.deep.equal({ scripts: 0, messages: 0 })
  })

  it('[RLG1] what gathers while a call is in flight leaves as one call and one message', async () => {
    await using one = await open()
    const heard = await record(one.log, await one.log.heads())
    const append = async () => {
      const waiting = [one.log.append(edgeEvents(1))]
      await Promise.resolve().then(() => undefined)
      for (const event of edgeEvents(200, 1_000)) waiting.push(one.log.append([event]))
      return Promise.all(waiting)
    }
    expect(await commandsDuring(append)).to.deep.equal({ scripts: 2, messages: 2 })
    await eventually(() => heard.entries.length === 201)
    expect(heard.fault()).to.equal(undefined)
  })

  it('[RLG1] a repeat is a call without a message', async () => {
    await using one = await open()
    const append = () => one.log.append(edgeEvents(3))
    await append()
    expect(await commandsDuring(append)).to.deep.equal({ scripts: 1, messages: 0 })
  })

  it('[RLG2] whatever became of an append that was delayed, the same events again are appended once', async () => {
    await using own = await startRedis()
    await using one = await openRedisLog(own.url, { lanes: 3, maxEntries: 1_000 })
    const events = edgeEvents(30)
    await one.log.append(events.slice(0, 10))
    own.pause()
    expect(await codeOf(one.log.append(events))).to.equal('delayed')
    own.resume()
    const positions = await eventually(() => one.log.append(events), 10_000)
    expect(await one.log.append(events)).to.deep.equal(positions)
    const heads = await one.log.heads()
    expect(heads.reduce((sum, { seq }) => sum + seq, 0)).to.equal(30)
    for (const [i, { id, subject }] of events.entries()) {
      const lane = laneOf(subject, 3)
      const result = await one.log.read(lane, startsOf(heads)[lane] ?? expect.fail(), 100)
      const found = result.kind === 'entries' ? result.entries.filter(({ event }) => event.id === id) : []
      expect(found.map(({ position }) => position)).to.deep.equal([positions[i]])
    }
  })

  it('[RLG2] while Redis is away every append is delayed, those that wait too', async () => {
    const own = await startRedis()
    await using one = await openRedisLog(own.url, { lanes: 1, maxEntries: 1_000 })
    await own[Symbol.asyncDispose]()
    const codes = await Promise.all(edgeEvents(2_000).map((event) => codeOf(one.log.append([event]))))
    expect(new Set(codes)).to.deep.equal(new Set(['delayed']))
    expect(await codeOf(one.log.heads())).to.equal('unavailable')
  })

  it('[RLG3] a full queue refuses, and what waits in it is appended', async () => {
    await using one = await open()
    const waiting = one.log.append(edgeEvents(10_000))
    const refused = await one.log.append(edgeEvents(1, 50_000)).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'overloaded', retryAfterMs: 1_000 })
    expect((await waiting).map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 10_000 }, (_, i) => i + 1))
    expect(await one.log.append(edgeEvents(1, 50_000))).to.have.nested.property('[0].seq', 10_001)
  })

  it('[RLG4] a lane is cut to its cap with a floor that is exact, and ids go with their entries', async () => {
    const prefix = `append${logs++}`
    await using one = await open({ prefix, maxEntries: 160 })
    const { stream, ids } = laneKeys(prefix, 0)
    for (let i = 0; i < 60; i++) {
      await one.log.append(edgeEvents(1 + (i % 25), 1 + i * 100))
      const [head, floor] = [(await one.log.heads())[0], (await one.log.floors())[0]]
      const kept = (head?.seq ?? 0) - (floor?.seq ?? 0)
      expect(kept).to.be.within(Math.min(160, head?.seq ?? 0), 170)
      expect([await admin.xlen(stream), await admin.hlen(ids)]).to.deep.equal([kept, kept])
    }
    expect((await one.log.floors())[0]?.seq).to.be.greaterThan(400)
  })

  it('[RLG5] another number of lanes is refused', async () => {
    const prefix = `append${logs++}`
    await using first = await open({ prefix, lanes: 3 })
    await first.log.append(edgeEvents(3))
    const refused = await open({ prefix, lanes: 1 }).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'internal' }).and.to.have.property('message').that.contains('3 lanes, not 1')
  })

  it('[RLG6] a reader opens no epoch, sends no heartbeat and does not append', async () => {
    const prefix = `append${logs++}`
    const clock = fakeClock()
    await using reader = await open({ prefix, role: 'reader', clock: timeoutsOfTheMachine(clock) })
    expect(await codeOf(reader.log.heads())).to.equal('unavailable')
    expect(await codeOf(reader.log.read(0, { epoch: 'e', seq: 0 }, 1))).to.equal('unavailable')
    expect(await codeOf(reader.log.append(edgeEvents(1)))).to.equal('internal')
    await clock.run(5_000)
    expect(await admin.exists(laneKeys(prefix, 0).meta)).to.equal(0)
    await using producer = await open({ prefix })
    expect(await reader.log.heads()).to.deep.equal(await producer.log.heads())
  })

  it('[RLG16] opened while Redis is away, it works as soon as Redis is there', async () => {
    const gone = await startRedis()
    const { url, port } = gone
    await gone[Symbol.asyncDispose]()
    await using one = await openRedisLog(url, { lanes: 1, maxEntries: 1_000 })
    expect(await codeOf(one.log.append(edgeEvents(1)))).to.equal('delayed')
    await using back = await startRedis({ port })
    await eventually(() => one.log.append(edgeEvents(1)), 10_000)
    expect(back.port).to.equal(port)
    expect((await one.log.heads())[0]?.seq).to.equal(1)
  })

  it('[RLG16] closing awaits the appends in flight and refuses what comes after', async () => {
    await using one = await open()
    let isDone = false
    const appending = one.log.append(edgeEvents(1_000)).then(() => (isDone = true))
    await one.log.close()
    await appending
    expect(isDone).to.equal(true)
    expect(await codeOf(one.log.append([edgeEvent({ actor: 9_999 })]))).to.equal('unavailable')
    await one.log.close()
  })
})

async function codeOf(work: ReturnType<EventLog['append' | 'heads' | 'read']>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
}
