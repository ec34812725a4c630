import { expect } from 'chai'
import { laneKeys } from '@skein/event-log/redis'
import { silentLogger } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { eventually, fakeClock } from '@skein/platform/testing'
import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import type { Redis } from 'ioredis'
import { edgeEvent, edgeEvents, startsOf } from './events.js'
import { record } from './recorder.js'
import { openRedisLog, timeoutsOfTheMachine, type OpenedLog, type OpenLogOptions } from './redis-engine.js'

describe('event log: hearing Redis', function () {
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

  /** Processes of one log with one lane; time moves for the producer and for the readers apart. */
  function arrange() {
    const prefix = `tail${logs++}`
    const clocks = { producer: fakeClock(), reader: fakeClock() }
    const open = (role: 'producer' | 'reader', options: Partial<OpenLogOptions> = {}): Promise<OpenedLog> => {
      const clock = timeoutsOfTheMachine(clocks[role])
      return openRedisLog(server.url, { lanes: 1, maxEntries: 1_000, prefix, clock, role, ...options })
    }
    return { keys: laneKeys(prefix, 0), clocks, open }
  }

  const subscribers = async (channel: string): Promise<unknown> => (await admin.pubsub('NUMSUB', channel))[1]

  it('[RLG7] what this version does not know is passed over and counted, heard live or read', async () => {
    const { keys, open } = arrange()
    await using producer = await open('producer')
    await using reader = await open('reader')
    const start = await reader.log.heads()
    const heard = await record(reader.log, start)
    const later = { ...edgeEvent({ actor: 2 }), kind: 'of a later version' }
    const events = [edgeEvent({ actor: 1 }), later, edgeEvent({ actor: 3 })]
    await producer.log.append(events as typeof events & ReturnType<typeof edgeEvents>)
    await eventually(() => expect(heard.tail.positions[0]?.seq).to.equal(3))
    expect(heard.entries.map(({ position }) => position.seq)).to.deep.equal([1, 3])
    const head = { epoch: start[0]?.epoch ?? '', seq: 5 }
    await admin.xadd(keys.stream, '4-0', 'id', 'x', 'event', '{"not": "whole"')
    await admin.xadd(keys.stream, '5-0', 'other', 'fields')
    await admin.hset(keys.meta, 'head', 5)
    expect(await reader.log.read(0, { ...head, seq: 3 }, 10)).to.deep.include({ entries: [], upTo: head, head })
    await producer.log.append([edgeEvent({ actor: 6 })])
    await eventually(() => expect(heard.entries.map(({ position }) => position.seq)).to.deep.equal([1, 3, 6]))
    expect(heard.resets).to.deep.equal([])
  })

  it('[RLG7] what is not of the log on its channel is ignored', async () => {
    const { keys, open } = arrange()
    await using producer = await open('producer')
    const heard = await record(producer.log, await producer.log.heads())
    for (const junk of [
      '',
      '{',
      'null',
      '[]',
      '{"epoch":"e"}',
      '{"epoch":"e","seq":1,"events":[]}',
      '{"epoch":7,"head":1}',
    ])
      await admin.publish(keys.channel, junk)
    await producer.log.append(edgeEvents(3))
    await eventually(() => heard.entries.length === 3)
    expect([heard.resets, heard.fault()]).to.deep.equal([[], undefined])
  })

  it('[RLG8] entries that are missing though the log kept them are a gap, never passed over', async () => {
    const { keys, open } = arrange()
    await using producer = await open('producer')
    await producer.log.append(edgeEvents(10))
    const [head] = await producer.log.heads()
    const [start] = startsOf([head ?? expect.fail()])
    await admin.xdel(keys.stream, '5-0')
    for (const limit of [5, 10, 100])
      expect(await producer.log.read(0, start ?? expect.fail(), limit)).to.deep.equal({
        kind: 'gap',
        reason: 'trimmed',
        head,
      })
    expect(await producer.log.read(0, { epoch: head?.epoch ?? '', seq: 5 }, 100)).to.have.property('kind', 'entries')
    expect(await producer.log.read(0, start ?? expect.fail(), 4)).to.have.property('kind', 'entries')
    await admin.del(keys.stream)
    expect(await producer.log.read(0, start ?? expect.fail(), 4)).to.deep.equal({
      kind: 'gap',
      reason: 'trimmed',
      head,
    })
  })

  it('[RLG9] a lost last message is found by the next heartbeat', async () => {
    const { keys, clocks, open } = arrange()
    await using producer = await open('producer')
    await using reader = await open('reader')
    const heard = await record(reader.log, await reader.log.heads())
    await reader.subscriber.unsubscribe(keys.channel)
    await producer.log.append(edgeEvents(3))
    await reader.subscriber.subscribe(keys.channel)
    await reader.log.heads()
    expect(heard.entries).to.deep.equal([])
    await clocks.producer.run(2_000)
    await eventually(() => heard.entries.length === 3)
    expect(heard.fault()).to.equal(undefined)
  })

  it('[RLG9] a lost subscription is found after four silent looks, read over and made again', async () => {
    const { keys, clocks, open } = arrange()
    await using producer = await open('producer')
    await using reader = await open('reader')
    const heard = await record(reader.log, await reader.log.heads())
    await reader.subscriber.unsubscribe(keys.channel)
    await producer.log.append(edgeEvents(3))
    await clocks.reader.run(3_000)
    expect([heard.entries, await subscribers(keys.channel)]).to.deep.equal([[], 0])
    await clocks.reader.run(1_000)
    await eventually(() => heard.entries.length === 3)
    expect(await subscribers(keys.channel)).to.equal(1)
    await producer.log.append(edgeEvents(3, 100))
    await eventually(() => heard.entries.length === 6)
    expect(heard.fault()).to.equal(undefined)
  })

  it('[RLG15] a quiet lane gets heartbeats, a lane that is appended to none', async () => {
    const { keys, clocks, open } = arrange()
    await using producer = await open('producer')
    const listener = admin.duplicate()
    const messages: string[] = []
    listener.on('message', (_channel, text) => void messages.push(text))
    await whenRedisReady(listener, 10_000)
    await listener.subscribe(keys.channel)
    const beats = (): number => messages.filter((text) => text.includes('"head":')).length
    for (let second = 0; second < 5; second++) {
      await clocks.producer.run(900)
      await producer.log.append(edgeEvents(1, 1 + second))
      await clocks.producer.run(100)
    }
    await eventually(() => messages.length === 5)
    expect(beats()).to.equal(0)
    for (let second = 0; second < 3; second++) {
      const before = beats()
      await clocks.producer.run(2_000)
      await eventually(() => beats() > before)
    }
    const [head] = await producer.log.heads()
    expect(messages.at(-1)).to.equal(JSON.stringify({ epoch: head?.epoch, head: 5 }))
    listener.disconnect()
  })

  it('[RLG17] the keys and the channel of a lane share one hash tag, lanes do not', () => {
    const tags = [0, 1, 2].map((lane) => {
      const all = Object.values(laneKeys('any', lane)).map((key) => /\{([^{}]+)\}/.exec(String(key))?.[1])
      expect(new Set(all).size).to.equal(1)
      return all[0]
    })
    expect(new Set(tags).size).to.equal(3)
  })
})
