import { expect } from 'chai'
import { AppError, type LogEvent } from '@skein/contracts'
import { eventually, fakeClock } from '@skein/platform/testing'
import type { UserDoc } from '../src/store/mongo/documents.js'
import { describeMongo, fakeLog, freshUrl, openNode, type MongoNode } from './mongo-engine.js'
import { ending, nowMs } from './store-harness.js'

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  return thrown instanceof AppError ? thrown.code : String(thrown)
}

const kinds = (events: readonly LogEvent[]): string[] => events.map(({ id }) => id.replace(/[0-9A-Z]{26}/g, '*'))

async function owedIn({ connection }: MongoNode): Promise<number> {
  const names = ['users', 'sessions', 'edges']
  const owed = names.map((name) => connection.collection(name).countDocuments({ outboxDueMs: { $exists: true } }))
  return (await Promise.all(owed)).reduce((sum, n) => sum + n, 0)
}

describeMongo('what is owed', (server) => {
  it('[MAC2] while the log is away a change stands and is delayed; the same call again completes it, once', async () => {
    const log = fakeLog()
    await using node = await openNode(freshUrl(server), log)
    const { store, act } = node
    const { ada, bob } = await act.people('ada', 'bob')
    const [one, two] = [act.session(ada), act.session(ada)]
    for (const session of [one, two]) await store.createSession(session, null)
    await act.set('follow', bob, ada)
    const cy = act.user('cy')
    const change = { userId: ada, expected: 'hash of ada', next: 'next', keep: null }
    const calls = [
      () => store.createUser(cy, act.session(cy.id)),
      () => store.updateProfile(ada, { name: 'Ada L' }, nowMs),
      () => store.endSession(one.id, ada, ending('signed_out')),
      () => store.changePassword(change, ending('password_changed')),
      () => act.set('block', ada, bob),
    ]
    const before = log.events.length
    log.away(true)
    for (const call of calls) expect(await codeOf(call())).to.equal('delayed')
    expect(log.events).to.have.length(before)
    expect(await store.userById(ada)).to.include({ name: 'Ada L', rev: 2, followers: 0 })
    expect((await store.relations(ada, [bob])).get(bob)).to.include({ blocking: true, followedBy: false })
    expect(await store.sessionsOf(ada, nowMs)).to.deep.equal([])
    log.away(false)
    for (const call of calls) await call()
    expect(kinds(log.events.slice(before))).to.have.members([
      'user:*@1',
      'user:*@2',
      'session:*@2',
      'session:*@2',
      'block:*:*@1',
      'follow:*:*@2',
    ])
    expect(await store.userById(ada)).to.include({ rev: 2 })
    await eventually(async () => (await owedIn(node)) === 0)
  })

  it('[MAC2] while the log is away a pair owes one change at most: another change of it is not made', async () => {
    const log = fakeLog()
    await using node = await openNode(freshUrl(server), log)
    const { ada, bob } = await node.act.people('ada', 'bob')
    log.away(true)
    expect(await codeOf(node.act.set('follow', ada, bob))).to.equal('delayed')
    expect(await codeOf(node.act.set('follow', ada, bob, false))).to.equal('delayed')
    expect(await node.store.edge('follow', ada, bob)).to.include({ on: true, rev: 1 })
    log.away(false)
    await node.act.set('follow', ada, bob, false)
    expect(kinds(log.events).slice(2)).to.deep.equal(['follow:*:*@1', 'follow:*:*@2'])
  })

  it('[MAC3] what a process left between its write and the append, the sweeper of another appends, and counts', async () => {
    const [dead, log, clock, url] = [fakeLog(), fakeLog(), fakeClock(), freshUrl(server)]
    const ids = await (async () => {
      await using first = await openNode(url, dead, clock)
      const { ada, bob } = await first.act.people('ada', 'bob')
      const session = first.act.session(ada)
      await first.store.createSession(session, null)
      dead.away(true)
      await codeOf(first.store.updateProfile(ada, { bio: 'x' }, nowMs))
      await codeOf(first.act.set('follow', ada, bob))
      await codeOf(first.store.endSession(session.id, ada, ending('signed_out')))
      await first.connection.collection('edges').updateMany({}, { $unset: { 'outbox.0.counted': 1 } })
      await first.connection.collection('users').updateMany({}, { $set: { followers: 0, following: 0 } })
      return { ada, bob }
    })()
    await using second = await openNode(url, log, clock)
    expect(await second.store.countDrift()).to.have.members([ids.ada, ids.bob])
    clock.advance(60_000)
    expect(await second.store.outbox.ageMs()).to.be.greaterThan(50_000)
    second.store.outbox.start()
    await eventually(async () => {
      clock.advance(1_000)
      return (await owedIn(second)) === 0
    }, 10_000)
    expect(kinds(log.events)).to.have.members(['user:*@2', 'follow:*:*@1', 'session:*@2'])
    expect(await second.store.countDrift()).to.deep.equal([])
    expect(await second.store.outbox.ageMs()).to.equal(0)
  })

  it('[MAC4] a note that comes while another is appended stays until its own event is appended', async () => {
    const [log, clock, url] = [fakeLog(), fakeClock(), freshUrl(server)]
    await using other = await openNode(url, log, clock)
    const { ada } = await other.act.people('ada')
    let isFirst = true
    const slow = {
      ...log,
      append: async (events: readonly LogEvent[]) => {
        const positions = await log.append(events)
        if (!isFirst) return positions
        isFirst = false
        log.away(true)
        const $push = { outbox: { id: `user:${ada}@3` } }
        const users = other.connection.collection<UserDoc>('users')
        await users.updateOne({ _id: ada }, { $set: { bio: 'newer', rev: 3, revAtMs: 1 }, $push })
        return positions
      },
    }
    await using node = await openNode(url, slow, clock)
    await node.store.updateProfile(ada, { bio: 'older' }, nowMs)
    await eventually(async () => {
      const user = await other.connection.collection<UserDoc>('users').findOne({ _id: ada })
      expect(user?.outbox).to.deep.equal([{ id: `user:${ada}@3` }])
      expect(user?.outboxDueMs).to.be.a('number')
    })
    log.away(false)
    await node.store.updateProfile(ada, { bio: 'newer' }, nowMs)
    expect(log.events.at(-1)).to.include({ id: `user:${ada}@3` })
  })

  it('[MAC7] an ending of all sessions that was cut off is finished by the sweeper, and spares what began after it', async () => {
    const [log, clock] = [fakeLog(), fakeClock()]
    await using node = await openNode(freshUrl(server), log, clock)
    const { store, act, connection } = node
    const { ada } = await act.people('ada')
    const [old, kept, young] = [act.session(ada), act.session(ada), act.session(ada)]
    for (const session of [old, kept]) await store.createSession(session, null)
    const end = { reason: 'password_changed' as const, atMs: nowMs, untilMs: nowMs + 9, generation: 1, keep: kept.id }
    const users = connection.collection<UserDoc>('users')
    const note = { id: `sessions:${ada}@1`, ending: end }
    const written = { passwordHash: 'next', generation: 1, outbox: [note], outboxDueMs: clock.now() }
    await users.updateOne({ _id: ada }, { $set: written })
    await store.createSession(young, 'next')
    store.outbox.start()
    await eventually(async () => {
      clock.advance(1_000)
      return (await owedIn(node)) === 0
    }, 10_000)
    expect((await store.sessionsOf(ada, nowMs)).map(({ id }) => id)).to.have.members([kept.id, young.id])
    expect(log.events.slice(1)).to.have.length(1)
    expect(log.events.at(-1)).to.include({ sessionId: old.id, reason: 'password_changed', untilMs: nowMs + 9 })
  })

  it('[MAC5] processes that race on one pair and one handle: one wins, every rev is told once, counts are right', async () => {
    const [log, url] = [fakeLog(), freshUrl(server)]
    await using one = await openNode(url, log)
    await using two = await openNode(url, log)
    const nodes = [one, two]
    const { ada, bob } = await one.act.people('ada', 'bob')
    const asking = nodes.flatMap(({ act, store }) =>
      [1, 2, 3].map(() => store.createUser({ ...act.user('cy'), id: one.act.ids.user() }, null)),
    )
    expect((await Promise.all(asking)).filter((outcome) => outcome === 'created')).to.have.length(1)
    const steps = nodes.flatMap(({ act }, who) =>
      Array.from({ length: 30 }, (_, n) => {
        const [actor, target] = (n + who) % 2 === 0 ? [ada, bob] : [bob, ada]
        return act.set(n % 5 === 0 ? 'block' : 'follow', actor, target, n % 3 !== 0)
      }),
    )
    await Promise.all(steps)
    expect(await one.store.countDrift()).to.deep.equal([])
    const revs = new Map<string, number>()
    for (const { entity, rev } of log.events) {
      expect(rev, entity).to.equal((revs.get(entity) ?? 0) + 1)
      revs.set(entity, rev)
    }
    expect((await two.store.edge('follow', ada, bob))?.rev).to.equal(revs.get(`follow:${ada}:${bob}`))
    expect((await two.store.edge('block', bob, ada))?.rev).to.equal(revs.get(`block:${bob}:${ada}`))
  })
})
