import { expect } from 'chai'
import type { WithStore } from './account-store.contract.js'
import { followsMax } from './store-harness.js'

export function testEdges(withStore: WithStore): void {
  it(
    '[ACC30] an edge turned on and off grows its rev with each change, and says each once',
    withStore(async ({ store, act, events }) => {
      const { ada, bob } = await act.people('ada', 'bob')
      const ids = [act.ids.entry(), act.ids.entry()]
      expect(await act.set('follow', ada, bob, false)).to.include({ kind: 'set', changed: 0 })
      expect(await act.set('follow', ada, bob, true, ids[0])).to.include({ changed: 1 })
      expect(await act.set('follow', ada, bob, true)).to.include({ changed: 0 })
      expect(await act.set('follow', ada, bob, false)).to.include({ changed: 1 })
      expect(await act.set('follow', ada, bob, true, ids[1])).to.include({ changed: 1 })
      expect(await store.edge('follow', ada, bob)).to.include({ on: true, rev: 3, edgeId: ids[1] })
      const entity = `follow:${ada}:${bob}`
      const told = (await events()).slice(2).map(({ atMs: _at, ...event }) => event)
      const common = { kind: 'follow', entity, subject: ada, actorId: ada, targetId: bob }
      expect(told).to.deep.equal([
        { ...common, id: `${entity}@1`, rev: 1, on: true, edgeId: ids[0] },
        { ...common, id: `${entity}@2`, rev: 2, on: false, edgeId: ids[0] },
        { ...common, id: `${entity}@3`, rev: 3, on: true, edgeId: ids[1] },
      ])
    }),
  )

  it(
    '[ACC31] the id of a new edge is above every edge its actor has of the kind',
    withStore(async ({ store, act }) => {
      const { ada, bob, cy } = await act.people('ada', 'bob', 'cy')
      const [low, high] = [act.ids.entry(), act.ids.entry()]
      await act.set('follow', ada, bob, true, high)
      await act.set('follow', ada, cy, true, low)
      expect(((await store.edge('follow', ada, cy))?.edgeId ?? '') > high).to.equal(true)
    }),
  )

  it(
    '[ACC32] a block ends the follows both ways, each with its event; lifting it brings none back',
    withStore(async ({ store, act, events }) => {
      const { ada, bob } = await act.people('ada', 'bob')
      await act.set('follow', ada, bob)
      await act.set('follow', bob, ada)
      await act.set('mute', bob, ada)
      const before = (await events()).length
      const outcome = await act.set('block', ada, bob)
      const relation = { following: false, followedBy: false, blocking: true, blockedBy: false, muting: false }
      expect(outcome).to.deep.equal({ kind: 'set', relation, changed: 3 })
      expect((await events()).slice(before).map(({ id }) => id)).to.have.members([
        `block:${ada}:${bob}@1`,
        `follow:${ada}:${bob}@2`,
        `follow:${bob}:${ada}@2`,
      ])
      expect((await events()).at(-1)?.subject).to.equal(bob)
      expect(await store.userById(ada)).to.include({ followers: 0, following: 0 })
      await act.set('block', ada, bob, false)
      const after = { following: false, followedBy: false, blocking: false, blockedBy: false, muting: true }
      expect((await store.relations(bob, [ada])).get(ada)).to.deep.equal(after)
    }),
  )

  it(
    '[ACC33] a follow is refused across a block either way, of oneself, of nobody, and above the limit',
    withStore(async ({ store, act }) => {
      const { ada, bob, cy } = await act.people('ada', 'bob', 'cy')
      await act.set('block', ada, bob)
      expect(await act.set('follow', ada, bob)).to.deep.equal({ kind: 'refused', why: 'blocked' })
      expect(await act.set('follow', bob, ada)).to.deep.equal({ kind: 'refused', why: 'blocked' })
      expect(await act.set('follow', ada, ada)).to.deep.equal({ kind: 'refused', why: 'oneself' })
      expect(await act.set('mute', ada, ada)).to.deep.equal({ kind: 'refused', why: 'oneself' })
      expect(await act.set('follow', ada, act.ids.user())).to.deep.equal({ kind: 'refused', why: 'not_found' })
      expect(await act.set('block', bob, ada)).to.include({ kind: 'set' })
      const many = Array.from({ length: followsMax }, (_, n) => act.user(`p${n}`))
      await store.importPeople(many, { events: false })
      for (const { id } of many) await act.set('follow', ada, id)
      expect(await act.set('follow', ada, cy)).to.deep.equal({ kind: 'refused', why: 'limit_reached' })
      expect(await act.set('block', ada, cy)).to.include({ kind: 'set' })
    }),
  )

  it(
    '[ACC34] after a storm of follows and blocks at once the counts are those of a recount, and every rev was told once',
    withStore(async ({ store, act, events }) => {
      const people = Object.values(await act.people('ada', 'bob', 'cy', 'dee'))
      const steps = Array.from({ length: 400 }, async (_, n) => {
        const [actor, target] = [people[n % 4], people[(n * 7 + (n >> 2)) % 4]]
        if (actor === undefined || target === undefined) return
        await act.set(n % 5 === 0 ? 'block' : 'follow', actor, target, n % 3 !== 0)
      })
      await Promise.all(steps)
      expect(await store.countDrift()).to.deep.equal([])
      const told = (await events()).slice(4)
      expect(new Set(told.map(({ id }) => id)).size).to.equal(told.length)
      const revs = new Map<string, number>()
      for (const { entity, rev } of told) {
        expect(rev, entity).to.equal((revs.get(entity) ?? 0) + 1)
        revs.set(entity, rev)
      }
      for (const actor of people) {
        for (const target of people) {
          const [follow, block] = [await store.edge('follow', actor, target), await store.edge('block', actor, target)]
          expect(follow?.rev).to.equal(revs.get(`follow:${actor}:${target}`))
          if (block?.on === true) expect(follow?.on ?? false).to.equal(false)
        }
      }
    }),
  )

  it(
    '[ACC35] relations and viewer edges are what stands now, both ways for blocks, with the rev of each edge',
    withStore(async ({ store, act }) => {
      const { ada, bob, cy, dee } = await act.people('ada', 'bob', 'cy', 'dee')
      await act.set('follow', ada, bob)
      await act.set('follow', ada, bob, false)
      await act.set('follow', ada, bob)
      await act.set('follow', bob, ada)
      await act.set('mute', ada, bob)
      await act.set('block', cy, ada)
      await act.set('block', ada, dee)
      await act.set('follow', ada, cy, false)
      const none = { following: false, followedBy: false, blocking: false, blockedBy: false, muting: false }
      const relations = await store.relations(ada, [bob, cy, dee, ada])
      expect([...relations]).to.deep.equal([
        [bob, { ...none, following: true, followedBy: true, muting: true }],
        [cy, { ...none, blockedBy: true }],
        [dee, { ...none, blocking: true }],
        [ada, none],
      ])
      expect(await store.viewerEdges([bob, ada])).to.deep.equal([
        { userId: bob, follows: [{ id: ada, rev: 1 }], blocking: [], blockedBy: [], mutes: [] },
        {
          userId: ada,
          follows: [{ id: bob, rev: 3 }],
          blocking: [{ id: dee, rev: 1 }],
          blockedBy: [{ id: cy, rev: 1 }],
          mutes: [{ id: bob, rev: 1 }],
        },
      ])
    }),
  )
}
