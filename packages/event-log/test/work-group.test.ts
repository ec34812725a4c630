import { expect } from 'chai'
import { AppError } from '@skein/contracts'
import { deadLettersOf, laneKeys } from '@skein/event-log/redis'
import { eventually } from '@skein/platform/testing'
import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import { setTimeout as wait } from 'node:timers/promises'
import { createGroupScene, idOf, type GroupScene } from './work-group-scene.js'

const patienceMs = 15_000
const soon = <T>(fn: () => T | Promise<T>): Promise<Exclude<T, false>> =>
  eventually(fn, patienceMs) as Promise<Exclude<T, false>>

function stuckUntilReleased(): { released: Promise<'unknown'>; release: () => void } {
  let release = (): void => undefined
  const released = new Promise<'unknown'>((done) => (release = () => done('unknown')))
  return { released, release: () => release() }
}

async function expectWhole(scene: GroupScene, ids: readonly string[]): Promise<void> {
  await soon(() => expect(new Set(scene.handled)).to.include.all.keys(...ids))
}

describe('a work group on a real Redis', function () {
  this.timeout(60_000)
  let server: TestRedis
  let scene: GroupScene

  before(async function () {
    requireRedis(this)
    server = await startRedis()
  })
  after(() => server?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    scene = await createGroupScene(server)
  })
  afterEach(() => scene[Symbol.asyncDispose]())

  it('[GRP1] consumers share the entries, each is handled, and once when nobody dies', async () => {
    const first = scene.join('a', { minIdleMs: 60_000 })
    const second = scene.join('b', { minIdleMs: 60_000 })
    first.start()
    second.start()
    const ids = await scene.append(300)
    await expectWhole(scene, ids)
    expect(scene.handled.length).to.equal(300)
    const [state] = await soon(async () => {
      const states = await first.states()
      return states[0]?.low.seq === 300 && states
    })
    expect(state).to.deep.include({ pending: 0, low: state?.head })
  })

  it('[GRP2] what a dead consumer held is taken over and handled; what it had done comes again', async () => {
    const { released, release } = stuckUntilReleased()
    const dying = scene.join('dying', { handle: (entry) => (scene.handled.push(idOf(entry)), released) })
    dying.start()
    const ids = await scene.append(5)
    await soon(() => scene.handled.length === 5)
    const [held] = await dying.states()
    expect(held).to.deep.include({ pending: 5, low: { epoch: held?.head.epoch, seq: 0 } })
    scene.join('other').start()
    await soon(() => scene.handled.length === 10)
    expect(new Set(scene.handled)).to.have.all.keys(...ids)
    await soon(async () => (await dying.states())[0]?.low.seq === 5)
    release()
  })

  it('[GRP3] after its failures an entry is put aside and told of; others go on meanwhile', async () => {
    const group = scene.join('a', {
      handle: (entry) => {
        if (idOf(entry).includes('0002:')) return Promise.reject(new Error('poison'))
        scene.handled.push(idOf(entry))
        return Promise.resolve('done')
      },
    })
    group.start()
    const ids = await scene.append(4)
    await soon(() => scene.dead.length === 1)
    expect(scene.dead).to.deep.equal([ids[1]])
    expect(new Set(scene.handled)).to.have.all.keys(...ids.filter((id) => id !== ids[1]))
    const letters = await soon(async () => {
      const found = await scene.redis.xrange(deadLettersOf(laneKeys(scene.prefix, 0).stream, 'g'), '-', '+')
      return found.length === 1 && found
    })
    expect(letters[0]?.[1]).to.include.members(['entry', '2-0', 'why', 'Error: poison', 'id', ids[1]])
    await soon(async () => (await group.states())[0]?.low.seq === 4)
  })

  it('[GRP3] an entry is not put aside while the one who must be told is away', async () => {
    let told = 0
    scene
      .join('a', {
        handle: () => Promise.reject(new Error('poison')),
        onDead: () => (++told < 3 ? Promise.reject(new Error('away')) : Promise.resolve()),
      })
      .start()
    await scene.append(1)
    const dead = deadLettersOf(laneKeys(scene.prefix, 0).stream, 'g')
    await soon(async () => (await scene.redis.xlen(dead)) === 1)
    expect(told).to.equal(3)
  })

  it('[GRP4] a failure that passes is tried again until it does, and puts nothing aside', async () => {
    let tries = 0
    const handle = (): Promise<'done'> =>
      ++tries < 8 ? Promise.reject(new AppError('unavailable')) : Promise.resolve('done')
    const group = scene.join('a', { handle, isPassing: (error) => error instanceof AppError })
    group.start()
    scene.join('b', { handle, isPassing: (error) => error instanceof AppError }).start()
    await scene.append(1)
    await soon(async () => (await group.states())[0]?.low.seq === 1)
    expect(scene.dead).to.deep.equal([])
  })

  it('[GRP5] entries of an unknown kind are left for a newer consumer and stand in nobody’s way', async () => {
    const isNew = (id: string): boolean => id.includes('0001:') || id.includes('0003:')
    const group = scene.join('old', {
      handle: (entry) => {
        if (isNew(idOf(entry))) return Promise.resolve('unknown')
        scene.handled.push(idOf(entry))
        return Promise.resolve('done')
      },
    })
    group.start()
    const ids = await scene.append(5)
    await soon(() => scene.handled.length === 3)
    await wait(500)
    expect((await group.states())[0]).to.deep.include({ pending: 2 })
    expect((await group.states())[0]?.low.seq).to.equal(0)
    scene.join('new').start()
    await expectWhole(scene, ids)
    await soon(async () => (await group.states())[0]?.low.seq === 5)
    expect(scene.handled.length).to.equal(5)
    expect(scene.dead).to.deep.equal([])
  })

  it('[GRP6] a new epoch makes the group again before its first entry, with another era', async () => {
    const group = scene.join('a')
    group.start()
    await scene.append(3)
    const before = await soon(async () => {
      const [state] = await group.states()
      return state?.low.seq === 3 && state
    })
    const resets = scene.resets
    await scene.redis.del(laneKeys(scene.prefix, 0).meta)
    const ids = await scene.append(3, 100)
    await expectWhole(scene, ids)
    expect(scene.resets).to.equal(resets + 1)
    const [after] = await group.states()
    expect(after?.era).not.to.equal(before.era)
    expect(after?.low.epoch).not.to.equal(before.low.epoch)
  })

  it('[GRP6] a group that comes later begins at the end of what was trimmed, else before the first entry', async () => {
    const ids = await scene.append(3)
    scene.join('a').start()
    await expectWhole(scene, ids)
  })

  it('[GRP7] entries that were trimmed unread are told of, and the era is another one', async () => {
    const small = await createGroupScene(server, 20)
    try {
      const first = small.join('a')
      first.start()
      await small.append(1)
      const before = await soon(async () => {
        const [state] = await first.states()
        return state?.low.seq === 1 && state
      })
      await first.close()
      await small.append(1_000, 2)
      const second = small.join('b')
      second.start()
      await soon(async () => (await second.states())[0]?.low.seq === 1_001)
      const lost = small.passed.reduce((sum, count) => sum + count, 0)
      expect(lost).to.be.greaterThan(900)
      expect(lost + new Set(small.handled).size).to.equal(1_001)
      expect((await second.states())[0]?.era).not.to.equal(before.era)
    } finally {
      await small[Symbol.asyncDispose]()
    }
  })

  it('[GRP7] entries that were trimmed after they were read and before they were handled are told of as well', async () => {
    const { released, release } = stuckUntilReleased()
    const small = await createGroupScene(server, 20)
    try {
      const stuck = small.join('stuck', { handle: () => released })
      stuck.start()
      await small.append(3)
      const before = await soon(async () => {
        const [state] = await stuck.states()
        return state?.pending === 3 && state
      })
      const second = small.join('b', { minIdleMs: 600 })
      await small.append(1_000, 10)
      second.start()
      await soon(async () => (await second.states())[0]?.low.seq === 1_003)
      expect(small.passed).to.include(3)
      expect((await second.states())[0]?.era).not.to.equal(before.era)
    } finally {
      release()
      await small[Symbol.asyncDispose]()
    }
  })

  it('[GRP8] while Redis is away it waits, and goes on when it is back', async () => {
    const own = await startRedis()
    const away = await createGroupScene(own)
    try {
      const group = away.join('a')
      group.start()
      await expectWhole(away, await away.append(3))
      await own.kill()
      await own.start()
      const ids = await soon(() => away.append(3, 50))
      await expectWhole(away, ids)
    } finally {
      await away[Symbol.asyncDispose]()
      await own[Symbol.asyncDispose]()
    }
  })
})
