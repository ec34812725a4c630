import { expect } from 'chai'
import { AppError, type UserId } from '@skein/contracts'
import { eventually } from '@skein/platform/testing'
import { startMongo } from '@skein/platform/testing/mongo'
import { describeMongo, fakeLog, freshUrl, openNode, type MongoNode } from './mongo-engine.js'
import { ending, nowMs } from './store-harness.js'

const killed = 3
const workers = 6

/** As a client does: the same call again until it is answered. What fails for another reason than the database fails. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  const untilMs = Date.now() + 60_000
  for (;;) {
    try {
      return await work()
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !thrown.retryable || Date.now() > untilMs) throw thrown
      await new Promise((resume) => setTimeout(resume, 20))
    }
  }
}

interface Acknowledged {
  readonly follows: Map<string, boolean>
  readonly bios: Map<UserId, string>
  readonly ended: Set<string>
}

/** One person's doings until told to stop: follows turned on and off, edits, sessions begun and ended. */
async function live(
  { store, act }: MongoNode,
  { me, others }: { me: UserId; others: readonly UserId[] },
  acknowledged: Acknowledged,
  isOver: () => boolean,
): Promise<void> {
  for (let n = 0; !isOver(); n++) {
    const target = others[n % others.length]
    if (target === undefined) return
    const on = n % 3 !== 2
    await persist(() => act.set('follow', me, target, on))
    acknowledged.follows.set(`${me}:${target}`, on)
    if (n % 4 === 0) {
      await persist(() => store.updateProfile(me, { bio: `bio ${n}` }, nowMs))
      acknowledged.bios.set(me, `bio ${n}`)
    }
    if (n % 5 === 0) {
      const session = act.session(me)
      await persist(() => store.createSession(session, null))
      await persist(() => store.endSession(session.id, me, ending('signed_out')))
      acknowledged.ended.add(session.id)
    }
  }
}

describeMongo('a database that is killed', (shared) => {
  const canKill = shared.kind !== 'given'
  const test = canKill ? it : it.skip

  test('[MAC6] what was acknowledged is there, and after the sweep every event is in the log once and counts are right', async function () {
    this.timeout(120_000)
    await using server = await startMongo()
    const log = fakeLog()
    const url = freshUrl(server)
    await using node = await openNode(url, log)
    await using other = await openNode(url, log)
    const { store, act } = node
    const people = Object.values(await act.people('p0', 'p1', 'p2', 'p3', 'p4', 'p5'))
    const acknowledged: Acknowledged = { follows: new Map(), bios: new Map(), ended: new Set() }
    let isOver = false
    const lives = people.slice(0, workers).map((me, n) => {
      const others = people.filter((id) => id !== me)
      return live(n % 2 === 0 ? node : other, { me, others }, acknowledged, () => isOver)
    })
    try {
      for (let kill = 0; kill < killed; kill++) {
        const before = log.events.length
        await eventually(() => log.events.length > before + 60, 60_000)
        await server.kill()
        await server.start()
      }
    } finally {
      isOver = true
    }
    await Promise.all(lives)

    node.store.outbox.start()
    await eventually(async () => (await store.outbox.ageMs()) === 0 && (await owed(node)) === 0, 60_000)
    for (const [pair, on] of acknowledged.follows) {
      const [actor, target] = pair.split(':') as [UserId, UserId]
      expect((await store.edge('follow', actor, target))?.on, pair).to.equal(on)
    }
    for (const [id, bio] of acknowledged.bios) expect((await store.userById(id))?.bio).to.equal(bio)
    const told = new Map<string, number>()
    for (const { entity, rev, kind } of log.events) {
      if (kind === 'follow') expect(rev, entity).to.equal((told.get(entity) ?? 0) + 1)
      told.set(entity, rev)
    }
    for (const id of people) expect(told.get(`user:${id}`)).to.equal((await store.userById(id))?.rev)
    for (const [entity, rev] of told) {
      const [kind, actor, target] = entity.split(':') as [string, UserId, UserId]
      if (kind === 'follow') expect((await store.edge('follow', actor, target))?.rev, entity).to.equal(rev)
    }
    for (const id of acknowledged.ended) expect(told.get(`session:${id}`)).to.equal(2)
    expect(await store.countDrift()).to.deep.equal([])
  })

  test('[MAC9] a database that does not answer is unavailable, and retryable', async () => {
    await using server = await startMongo()
    await using node = await openNode(freshUrl(server), fakeLog())
    const { ada } = await node.act.people('ada')
    await server.kill()
    for (const work of [() => node.store.userById(ada), () => node.store.updateProfile(ada, { bio: 'x' }, nowMs)]) {
      const thrown: unknown = await work().catch((error: unknown) => error)
      expect(thrown).to.be.instanceOf(AppError).with.property('code', 'unavailable')
      expect(thrown).to.have.property('retryable', true)
    }
    await server.start()
    expect(await eventually(() => node.store.userById(ada), 20_000)).to.include({ handle: 'ada' })
  })
})

async function owed({ connection }: MongoNode): Promise<number> {
  const names = ['users', 'sessions', 'edges']
  const counts = names.map((name) => connection.collection(name).countDocuments({ outboxDueMs: { $exists: true } }))
  return (await Promise.all(counts)).reduce((sum, n) => sum + n, 0)
}
