import { Handle } from '@skein/contracts'
import { expect } from 'chai'
import { createFixture, type Fixture } from './fixture.js'
import { codeOf } from './paging.js'

/** A reader who follows `followed` people with `posts` posts each, taking turns; every fifth quotes. */
function createBusyWorld(followed: number, posts: number, ...how: Parameters<typeof createFixture>) {
  const fixture = createFixture(...how)
  const { model } = fixture
  const me = model.addUser('me')
  const users = Array.from({ length: followed }, (_, i) => model.addUser(`person_${i}`))
  for (const user of users) model.follow(me, user)
  const quoted = model.post(me)
  for (let i = 0; i < posts; i++)
    for (const user of users)
      model.post(
        user,
        i % 5 === 0 ? { quoteOf: quoted, text: 'honk', tags: ['geese'] } : { text: 'honk', tags: ['geese'] },
      )
  return { ...fixture, me, users }
}

const namesOf = ({ fakes }: Fixture): string[] => fakes.calls.map(({ name }) => name)
const serviceCalls = (fixture: Fixture): string[] => namesOf(fixture).filter((name) => name !== 'log.heads')

describe('a read', () => {
  it('[TML8] reads the heads of the log first, then the viewer, then the lines', async () => {
    const world = createBusyWorld(2, 3)
    const { client, as, me, fakes, model } = world
    const seq = model.posts.size
    fakes.onCall = (name) => void (name === 'edges.viewers' && model.post(me))
    const page = await client.feeds.home({}, as(me))
    expect(namesOf(world).slice(0, 3)).to.deep.equal(['log.heads', 'edges.viewers', 'entries.byActors'])
    expect(page.cursor).to.equal(`s1.e-${seq.toString(36)}`)
    expect(page.items).to.have.length(seq + 1)
  })

  it('[TML8] every feed fixes its cursor before anything else', async () => {
    const world = createBusyWorld(2, 3)
    const { client, as, me, fakes, model } = world
    const [postId] = model.posts.keys()
    const reads = [
      () => client.feeds.public({}, as(me)),
      () => client.feeds.user({ handle: Handle.parse('person_1') }, as(me)),
      () => client.feeds.tag({ tag: 'geese' }, as(me)),
      () => client.feeds.search({ q: 'honk' }, as(me)),
      () => client.feeds.bookmarks({}, as(me)),
      () => client.feeds.notifications({}, as(me)),
      () => client.feeds.thread({ postId: postId ?? '' }, as(me)),
    ]
    for (const read of reads) {
      fakes.calls.length = 0
      await read()
      expect(namesOf(world).slice(0, 2)).to.deep.equal(['log.heads', 'edges.viewers'])
    }
  })

  it('[TML9] a follow and a mute show at the next page', async () => {
    const { client, as, me, users, model } = createBusyWorld(1, 1)
    const [user] = users
    if (user === undefined) throw new Error('nobody')
    const count = async (): Promise<number> => (await client.feeds.home({}, as(me))).items.length
    expect(await count()).to.equal(2)
    model.follow(me, user, false)
    expect(await count()).to.equal(1)
  })

  it('[TML10] home costs five calls, however many people and posts', async () => {
    const world = createBusyWorld(200, 2)
    const page = await world.client.feeds.home({}, world.as(world.me))
    expect(page.items).to.have.length(20)
    expect(serviceCalls(world)).to.have.length.at.most(5)
    world.fakes.calls.length = 0
    const large = await world.client.feeds.home({ limit: 100, before: page.next ?? '' }, world.as(world.me))
    expect(large.items).to.have.length(100)
    expect(serviceCalls(world)).to.have.length.at.most(5)
  })

  it('[TML10] the last page costs as few', async () => {
    const world = createBusyWorld(2, 3)
    const page = await world.client.feeds.home({}, world.as(world.me))
    expect(page.items).to.have.length(7)
    expect(page.next).to.equal(null)
    expect(serviceCalls(world)).to.have.members(['edges.viewers', 'entries.byActors', 'posts.byIds', 'users.cards'])
  })

  it('[TML10] the other feeds cost as few', async () => {
    const world = createBusyWorld(30, 5)
    const { client, as, me, fakes, model } = world
    const root = model.post(me)
    for (let i = 0; i < 30; i++) model.post(world.users[i] ?? me, { replyTo: root, mentions: [me] })
    for (const user of world.users) model.follow(user, me)
    const leaf = model.post(me, { replyTo: [...model.posts.keys()].at(-1) ?? root, quoteOf: root })
    for (let i = 0; i < 30; i++) model.post(me, { replyTo: leaf, quoteOf: root })
    const costs: [number, () => Promise<{ items: readonly unknown[] }>][] = [
      [5, () => client.feeds.public({}, as(me))],
      [5, () => client.feeds.tag({ tag: 'geese' }, as(me))],
      [5, () => client.feeds.search({ q: 'honk' }, as(me))],
      [6, () => client.feeds.user({ handle: 'me' }, as(me))],
      [9, () => client.feeds.notifications({}, as(me))],
      [9, () => client.feeds.thread({ postId: leaf }, as(me))],
    ]
    for (const [most, read] of costs) {
      fakes.calls.length = 0
      await world.service.close()
      expect((await read()).items).to.have.length(20)
      expect(serviceCalls(world)).to.have.length.at.most(most)
    }
  })

  it('[TML11] a thousand filtered lines cost few rounds', async () => {
    const world = createBusyWorld(1, 0)
    const { model, client, as, me } = world
    const stranger = model.addUser('stranger')
    const theirs = model.post(stranger)
    const [friend] = world.users
    for (let i = 0; i < 1_000; i++) model.post(friend ?? me, { replyTo: theirs })
    const page = await client.feeds.home({}, as(me))
    expect(page.items).to.have.length(1)
    expect(page.next).to.equal(null)
    expect(serviceCalls(world).filter((name) => name === 'entries.byActors')).to.have.length.at.most(6)
    expect(serviceCalls(world).filter((name) => name === 'posts.byIds')).to.have.length.at.most(10)
  })

  it('[TML12] posts of those who stay hidden are not read', async () => {
    const world = createBusyWorld(1, 0)
    const { model, client, as, me } = world
    const noisy = model.addUser('noisy')
    for (let i = 0; i < 300; i++) model.post(noisy)
    model.mute(me, noisy)
    expect((await client.feeds.public({}, as(me))).items).to.have.length(1)
    expect(serviceCalls(world).filter((name) => name === 'posts.byIds')).to.have.length(1)
  })

  it('[TML13] cards are kept for their time and then read again', async () => {
    const world = createBusyWorld(1, 1, { cardTtlMs: 30_000 })
    const { client, as, me, model, time } = world
    const nameOf = async (): Promise<string | undefined> =>
      (await client.feeds.home({}, as(me))).items[0]?.post.author.name
    const [user] = world.users
    const card = user && model.cards.get(user)
    if (card === undefined) throw new Error('nobody')
    expect(await nameOf()).to.equal('PERSON_0')
    model.cards.set(card.id, { ...card, name: 'Renamed' })
    time.nowMs += 29_000
    expect(await nameOf()).to.equal('PERSON_0')
    expect(serviceCalls(world).filter((name) => name === 'users.cards')).to.have.length(1)
    time.nowMs += 1_001
    expect(await nameOf()).to.equal('Renamed')
  })

  it('[TML13] what is kept for all readers is asked for as nobody, the rest as the reader', async () => {
    const world = createBusyWorld(2, 2)
    const { client, as, me, fakes, model } = world
    await client.feeds.user({ handle: 'person_1' }, as(me))
    await client.feeds.home({}, as(me))
    model.post(me, { quoteOf: [...model.posts.values()][0]?.id ?? model.post(me) })
    await client.feeds.home({ limit: 1 }, as(me))
    await client.trends({}, as(me))
    const tokens = (name: string) => fakes.calls.filter((call) => call.name === name).map((call) => call.accessToken)
    for (const name of ['users.cards', 'users.byHandles', 'tags.trending'])
      expect(new Set(tokens(name)), name).to.deep.equal(new Set([undefined]))
    expect(tokens('entries.byActors')).to.include(me)
    expect(tokens('posts.byIds').slice(-2)).to.deep.equal([me, undefined])
  })

  it('[TML29] trends are asked for once in 15 s, and again after a failure', async () => {
    const world = createBusyWorld(1, 1)
    const { client, as, fakes, time, me } = world
    fakes.onCall = () => {
      throw new Error('away')
    }
    const failure: unknown = await client.trends({}, as()).catch((thrown: unknown) => thrown)
    expect(failure).to.be.instanceOf(Error)
    fakes.onCall = () => undefined
    fakes.calls.length = 0
    const [a, b] = await Promise.all([client.trends({}, as()), client.trends({ limit: 1 }, as(me))])
    expect(a.items.map(({ tag }) => tag)).to.deep.equal(['geese'])
    expect(b.items).to.have.length(1)
    time.nowMs += 14_999
    await client.trends({}, as())
    expect(fakes.calls).to.have.length(1)
    time.nowMs += 1
    await client.trends({}, as())
    expect(fakes.calls).to.have.length(2)
  })

  it('[TML31] trends that another replica read are not asked for, and what is read here is told to the others', async () => {
    const told: number[] = []
    const world = createBusyWorld(1, 1, {}, { onTrends: (trends) => told.push(trends.length) })
    const { client, as, fakes, service, time } = world
    service.hearTrends([])
    expect((await client.trends({}, as())).items).to.deep.equal([])
    expect([fakes.calls.length, told]).to.deep.equal([0, []])
    time.nowMs += 15_000
    expect((await client.trends({}, as())).items).to.have.length(1)
    expect(told).to.deep.equal([1])
  })

  it('[TML2] a post deleted between the list and the post is replaced by the next one', async () => {
    const { client, as, me, users, model, fakes } = createBusyWorld(1, 0)
    const [user] = users
    const [a, b, c, d] = [model.post(user ?? me), model.post(me), model.post(me), model.post(me)]
    fakes.onCall = (name) => {
      if (name === 'posts.byIds') model.delete(c)
    }
    const page = await client.feeds.home({ limit: 3 }, as(me))
    expect(page.items.map(({ id }) => id)).to.deep.equal([d, b, a])
  })

  it('[TML50] home, notifications and bookmarks need a user, and one whom the account service knows', async () => {
    const { client, as, me, model } = createBusyWorld(1, 1)
    for (const read of [client.feeds.home, client.feeds.notifications, client.feeds.bookmarks]) {
      expect(await codeOf(read({}, as()))).to.equal('unauthenticated')
      expect(await codeOf(read({}, as(me)))).to.equal('ok')
    }
    model.cards.delete(me)
    expect(await codeOf(client.feeds.home({}, as(me)))).to.equal('unauthenticated')
  })
})

describe('a read that may not go on', () => {
  function createHiddenWorld(hidden: number, config = {}) {
    const world = createBusyWorld(1, 0, config)
    const { model, me } = world
    const stranger = model.addUser('stranger')
    const theirs = model.post(stranger)
    const [friend] = world.users
    const oldest = model.post(friend ?? me)
    for (let i = 0; i < hidden; i++) model.post(friend ?? me, { replyTo: theirs })
    const newest = model.post(friend ?? me)
    return { ...world, oldest, newest }
  }

  it('[TML6] leaves its page short with a cursor that goes on, and says so in the log', async () => {
    const { client, as, me, newest, oldest, logged } = createHiddenWorld(900, { scanMaxLines: 100 })
    let page = await client.feeds.home({}, as(me))
    expect(page.items.map(({ id }) => id)).to.deep.equal([newest])
    expect(logged[0]?.message).to.equal('a page was left short')
    const found: string[] = []
    for (let pages = 0; page.next !== null; pages++) {
      page = await client.feeds.home({ before: page.next }, as(me))
      found.push(...page.items.map(({ id }) => id))
      expect(pages).to.be.below(20)
    }
    expect(found[0]).to.equal(oldest)
  })

  it('[TML6] goes on towards newer lines too', async () => {
    const { client, as, me, newest, oldest } = createHiddenWorld(900, { scanMaxLines: 100 })
    const found: string[] = []
    let after: string | null = `p1.${oldest}`
    for (let pages = 0; after !== null; pages++) {
      const page: { items: { id: string }[]; prev: string | null; next: string | null } = await client.feeds.home(
        { after },
        as(me),
      )
      found.push(...page.items.map(({ id }) => id))
      expect(page.next).to.not.equal(null)
      after = page.prev
      expect(pages).to.be.below(20)
    }
    expect(found).to.deep.equal([newest])
  })

  it('[TML6] begins no round that its deadline would cut off', async () => {
    const world = createHiddenWorld(900)
    const { client, me, fakes, time } = world
    fakes.onCall = (name) => {
      if (name === 'entries.byActors') time.nowMs += 400
    }
    const page = await client.feeds.home({}, { context: { actor: me, deadlineMs: 1_000 } })
    expect(page.items).to.have.length(1)
    expect(page.next).to.not.equal(null)
    expect(serviceCalls(world).filter((name) => name === 'entries.byActors')).to.have.length(1)
  })

  it('[TML6] goes on with what was listed and not looked at', async () => {
    const { client, me, fakes, time, newest, oldest, as } = createHiddenWorld(30)
    fakes.onCall = (name) => {
      if (name === 'entries.byActors') time.nowMs += 400
    }
    const page = await client.feeds.home({}, { context: { actor: me, deadlineMs: 1_000 } })
    expect(page.items.map(({ id }) => id)).to.deep.equal([newest])
    const rest = await client.feeds.home({ before: page.next ?? '' }, as(me))
    expect(rest.items[0]?.id).to.equal(oldest)
  })

  it('[TML6] a page that is full is not short', async () => {
    const { client, as, me, logged } = createHiddenWorld(900)
    const page = await client.feeds.home({}, as(me))
    expect(page.items).to.have.length(3)
    expect(page.next).to.equal(null)
    expect(logged).to.deep.equal([])
  })
})
