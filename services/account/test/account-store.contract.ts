import { expect } from 'chai'
import { AppError } from '@skein/contracts'
import { actionsOn, ending, nowMs, type Actions, type OpenEngine, type StoreEngine } from './store-harness.js'
import { testEdges } from './account-store-edges.contract.js'
import { testPeople } from './account-store-people.contract.js'
import { testSessions } from './account-store-sessions.contract.js'

export type WithStore = (test: (engine: StoreEngine & { act: Actions }) => Promise<void>) => () => Promise<void>

function withEngine(open: OpenEngine): WithStore {
  return (test) => async () => {
    await using engine = await open()
    await test(Object.assign(engine, { act: actionsOn(engine.store) }))
  }
}

/** What every engine of the account store must do. */
export function testAccountStore(name: string, open: OpenEngine): void {
  const withStore = withEngine(open)
  describe(`account store, ${name}`, () => {
    testUsers(withStore)
    testSessions(withStore)
    testEdges(withStore)
    testPeople(withStore)
    testImport(withStore)
  })
}

/** What an engine must do whose log lies in the same file. */
export function testOneTransaction(name: string, open: OpenEngine): void {
  const withStore = withEngine(open)
  describe(`account store, ${name}, a change and its events`, () => {
    it(
      '[ACC3] a change whose event cannot be appended did not happen',
      withStore(async ({ store, act, events, breakLog }) => {
        const { ada, bob } = await act.people('ada', 'bob')
        const session = act.session(ada)
        await store.createSession(session, null)
        const before = await events()
        breakLog()
        const failed = async (work: Promise<unknown>): Promise<void> => {
          expect(await work.catch((error: unknown) => error)).to.be.instanceOf(Error)
        }
        await failed(store.createUser(act.user('cy'), null))
        await failed(store.updateProfile(ada, { name: 'Other' }, nowMs))
        await failed(act.set('block', ada, bob))
        await failed(act.set('follow', ada, bob))
        await failed(store.endSession(session.id, ada, ending('signed_out')))
        const change = { userId: ada, expected: 'hash of ada', next: 'other', keep: null }
        await failed(store.changePassword(change, ending('password_changed')))
        expect(await events()).to.deep.equal(before)
        expect(await store.countPeople()).to.equal(2)
        expect(await store.userById(ada)).to.include({ name: 'Name of ada', rev: 1, following: 0 })
        expect((await store.credentialsById(ada))?.passwordHash).to.equal('hash of ada')
        expect(await store.edge('block', ada, bob)).to.equal(null)
        expect((await store.sessionById(session.id))?.end).to.equal(null)
      }),
    )
  })
}

function testUsers(withStore: WithStore): void {
  it(
    '[ACC1] a person is created with their event, and found by id and handle',
    withStore(async ({ store, act, events }) => {
      const ada = act.user('ada')
      expect(await store.createUser(ada, null)).to.equal('created')
      const { passwordHash, ...given } = ada
      const stored = { ...given, suspended: false, rev: 1, followers: 0, following: 0, readUpTo: null }
      expect(await store.userById(ada.id)).to.deep.equal(stored)
      expect(await store.userByHandle(ada.handle)).to.deep.equal(stored)
      expect(await store.credentialsByHandle(ada.handle)).to.deep.equal({ user: stored, passwordHash })
      expect(await events()).to.deep.equal([
        {
          kind: 'user',
          id: `user:${ada.id}@1`,
          entity: `user:${ada.id}`,
          subject: ada.id,
          rev: 1,
          atMs: nowMs,
          user: { id: ada.id, handle: 'ada', name: ada.name, bio: '' },
        },
      ])
      expect(await store.userByHandle(act.user('bob').handle)).to.equal(null)
    }),
  )

  it(
    '[ACC2] of twenty at once who ask for one handle, one gets it',
    withStore(async ({ store, act, events }) => {
      const asking = Array.from({ length: 20 }, () => act.user('ada'))
      const outcomes = await Promise.all(asking.map((user) => store.createUser(user, act.session(user.id))))
      expect(outcomes.filter((outcome) => outcome === 'created')).to.have.length(1)
      const winner = asking[outcomes.indexOf('created')]
      expect((await store.userByHandle(act.user('ada').handle))?.id).to.equal(winner?.id)
      expect(await events()).to.have.length(1)
      expect(await store.countPeople()).to.equal(1)
      for (const loser of asking.filter((user) => user !== winner)) {
        expect(await store.sessionsOf(loser.id, nowMs)).to.deep.equal([])
      }
    }),
  )

  it(
    '[ACC4] a profile edit grows the rev and says so; an edit that changes nothing says nothing',
    withStore(async ({ store, act, events }) => {
      const { ada } = await act.people('ada')
      expect(await store.updateProfile(ada, { bio: 'Engines' }, nowMs)).to.include({ bio: 'Engines', rev: 2 })
      expect(await store.updateProfile(ada, { bio: 'Engines', name: 'Name of ada' }, nowMs)).to.include({ rev: 2 })
      expect(await store.updateProfile(act.ids.user(), { bio: 'x' }, nowMs)).to.equal(null)
      expect((await events()).map(({ id }) => id)).to.deep.equal([`user:${ada}@1`, `user:${ada}@2`])
    }),
  )

  it(
    '[ACC5] the read marker never moves back',
    withStore(async ({ store, act }) => {
      const { ada } = await act.people('ada')
      const [first, second] = [act.ids.entry(), act.ids.entry()]
      expect(await store.moveReadMarker(ada, second)).to.equal(second)
      expect(await store.moveReadMarker(ada, first)).to.equal(second)
      expect((await store.userById(ada))?.readUpTo).to.equal(second)
      expect(await store.moveReadMarker(act.ids.user(), first)).to.equal(null)
    }),
  )

  it(
    '[ACC6] cards, free handles and the number of people are those of who is there',
    withStore(async ({ store, act }) => {
      const { ada, bob } = await act.people('ada', 'bob')
      const [adaName, bobName, cyName] = [act.user('ada').handle, act.user('bob').handle, act.user('cy').handle]
      expect(await store.cardsById([bob, act.ids.user()])).to.deep.equal([
        { id: bob, handle: 'bob', name: 'Name of bob' },
      ])
      const byHandle = await store.cardsByHandle([adaName, cyName])
      expect(byHandle).to.deep.equal([{ id: ada, handle: 'ada', name: 'Name of ada' }])
      expect(await store.freeHandles([cyName, adaName, bobName])).to.deep.equal(['cy'])
      expect(await store.countPeople()).to.equal(2)
      expect(await store.setRole(ada, 'operator')).to.include({ role: 'operator', rev: 1 })
    }),
  )
}

function testImport(withStore: WithStore): void {
  it(
    '[ACC60] an import writes people and follows with their counts, with or without events',
    withStore(async ({ store, act, events }) => {
      const people = Array.from({ length: 1_100 }, (_, n) => act.user(`p${n}`))
      await store.importPeople(people, { events: false })
      expect(await events()).to.deep.equal([])
      expect(await store.countPeople()).to.equal(1_100)
      const follow = (actor: number, target: number) => {
        const [a, t] = [people[actor], people[target]]
        if (a === undefined || t === undefined) throw new Error('no such person')
        return { actorId: a.id, targetId: t.id, edgeId: act.ids.entry(), atMs: nowMs }
      }
      const follows = people.slice(1).map((_, n) => follow(n + 1, 0))
      await store.importFollows([...follows, follow(3, 4), follow(3, 4), follow(5, 5)], { events: true })
      expect(await store.countDrift()).to.deep.equal([])
      expect(await events()).to.have.length(1_100)
      expect(await store.userById(follow(0, 1).actorId)).to.include({ followers: 1_099, following: 0 })
    }),
  )

  it(
    '[ACC60] an import of a handle that is taken fails',
    withStore(async ({ store, act }) => {
      await act.people('ada')
      const error: unknown = await store.importPeople([act.user('ada')], { events: true }).catch((e: unknown) => e)
      expect(error).to.be.instanceOf(AppError).with.property('code', 'handle_taken')
    }),
  )
}
