import { expect } from 'chai'
import type { EntryId } from '@skein/contracts'
import type { WithStore } from './account-store.contract.js'
import { handlesOf } from './store-harness.js'

export function testPeople(withStore: WithStore): void {
  it(
    '[ACC40] followers and followed are paged both ways by edge id, the newest first',
    withStore(async ({ store, act }) => {
      const { ada, ...others } = await act.people('ada', 'b1', 'b2', 'b3', 'b4', 'b5')
      for (const id of Object.values(others)) {
        await act.set('follow', id, ada)
        await act.set('follow', ada, id)
      }
      await act.set('follow', others.b3, ada, false)
      for (const whose of ['followers', 'following'] as const) {
        const all = await store[whose](ada, null, { limit: 10 })
        const expected = whose === 'followers' ? ['b5', 'b4', 'b2', 'b1'] : ['b5', 'b4', 'b3', 'b2', 'b1']
        expect(handlesOf(all)).to.deep.equal(expected)
        const second = all[1]?.id
        expect(handlesOf(await store[whose](ada, null, { limit: 2, before: second }))).to.deep.equal(
          expected.slice(2, 4),
        )
        const last = all.at(-1)?.id
        expect(handlesOf(await store[whose](ada, null, { limit: 2, after: last }))).to.deep.equal(
          expected.slice(-3, -1),
        )
        expect(await store[whose](ada, null, { limit: 2, after: all[0]?.id })).to.deep.equal([])
      }
    }),
  )

  it(
    '[ACC41] lists and search leave out whom a block parts from the viewer, and are filled up',
    withStore(async ({ store, act }) => {
      const { ada, b1, b2, b3, b4, eve } = await act.people('ada', 'b1', 'b2', 'b3', 'b4', 'eve')
      for (const id of [b1, b2, b3, b4]) await act.set('follow', id, ada)
      await act.set('block', eve, b4)
      await act.set('block', b2, eve)
      await act.set('mute', eve, b3)
      expect(handlesOf(await store.followers(ada, eve, { limit: 2 }))).to.deep.equal(['b3', 'b1'])
      expect(handlesOf(await store.followers(ada, null, { limit: 2 }))).to.deep.equal(['b4', 'b3'])
      expect(handlesOf(await store.search('b', eve, 10))).to.deep.equal(['b1', 'b3'])
      expect(handlesOf(await store.search('b', null, 10))).to.deep.equal(['b1', 'b2', 'b3', 'b4'])
      expect(handlesOf(await store.search('b', b2, 10))).to.deep.equal(['b1', 'b2', 'b3', 'b4'])
    }),
  )

  it(
    '[ACC42] search finds by prefix: that very handle, then the most followed, then by the alphabet',
    withStore(async ({ store, act }) => {
      const { ann, anna, annie, anton } = await act.people('ann', 'anna', 'annie', 'anton', 'an_', 'bea')
      await act.set('follow', ann, annie)
      await act.set('follow', anna, annie)
      await act.set('follow', ann, anton)
      expect(handlesOf(await store.search('an', null, 10))).to.deep.equal(['annie', 'anton', 'an_', 'ann', 'anna'])
      expect(handlesOf(await store.search('ann', null, 10))).to.deep.equal(['ann', 'annie', 'anna'])
      expect(handlesOf(await store.search('an', null, 1))).to.deep.equal(['annie'])
      expect(handlesOf(await store.search('', null, 1))).to.deep.equal(['annie'])
      expect(await store.search('zed', null, 10)).to.deep.equal([])
    }),
  )

  it(
    '[ACC43] search finds a much followed person behind thousands of the same prefix',
    withStore(async ({ store, act }) => {
      const { zoe } = await act.people('zoe')
      const crowd = Array.from({ length: 1_500 }, (_, n) => act.user(`a${String(n).padStart(4, '0')}`))
      await store.importPeople(crowd, { events: false })
      const known = crowd.at(-1)?.id
      if (known === undefined) throw new Error('nobody')
      await act.set('follow', zoe, known)
      expect(handlesOf(await store.search('a', null, 2))).to.deep.equal(['a1499', 'a0000'])
    }),
  )

  it(
    '[ACC44] suggestions count the ways to friends of friends, and leave out self, followed, muted and blocked',
    withStore(async ({ store, act }) => {
      const { me, f1, f2, far, near, muted, blocked, blocker, known } = await act.people(
        'me',
        'f1',
        'f2',
        'far',
        'near',
        'muted',
        'blocked',
        'blocker',
        'known',
      )
      for (const id of [f1, f2, known]) await act.set('follow', me, id)
      for (const friend of [f1, f2]) {
        for (const id of [near, muted, blocked, blocker, known, me]) await act.set('follow', friend, id)
      }
      await act.set('follow', f1, far)
      await act.set('mute', me, muted)
      await act.set('block', me, blocked)
      await act.set('block', blocker, me)
      const candidates = await store.suggestionCandidates(me, 10)
      const byFriends = candidates.filter(({ paths }) => paths > 0)
      expect(byFriends.map(({ user, paths, followers }) => [user.handle, paths, followers])).to.have.deep.members([
        ['near', 2, 2],
        ['far', 1, 1],
      ])
      expect(byFriends.find(({ user }) => user.handle === 'near')?.via).to.have.members([f1, f2])
      expect(handlesOf(candidates.filter(({ paths }) => paths === 0))).to.deep.equal(['near', 'far'])
    }),
  )

  it(
    '[ACC44] the most followed are suggested to one who follows nobody; a suspended person to nobody',
    withStore(async ({ store, act }) => {
      const { me, star, fan, gone } = await act.people('me', 'star', 'fan', 'gone')
      await act.set('follow', fan, star)
      await act.set('follow', star, gone)
      await act.set('follow', fan, gone)
      await store.setSuspended(gone, true, { reason: 'suspended', nowMs: 1, untilMs: 2 })
      expect(handlesOf(await store.suggestionCandidates(me, 2))).to.deep.equal(['star', 'fan'])
    }),
  )

  it(
    '[ACC45] notices of follows are those that stand, in both directions, the newest first',
    withStore(async ({ store, act }) => {
      const { me, aa: a, bb: b, cc: c } = await act.people('me', 'aa', 'bb', 'cc')
      for (const id of [a, b, c]) await act.set('follow', id, me)
      const all = await store.followNotices(me, { limit: 10 })
      expect(all.map(({ actorId }) => actorId)).to.deep.equal([c, b, a])
      const actors = async (range: { before?: EntryId | undefined; after?: EntryId | undefined }) =>
        (await store.followNotices(me, { limit: 1, ...range })).map(({ actorId }) => actorId)
      expect(await actors({ before: all[0]?.id })).to.deep.equal([b])
      expect(await actors({ after: all[2]?.id })).to.deep.equal([b])
      await act.set('follow', b, me, false)
      expect(await actors({ after: all[2]?.id })).to.deep.equal([c])
    }),
  )
}
