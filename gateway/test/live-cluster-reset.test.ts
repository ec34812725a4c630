import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Handle, type RelationEvent, type UserId } from '@skein/contracts'
import type { WindowOptions } from '@skein/event-log'
import { createEndedSessions, silentLogger, systemClock, systemRandom, type Clock, type Random } from '@skein/platform'
import { eventually, fakeClock } from '@skein/platform/testing'
import { expect } from 'chai'
import { createLive } from '../src/live/create-live.js'
import type { LiveConfig, LiveDeps } from '../src/live/deps.js'
import { createHearingCheck } from '../src/live/hearing.js'
import { LogReset } from '../src/live/log-reset.js'
import { ViewerRegistry } from '../src/live/viewers.js'
import { FakeWindow, noMetrics, posted, settle, Stage, user } from './live/support.js'
import { openTestClient, type TestClient } from './live-cluster-support.js'

const soon = 20_000
const home = { kind: 'home', key: '' } as const
const noRandom: Random = { next: () => 0, bytes: (n) => new Uint8Array(n) }

/** A reset over a stage whose time stands still. */
function resetOver(stage: Stage, clock: Clock): LogReset {
  return new LogReset({ lanes: 3, hub: stage.hub, viewers: stage.viewers, clock, random: noRandom, log: silentLogger })
}

describe('a log that begins anew', function () {
  this.timeout(60_000)

  it('[ADP12] lanes that begin anew one after another are one gap, and what came meanwhile is behind its cursor', async () => {
    const stage = new Stage()
    stage.follows.set(1, [2])
    const clock = fakeClock()
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    stage.emit(posted(1, 2))
    await settle()
    const reset = resetOver(stage, clock)
    for (const epoch of ['f', 'g', 'h']) {
      stage.window.epoch = epoch
      reset.begin()
      stage.emit(posted(stage.window.entries.length + 1, 2))
      stage.nowMs += 30_000
      stage.hub.sendCursors(20_000)
      await clock.run(50)
    }
    await settle()
    expect(reader.events.map((event) => event.type)).to.deep.equal(['post'])
    await clock.run(10_000)
    stage.emit(posted(9, 2))
    await settle()
    expect(reader.events.map((event) => event.type)).to.deep.equal(['post', 'gap', 'post'])
    expect(reader.of('gap')[0]).to.deep.include({ reason: 'epoch', cursor: 's1.h-4' })
    expect(reader.lines).to.deep.equal(['post 1', 'post 9'])
  })

  it('[ADP12] nothing is delivered by a graph that could not be read yet, however often it fails', async () => {
    const stage = new Stage()
    stage.follows.set(1, [2])
    const clock = fakeClock()
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    const reads = stage.loads.length
    stage.viewersAreAway = true
    const reset = resetOver(stage, clock)
    reset.begin()
    stage.follows.set(1, [3])
    stage.emit(posted(1, 2))
    await clock.run(30_000)
    expect(stage.loads.length - reads).to.be.within(10, 60)
    expect(reader.events).to.deep.equal([])
    stage.viewersAreAway = false
    await clock.run(5_000)
    stage.emit(posted(2, 2), posted(3, 3))
    await settle()
    expect(reader.events.map((event) => event.type)).to.deep.equal(['gap', 'post'])
    expect(reader.lines).to.deep.equal(['post 3'])
  })

  it('[ADP12] a viewer whose state was being read when the log began anew is read again', async () => {
    const window = new FakeWindow()
    const answers: ((follows: UserId[]) => void)[] = []
    const viewers = new ViewerRegistry({
      load: async (ids) => {
        const follows = await new Promise<UserId[]>((answer) => void answers.push(answer))
        return ids.map((userId) => ({
          userId,
          follows: follows.map((id) => ({ id, rev: 1 })),
          blocking: [],
          blockedBy: [],
          mutes: [],
        }))
      },
      headIndex: () => window.headIndex,
      relationsAfter: (): RelationEvent[] => [],
    })
    const acquired = viewers.acquire(user(1))
    await eventually(() => expect(answers).to.have.length(1))
    await viewers.reload(() => Promise.reject(new Error('not wanted')))
    answers[0]?.([user(2)])
    await eventually(() => expect(answers).to.have.length(2))
    answers[1]?.([user(3)])
    expect((await acquired).follows(user(3))).to.equal(true)
    expect((await acquired).follows(user(2))).to.equal(false)
  })

  it('[ADP13] a paused socket holds no more than it held, hears gap, and gets everything behind it once drained', async () => {
    const stage = new Stage()
    stage.follows.set(1, [2])
    const clock = fakeClock()
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    for (let n = 1; !reader.socket.paused; n++) {
      stage.emit(posted(n, 2, { text: 'x'.repeat(10_000) }))
      await settle(3)
    }
    const heldBytes = reader.socket.queuedBytes
    resetOver(stage, clock).begin()
    await clock.run(5_000)
    for (let n = 1_000; n < 1_100; n++) stage.emit(posted(n, 2, { text: `after ${n} ${'y'.repeat(10_000)}` }))
    await settle()
    expect(reader.socket.queuedBytes).to.be.below(heldBytes + 1_000)
    for (let i = 0; i < 40; i++) {
      reader.drain()
      await settle(10)
    }
    expect(reader.of('gap')).to.have.length(1)
    const after = reader.lines.filter((text) => text.startsWith('after')).map((text) => Number(text.split(' ')[1]))
    expect(after).to.deep.equal(Array.from({ length: 100 }, (_, i) => 1_000 + i))
  })

  it('[ADP12] 500 sockets of 250 people: each hears one gap; people are read in three calls, never two at once', async () => {
    const batches: number[] = []
    let running = 0
    let most = 0
    await using crowd = await openCrowd(async (count) => {
      batches.push(count)
      most = Math.max(most, ++running)
      await new Promise((go) => setTimeout(go, 20))
      running--
    })
    const clients: TestClient[] = []
    for (let n = 0; n < 500; n++) clients.push(crowd.connect(n % 250))
    await eventually(() => expect(clients.filter(({ socket }) => socket.connected)).to.have.length(500), soon)
    for (const client of clients) await client.subscribe('home')
    batches.length = most = 0
    crowd.beginAnew()
    await eventually(() => expect(clients.filter((c) => c.of('gap').length > 0)).to.have.length(500), soon)
    expect(batches.toSorted((a, b) => a - b)).to.deep.equal([50, 100, 100])
    expect(most).to.equal(1)
    crowd.put(posted(1, 2))
    await eventually(() => expect(clients.filter((c) => c.texts().length === 1)).to.have.length(500), soon)
    expect(clients.filter((c) => c.of('gap').length !== 1 || c.gone !== null)).to.deep.equal([])
  })
})

/** A live gateway over a window that the test fills, for people who all follow person 2. */
async function openCrowd(onViewers: (count: number) => Promise<void>) {
  const http = createServer()
  const window = new FakeWindow()
  let options: WindowOptions | undefined
  const config: LiveConfig = {
    origins: [],
    maxSockets: 10_000,
    maxSocketsPerIp: 10_000,
    maxSocketsPerUser: 10,
    callBurst: 100,
    callsPerSecond: 100,
    openFeedPostsPerSecond: 1_000,
    windowMaxEntries: 10_000,
    windowMaxBytes: 10_000_000,
    trustProxy: false,
    drainGraceMs: 10,
  }
  const live = createLive(http, config, {
    openWindow: async (given: WindowOptions) => {
      options = given
      return window
    },
    lanes: 1,
    account: {
      edges: {
        async viewers({ userIds }: { userIds: UserId[] }) {
          await onViewers(userIds.length)
          return {
            items: userIds.map((userId) => ({
              userId,
              follows: [{ id: user(2), rev: 1 }],
              blocking: [],
              blockedBy: [],
              mutes: [],
            })),
          }
        },
      },
      users: {
        cards: async ({ ids }: { ids: UserId[] }) => ({
          items: ids.map((id) => ({ id, handle: Handle.parse('someone'), name: id })),
        }),
      },
      sessions: { ended: async () => ({ items: [] }) },
    },
    verifier: {
      verify: async (accessToken: string) => ({
        actor: { userId: user(Number(accessToken)), sessionId: accessToken, handle: 'h', role: 'user' },
        expiresAtMs: Date.now() + 600_000,
      }),
    },
    ended: createEndedSessions({ clock: systemClock }),
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    metrics: noMetrics,
  } as unknown as LiveDeps)
  await live.start()
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const { port } = http.address() as AddressInfo
  const clients: TestClient[] = []
  return {
    connect(who: number): TestClient {
      const client = openTestClient(port, null, { auth: { accessToken: String(1_000 + who) } } as object)
      clients.push(client)
      return client
    },
    beginAnew() {
      window.epoch = 'f'
      options?.onReset()
    },
    put(event: Parameters<FakeWindow['put']>[0]) {
      options?.onEntry(window.put(event))
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.close()
      await live.close()
    },
  }
}

describe('whether a gateway hears', () => {
  const away = () => Promise.reject(new Error('away'))
  const answers = () => Promise.resolve()

  it('[ADP11] well while it hears, whatever the log says to a ping', async () => {
    const check = createHearingCheck({ isHearing: () => true, ping: away, clock: fakeClock() })
    expect(await check()).to.equal(undefined)
  })

  it('[ADP11] a log that is away leaves it ready for ever; back for less than 4 s too; deaf for longer it is unwell, until it hears', async () => {
    const clock = fakeClock()
    let ping: () => Promise<void> = away
    let isHearing = false
    const check = createHearingCheck({ isHearing: () => isHearing, ping: () => ping(), clock })
    for (let i = 0; i < 3; i++) {
      expect(await check()).to.equal('the event log is away')
      clock.advance(60_000)
    }
    ping = answers
    expect(await check()).to.match(/waiting/)
    clock.advance(3_900)
    expect(await check()).to.match(/waiting/)
    clock.advance(200)
    const failure: unknown = await check().catch((error: unknown) => error)
    expect(failure)
      .to.be.an('error')
      .with.property('message')
      .that.matches(/was not heard/)
    isHearing = true
    expect(await check()).to.equal(undefined)
    isHearing = false
    expect(await check()).to.match(/waiting/)
  })

  it('[ADP11] a log that never answers a ping is away, in less than a second', async () => {
    const clock = fakeClock()
    const check = createHearingCheck({ isHearing: () => false, ping: () => new Promise(() => {}), clock })
    const said = check()
    clock.advance(999)
    expect(await said).to.equal('the event log is away')
    expect(clock.pending).to.equal(0)
  })
})
