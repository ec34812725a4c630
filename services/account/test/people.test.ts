import { expect } from 'chai'
import { accountContract, type UserId } from '@skein/contracts'
import { accountAccess, createPasswordHasher, seedAccounts } from '../src/index.js'
import { seededRandom } from '@skein/platform/testing'
import {
  codeOf,
  errorOf,
  fastPasswords,
  goodPassword,
  handleOf,
  openService,
  type Signed,
  type TestService,
} from './service-harness.js'

async function people(service: TestService, ...handles: string[]): Promise<Signed[]> {
  const signed = []
  for (const handle of handles) signed.push(await service.signUp(handle))
  return signed
}

function follow(service: TestService, who: Signed | undefined, whom: string, on = true) {
  if (who === undefined) throw new Error('nobody')
  return service.client().edges.follow({ handle: handleOf(whom), on }, service.as(who))
}

describe('account service: people', () => {
  it('[ACC88] a profile has counts, and a relation for who signed in', async () => {
    await using service = await openService()
    const [ada, bob] = await people(service, 'ada', 'bob')
    await follow(service, bob, 'ada')
    const client = service.client()
    const profile = await client.users.get({ handle: handleOf('ada') }, service.as())
    expect(profile.counts).to.deep.equal({ followers: 1, following: 0, posts: 0 })
    expect(profile).to.not.have.property('viewer')
    const seen = await client.users.get({ handle: handleOf('ada') }, service.as(bob))
    expect(seen.viewer).to.include({ following: true, followedBy: false })
    expect(await codeOf(client.users.get({ handle: handleOf('nobody') }, service.as()))).to.equal('not_found')
    expect(await client.me.get({}, service.as(ada))).to.deep.equal(ada?.me)
  })

  it('[ACC88] me changes name and bio, and refuses every other field', async () => {
    await using service = await openService()
    const [ada] = await people(service, 'ada')
    const client = service.client()
    const me = await client.me.update({ name: ' Ada L. ', bio: 'Engines' }, service.as(ada))
    expect(me).to.deep.equal({ ...ada?.me, name: 'Ada L.', bio: 'Engines' })
    expect(service.events.at(-1)).to.deep.include({
      rev: 2,
      user: { id: me.id, handle: 'ada', name: 'Ada L.', bio: 'Engines' },
    })
    const more = JSON.parse('{"role":"operator","handle":"eve","name":"Eve"}') as { name: string }
    const { code, fields } = await errorOf(client.me.update(more, service.as(ada)))
    expect([code, Object.keys(fields ?? {})]).to.deep.equal(['invalid', ['role', 'handle']])
  })

  it('[ACC5] reading notifications moves the marker forward only', async () => {
    await using service = await openService()
    const [ada, bob, cy] = await people(service, 'ada', 'bob', 'cy')
    await follow(service, bob, 'ada')
    await follow(service, cy, 'ada')
    const { me, edges } = service.client()
    const { items } = await edges.followNotices({ limit: 10 }, service.as(ada))
    expect(items.map(({ actorId }) => actorId)).to.deep.equal([cy?.me.id, bob?.me.id])
    const [newest, oldest] = items
    if (newest === undefined || oldest === undefined) throw new Error('no notices')
    expect(await me.readMarker({}, service.as(ada))).to.deep.equal({ upTo: null })
    expect(await me.readNotifications({ upTo: newest.id }, service.as(ada))).to.deep.equal({ upTo: newest.id })
    expect(await me.readNotifications({ upTo: oldest.id }, service.as(ada))).to.deep.equal({ upTo: newest.id })
    expect(await me.readMarker({}, service.as(ada))).to.deep.equal({ upTo: newest.id })
  })

  it('[ACC89] a list of followers is paged to its ends both ways, with relations', async () => {
    await using service = await openService()
    const handles = Array.from({ length: 7 }, (_, n) => `fan${n}`)
    const [ada, ...fans] = await people(service, 'ada', ...handles)
    for (const fan of fans) await follow(service, fan, 'ada')
    await follow(service, ada, 'fan2')
    const { users } = service.client()
    const list = (place: { before?: string; after?: string }) =>
      users.followers({ handle: handleOf('ada'), limit: 3, ...place }, service.as(ada))
    const seen: string[] = []
    let page = await list({})
    for (;;) {
      seen.push(...page.items.map(({ user }) => user.handle))
      if (page.next === null) break
      page = await list({ before: page.next })
    }
    expect(seen).to.deep.equal([...handles].reverse())
    expect(page.items).to.have.length(1)
    const newer = await list({ after: page.prev ?? '' })
    expect(newer.items.map(({ user }) => user.handle)).to.deep.equal(['fan3', 'fan2', 'fan1'])
    expect(newer.items[1]?.viewer).to.include({ following: true, followedBy: true })
    expect(newer.items[0]?.viewer).to.include({ following: false, followedBy: true })
    const exact = await users.followers({ handle: handleOf('ada'), limit: 7 }, service.as())
    expect([exact.items.length, exact.next, exact.items[0]?.viewer]).to.deep.equal([7, null, undefined])
    const newest = await list({ after: exact.prev ?? '' })
    expect(newest).to.deep.equal({ items: [], next: null, prev: null })
    const following = await users.following({ handle: handleOf('fan1') }, service.as())
    expect(following.items.map(({ user }) => user.handle)).to.deep.equal(['ada'])
    expect(await codeOf(list({ before: 'nonsense' }))).to.equal('bad_cursor')
  })

  it('[ACC70] search reads what people type', async () => {
    await using service = await openService()
    const [ada] = await people(service, 'ada', 'adam')
    const search = async (prefix: string, who?: Signed) => {
      const { items } = await service.client().users.search({ prefix }, service.as(who))
      return items.map(({ user }) => user.handle)
    }
    expect(await search('@Ad')).to.deep.equal(['ada', 'adam'])
    expect(await search('ad%', ada)).to.deep.equal([])
    expect(await search('', ada)).to.have.length(2)
  })

  it('[ACC90] follow, block and mute answer the relation, are idempotent, and refuse by name', async () => {
    await using service = await openService()
    const [ada, bob] = await people(service, 'ada', 'bob', 'cy')
    const { edges } = service.client()
    const none = { following: false, followedBy: false, blocking: false, blockedBy: false, muting: false }
    expect(await follow(service, ada, 'bob')).to.deep.equal({ ...none, following: true })
    const told = service.events.length
    expect(await follow(service, ada, 'bob')).to.deep.equal({ ...none, following: true })
    expect(service.events).to.have.length(told)
    const blocking = await edges.block({ handle: handleOf('ada'), on: true }, service.as(bob))
    expect(blocking).to.deep.equal({ ...none, blocking: true })
    expect(await codeOf(follow(service, ada, 'bob'))).to.equal('blocked')
    expect(await follow(service, ada, 'bob', false)).to.deep.equal({ ...none, blockedBy: true })
    expect((await edges.mute({ handle: handleOf('bob'), on: true }, service.as(ada))).muting).to.equal(true)
    expect((await errorOf(follow(service, ada, 'ada'))).fields).to.have.property('handle')
    expect(await codeOf(follow(service, ada, 'nobody'))).to.equal('not_found')
  })

  it('[ACC90] above the limit of follows none is made', async () => {
    await using service = await openService({ config: { followsMax: 1 } })
    const [ada] = await people(service, 'ada', 'bob', 'cy')
    await follow(service, ada, 'bob')
    expect(await codeOf(follow(service, ada, 'cy'))).to.equal('limit_reached')
    await follow(service, ada, 'bob', false)
    expect((await follow(service, ada, 'cy')).following).to.equal(true)
  })

  it('[ACC91] suggestions rank by ways, name who follows, and go on with the most followed', async () => {
    await using service = await openService()
    const [me, f1, f2, star] = await people(service, 'me1', 'f1', 'f2', 'star', 'near', 'far', 'lone')
    for (const whom of ['f1', 'f2']) await follow(service, me, whom)
    for (const who of [f1, f2]) await follow(service, who, 'near')
    await follow(service, f1, 'far')
    await follow(service, star, 'lone')
    const { items } = await service.client().users.suggestions({ limit: 3 }, service.as(me))
    const told = items.map(({ user, followedBy, followers }) => [
      user.handle,
      followedBy.map((u) => u.handle).sort(),
      followers,
    ])
    expect(told).to.deep.equal([
      ['near', ['f1', 'f2'], 2],
      ['far', ['f1'], 1],
      ['lone', [], 1],
    ])
  })

  it('[ACC92] without a user only the listed methods answer, to the listed callers', async () => {
    await using service = await openService()
    const [ada] = await people(service, 'ada')
    const userIds = [ada?.me.id].filter((id): id is UserId => id !== undefined)
    const { users, edges, me } = service.client()
    expect(await users.count({}, service.as())).to.deep.equal({ people: 1 })
    expect((await users.cards({ ids: userIds }, service.as())).items).to.have.length(1)
    expect((await users.byHandles({ handles: [handleOf('ada')] }, service.as())).items).to.have.length(1)
    expect((await edges.viewers({ userIds }, service.as())).items).to.have.length(1)
    expect(await codeOf(me.get({}, service.as()))).to.equal('unauthenticated')
    expect(await codeOf(users.suggestions({}, service.as()))).to.equal('unauthenticated')
    expect(await codeOf(service.client('cli').edges.viewers({ userIds }, service.as()))).to.equal('unauthenticated')
    const suspend = { handle: handleOf('ada'), on: true }
    for (const caller of ['gateway', 'timeline', 'post'] as const) {
      expect(await codeOf(service.client(caller).operator.suspend(suspend, service.as(ada)))).to.equal('forbidden')
    }
    const operator = Object.keys(accountContract.operator).map((name) => `operator.${name}`)
    expect(Object.keys(accountAccess.onlyFor)).to.have.members(operator)
  })

  it('[ACC93] the operator makes accounts and tokens, sets roles and suspends', async () => {
    await using service = await openService()
    const { operator } = service.client('cli')
    const made = { handle: handleOf('admin'), name: 'Admin', password: goodPassword, role: 'operator' as const }
    expect(await operator.createUser(made, service.as())).to.include({ handle: 'admin', role: 'operator' })
    expect(await codeOf(operator.createUser(made, service.as()))).to.equal('handle_taken')
    const [ada] = await people(service, 'ada')
    const handle = handleOf('ada')
    expect(await operator.setRole({ handle, role: 'operator' }, service.as())).to.include({ role: 'operator' })
    const { refreshToken } = await operator.createToken({ handle, client: 'a program' }, service.as())
    const program = await service.client().sessions.refresh({ refreshToken }, service.as())
    expect((await service.verifier.verify(program.tokens.accessToken)).actor.role).to.equal('operator')
    await operator.suspend({ handle, on: true }, service.as())
    const signIn = () => service.client().sessions.signIn({ handle, password: goodPassword }, service.as())
    expect(await codeOf(signIn())).to.equal('forbidden')
    for (const { tokens } of [program, ada].filter((signed) => signed !== undefined)) {
      expect(
        await codeOf(service.client().sessions.refresh({ refreshToken: tokens.refreshToken }, service.as())),
      ).to.equal('session_ended')
      expect(await codeOf(service.verifier.verify(tokens.accessToken))).to.equal('session_ended')
    }
    expect(await codeOf(operator.createToken({ handle, client: 'x' }, service.as()))).to.equal('forbidden')
    await operator.suspend({ handle, on: false }, service.as())
    expect((await signIn()).me.handle).to.equal('ada')
  })

  it('[ACC60] a seeded database has its people, who can sign in, and their follows', async () => {
    await using service = await openService()
    const { store, clock } = service
    const passwordHash = await createPasswordHasher(fastPasswords).hash(goodPassword)
    const people = Array.from({ length: 50 }, (_, n) => ({ handle: `demo${n}`, name: `Demo ${n}` }))
    const follows = people.slice(1).map((_, n) => [n + 1, 0] as const)
    const seed = { people, follows, passwordHash, events: true }
    const ids = await seedAccounts(seed, { store, clock, random: seededRandom(3) })
    expect(ids).to.have.length(50)
    expect(service.events).to.have.length(99)
    const signed = await service.client().sessions.signIn({ handle: 'demo0', password: goodPassword }, service.as())
    expect(signed.me.id).to.equal(ids[0])
    expect((await store.userById(signed.me.id))?.followers).to.equal(49)
  })
})
