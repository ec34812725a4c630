import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { AppError, type Positions } from '@skein/contracts'
import { createWindow, type EventLog, type Window } from '@skein/event-log'
import { systemClock } from '@skein/platform'
import { eventually } from '@skein/platform/testing'
import { laneKeys } from '@skein/event-log/redis'
import { requireRedis } from '@skein/platform/testing/redis'
import { edgeEvents } from './events.js'
import { createScene, type Scene } from './redis-scene.js'

async function openWindow(log: EventLog): Promise<{ window: Window; resets: () => number }> {
  let resets = 0
  const options = { maxEntries: 10_000, maxBytes: 10_000_000, clock: systemClock }
  const window = await createWindow(log, { ...options, onEntry: () => undefined, onReset: () => void resets++ })
  return { window, resets: () => resets }
}

function epochsOf(positions: Positions): string[] {
  return positions.map(({ epoch }) => epoch)
}

/** No lane goes on in an epoch that it had, the tail was told, and a client that comes with an old cursor is told. */
async function expectNewEpochs(
  scene: Scene,
  before: Positions,
  { window, resets }: Awaited<ReturnType<typeof openWindow>>,
) {
  const heads = await scene.settle()
  expect(epochsOf(before).filter((epoch) => epochsOf(heads).includes(epoch))).to.deep.equal([])
  expect(new Set(scene.heard.resets.map(({ lane }) => lane)).size).to.equal(heads.length)
  await eventually(() => expect(window.positions).to.deep.equal(heads), 10_000)
  expect(window.locate(before)).to.deep.equal({ kind: 'gap', reason: 'epoch' })
  expect(window.locate(heads)).to.deep.equal({ kind: 'found', index: window.headIndex })
  expect(resets()).to.be.at.least(heads.length)
  for (const [lane, position] of before.entries())
    expect(await scene.reader.log.read(lane, position, 10)).to.include({ kind: 'gap', reason: 'epoch' })
}

describe('event log: Redis that suffers', function () {
  this.timeout(60_000)
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)

  before(function () {
    requireRedis(this)
    process.on('unhandledRejection', note)
  })
  after(() => void process.off('unhandledRejection', note))
  afterEach(() => expect(unhandled.splice(0)).to.deep.equal([]))

  it('[RLG10] cut connections cost no event: no hole, no repeat, the same epoch', async () => {
    await using scene = await createScene()
    await scene.written(20)
    const before = await scene.producer.log.heads()
    for (let cut = 0; cut < 5; cut++) {
      for (const type of ['normal', 'pubsub'])
        await scene.producer.redis.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'no').catch(() => undefined)
      await scene.written(20)
    }
    expect(epochsOf(await scene.settle())).to.deep.equal(epochsOf(before))
    expect(scene.heard.resets).to.deep.equal([])
    expect([...scene.failures].filter((code) => code !== 'delayed')).to.deep.equal([])
  })

  it('[RLG11] while Redis stands still appends are delayed, afterwards all goes on in the same epoch', async () => {
    await using scene = await createScene()
    await scene.written(20)
    const before = await scene.producer.log.heads()
    for (const pausedMs of [2_500, 6_500]) {
      scene.server.pause()
      const refused = await Promise.all(
        edgeEvents(500, pausedMs).map((event) => outcomeOf(scene.producer.log, [event])),
      )
      expect(new Set(refused)).to.deep.equal(new Set(['delayed']))
      await wait(pausedMs - 1_000)
      scene.server.resume()
      await scene.written(20)
    }
    expect(epochsOf(await scene.settle())).to.deep.equal(epochsOf(before))
    expect(scene.heard.resets).to.deep.equal([])
  })

  it('[RLG12] killed and started empty, a new epoch begins by itself: tails and windows are told and go on', async () => {
    await using scene = await createScene()
    await scene.written(50)
    const opened = await openWindow(scene.reader.log)
    const before = await scene.producer.log.heads()
    await scene.server.kill()
    const refused = await Promise.all(edgeEvents(500).map((event) => outcomeOf(scene.producer.log, [event])))
    expect(new Set(refused)).to.deep.equal(new Set(['delayed']))
    await scene.server.start()
    await scene.written(50)
    await expectNewEpochs(scene, before, opened)
    await opened.window.close()
  })

  it('[RLG12] a restart that lost nothing begins a new epoch all the same', async () => {
    await using scene = await createScene({ aof: 'always' })
    await scene.written(50)
    const opened = await openWindow(scene.reader.log)
    await scene.producer.redis.set('marker', 'kept')
    const before = await scene.producer.log.heads()
    await scene.server.kill()
    await scene.server.start()
    await scene.written(50)
    expect(await scene.producer.redis.get('marker')).to.equal('kept')
    await expectNewEpochs(scene, before, opened)
    await opened.window.close()
  })

  it('[RLG12] an older data file put back begins a new epoch: no old position is taken for a new one', async () => {
    await using scene = await createScene({ aof: 'always' })
    await scene.written(50)
    const [data, copy] = [join(scene.server.dir, 'appendonlydir'), join(scene.server.dir, 'copy')]
    await scene.producer.redis.set('marker', 'older')
    await cp(data, copy, { recursive: true })
    await scene.producer.redis.set('marker', 'newer')
    await scene.written(50)
    const opened = await openWindow(scene.reader.log)
    const before = await scene.producer.log.heads()
    await scene.server.kill()
    await rm(data, { recursive: true })
    await cp(copy, data, { recursive: true })
    await scene.server.start()
    await scene.written(50)
    expect(await scene.producer.redis.get('marker')).to.equal('older')
    await expectNewEpochs(scene, before, opened)
    await opened.window.close()
  })

  it('[RLG12] emptied while it runs, a new epoch begins by itself', async () => {
    await using scene = await createScene()
    await scene.written(50)
    const opened = await openWindow(scene.reader.log)
    const before = await scene.producer.log.heads()
    await scene.producer.redis.flushall()
    await scene.written(50)
    await expectNewEpochs(scene, before, opened)
    await opened.window.close()
  })

  it('[RLG13] a subscriber that is too slow, and is cut off for it, misses nothing', async () => {
    await using scene = await createScene()
    await scene.written(20)
    const { subscriber } = scene.reader
    const id = await subscriber.client('ID')
    let isCut = false
    subscriber.once('close', () => (isCut = true))
    await scene.producer.redis.config('SET', 'client-output-buffer-limit', 'pubsub 65536 0 0')
    subscriber.stream.pause()
    await eventually(async () => {
      await scene.producer.log.append(edgeEvents(2_000, Math.floor(Math.random() * 1e9) + 10_000_000))
      return !String(await scene.producer.redis.client('LIST', 'TYPE', 'PUBSUB')).includes(`id=${String(id)} `)
    }, 20_000)
    subscriber.stream.resume()
    await eventually(() => isCut, 10_000)
    await scene.settle()
    expect(scene.heard.resets).to.deep.equal([])
  })

  it('[RLG14] a subscription that is refused after a cut is tried again, and never ends the process', async () => {
    await using scene = await createScene()
    await scene.written(20)
    let isBack = false
    scene.reader.subscriber.once('ready', () => (isBack = true))
    // Cuts who listens, and refuses what the driver then repeats by itself.
    await scene.producer.redis.call('ACL', 'SETUSER', 'default', 'resetchannels')
    await eventually(() => isBack, 10_000)
    const refused = await scene.reader.subscriber.subscribe('any').catch((error: unknown) => String(error))
    expect(refused).to.contain('NOPERM')
    await scene.producer.redis.call('ACL', 'SETUSER', 'default', 'allchannels')
    await scene.written(20)
    await scene.settle()
    const { channel } = laneKeys('skein', 0)
    expect(await scene.producer.redis.pubsub('NUMSUB', channel)).to.deep.equal([channel, 1])
  })
})

async function outcomeOf(log: EventLog, events: Parameters<EventLog['append']>[0]): Promise<string> {
  try {
    await log.append(events)
    return 'appended'
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
}
