import { expect } from 'chai'
import type { Handle } from '@skein/contracts'
import { eventually } from '@skein/platform/testing'
import type { mongo as driver } from 'mongoose'
import { z } from 'zod'
import { describeMongo, fakeLog, freshUrl, openNode, type MongoNode } from './mongo-engine.js'
import { ending, nowMs } from './store-harness.js'

type Started = driver.CommandStartedEvent
const writes = new Set(['insert', 'update', 'delete', 'findAndModify', 'createIndexes'])

const Indexes = z.array(
  z.object({ key: z.record(z.string(), z.unknown()), unique: z.boolean().optional(), sparse: z.boolean().optional() }),
)
const Find = z.object({
  find: z.string(),
  filter: z.record(z.string(), z.unknown()),
  sort: z.unknown().optional(),
  limit: z.number().optional(),
  projection: z.unknown().optional(),
})
const Plan = z.object({ queryPlanner: z.unknown() })

/** What the driver sends while the work runs. */
async function commandsOf({ connection }: MongoNode, work: () => Promise<unknown>): Promise<Started[]> {
  const heard: Started[] = []
  const listen = (event: Started): void => void heard.push(event)
  connection.getClient().on('commandStarted', listen)
  await work()
  connection.getClient().off('commandStarted', listen)
  return heard
}

/** Every method of the port once. */
async function useAll({ store, act }: MongoNode): Promise<void> {
  const { ada, bob, cy } = await act.people('ada', 'bob', 'cy')
  const session = act.session(ada, { tokenHash: 'a' })
  await store.createSession(session, 'hash of ada')
  for (const kind of ['follow', 'mute', 'block'] as const) await act.set(kind, ada, bob)
  await act.set('follow', cy, ada)
  const refresh = { tokenHash: 'a', successorHash: () => 'b', nowMs, graceMs: 1, tokenTtlMs: 1_000 }
  await store.refresh(session.id, refresh, nowMs)
  await store.endSession(session.id, ada, ending('signed_out'))
  await store.updateProfile(ada, { bio: 'x' }, nowMs)
  await store.changePassword(
    { userId: ada, expected: 'hash of ada', next: 'x', keep: null },
    ending('password_changed'),
  )
  await store.setSuspended(cy, true, ending('suspended'))
  await store.setRole(ada, 'operator')
  await store.moveReadMarker(ada, act.ids.entry())
  await store.addSigningKey({ kid: 'k', privateKeyPem: 'p', createdAtMs: 1, expiresAtMs: 2 }, null)
  await store.keepSecret('s', Uint8Array.of(1))
  await store.sweep(nowMs)
  await store.endedSessions(nowMs)
  await store.sessionsOf(ada, nowMs)
  await store.userByHandle('ada' as Handle)
  await store.cardsByHandle(['ada' as Handle])
  await store.cardsById([ada])
  await store.followers(ada, bob, { limit: 2 })
  await store.following(ada, bob, { limit: 2, before: act.ids.entry() })
  await store.followNotices(ada, { limit: 2, after: act.ids.entry() })
  await store.viewerEdges([ada, bob])
  await store.relations(ada, [bob])
  await store.search('a', bob, 2)
  await store.suggestionCandidates(bob, 2)
  await store.outbox.ageMs()
  await store.importPeople([act.user('dee')], { events: true })
  await store.importFollows([{ actorId: bob, targetId: cy, edgeId: act.ids.entry(), atMs: 1 }], { events: true })
}

describeMongo('what is asked', (server) => {
  it('[MAC1] every write is acknowledged only when a majority has it in its journal', async () => {
    await using node = await openNode(freshUrl(server), fakeLog())
    const commands = await commandsOf(node, () => useAll(node))
    const sent = commands.filter(({ commandName }) => writes.has(commandName))
    expect(sent.length).to.be.greaterThan(20)
    for (const { commandName, command } of sent)
      expect(command['writeConcern'], commandName).to.include({ w: 'majority', j: true })
  })

  it('[MAC8] an operator in a value is not a query', async () => {
    await using node = await openNode(freshUrl(server), fakeLog())
    await node.act.people('ada')
    const operator = { $gt: '' } as unknown as Handle
    const thrown: unknown = await node.store.userByHandle(operator).catch((error: unknown) => error)
    expect(thrown).to.be.instanceOf(Error)
    expect(await node.store.userByHandle('ada' as Handle)).to.not.equal(null)
  })

  it('[MAC10] the indexes are made with the store; two that are made at once make the same', async () => {
    const url = freshUrl(server)
    const nodes = await Promise.all([openNode(url, fakeLog()), openNode(url, fakeLog())])
    await using first = nodes[0]
    await using second = nodes[1]
    const indexes = Indexes.parse(await first.connection.collection('users').listIndexes().toArray())
    expect(indexes.find(({ key }) => Object.keys(key).join() === 'handle')).to.include({ unique: true })
    expect(indexes.find(({ key }) => 'outboxDueMs' in key)).to.include({ sparse: true })
    expect(await second.connection.collection('edges').listIndexes().toArray()).to.have.length(12)
    await second.act.people('ada')
    await eventually(async () => (await first.store.countPeople()) === 1)
  })

  const onMongod = server.kind === 'stand-in' ? it.skip : it
  onMongod('[MAC11] every query but a full count uses an index (asked of a real mongod alone)', async () => {
    await using node = await openNode(freshUrl(server), fakeLog())
    const commands = await commandsOf(node, () => useAll(node))
    const finds = commands.flatMap(({ commandName, command }) => (commandName === 'find' ? [Find.parse(command)] : []))
    const filtered = finds.filter(({ filter }) => Object.keys(filter).length > 0)
    expect(filtered.length).to.be.greaterThan(20)
    for (const explain of filtered) {
      const plan: unknown = await node.connection.db?.command({ explain, verbosity: 'queryPlanner' })
      const text = JSON.stringify(Plan.parse(plan).queryPlanner)
      expect(text, JSON.stringify(explain.filter)).to.match(/IXSCAN|IDHACK|EXPRESS/)
      expect(text, JSON.stringify(explain.filter)).to.not.match(/COLLSCAN/)
    }
  })
})
