import type { FeedView } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { collect, type Collected } from './support/collect.js'
import { loadFeed } from './support/feeds.js'
import { Closing, signUp, signUpAll, type Device, type Person } from './support/people.js'
import { linesOf, loadWhole, pictureOf } from './support/picture.js'
import { followAll, postMany } from './support/posting.js'
import { openProxy, type Proxy } from './support/proxy.js'
import { createChance } from './support/random.js'
import { homeLagMs, isCluster, startSystem, type System } from './support/system.js'

/** A person with two devices, one of them behind a way that can be cut. */
interface Traveller {
  readonly person: Person
  readonly proxy: Proxy
  readonly away: Device
  readonly raw: Collected
  readonly view: FeedView
}

async function openTraveller(closing: Closing, system: System, person: Person): Promise<Traveller> {
  const proxy = await openProxy(system.port)
  closing.add(proxy)
  const away = await person.device({ url: proxy.url })
  const raw = await collect(away.client, 'home')
  const view = away.client.view('home', { autoShow: true })
  await eventually(() => view.getSnapshot().live)
  return { person, proxy, away, raw, view }
}

async function cut({ proxy, away }: Traveller): Promise<void> {
  proxy.cut()
  await eventually(() => away.client.connection.status === 'offline')
}

/** What the view shows is what a client that was never there before sees, down to the first line ever. */
async function expectFresh(closing: Closing, { person, view }: Traveller): Promise<void> {
  const fresh = (await person.device()).client
  closing.add(fresh)
  const expected = (await loadWhole(fresh.view('home', { autoShow: true, pageSize: 100 }))).map(pictureOf)
  expect((await loadWhole(view)).map(pictureOf)).to.deep.equal(expected)
  expect(expected.length).to.be.greaterThan(0)
}

describe('a client that was away', function () {
  this.timeout(isCluster ? 240_000 : 90_000)
  let closing: Closing

  beforeEach(() => {
    closing = new Closing()
  })
  afterEach(() => closing[Symbol.asyncDispose]())

  it('[SYS20] [INV6] resumes after 1,000 posts and another device’s follows exactly to what a fresh client sees', async () => {
    const chance = createChance()
    await using system = await startSystem()
    const authors = await signUpAll(
      closing,
      system.url,
      Array.from({ length: 12 }, (_, n) => `author${n}`),
    )
    const traveller = await openTraveller(closing, system, await signUp(closing, system.url, 'traveller'))
    const { person, proxy, away, raw, view } = traveller
    await followAll(person, authors.slice(0, 6))
    await postMany(authors, 60, (n) => `early ${n}`)
    await eventually(() => linesOf(view).length >= 20)

    await cut(traveller)
    await Promise.all([
      postMany(authors, 1_000, (n) => `missed ${n} #${n % 3 === 0 ? 'three' : 'other'}`),
      changeMeanwhile(person, authors, () => chance.pick(authors)),
    ])
    const heldBefore = linesOf(view).length
    expect(away.client.connection.status).to.equal('offline')
    proxy.mend()

    await eventually(() => view.getSnapshot().live, 15_000)
    expect(linesOf(view).length).to.be.greaterThan(heldBefore)
    await eventually(() => raw.of('caught-up').length > 0)
    expect(raw.of('gap')).to.deep.equal([])
    expect(raw.of('sources').length).to.be.greaterThan(0)
    await expectFresh(closing, traveller)
    await postMany(authors, 24, (n) => `late ${n}`)
    await expectFresh(closing, traveller)
  })

  it('[SYS21] [INV6] away for longer than the window remembers: told gap, and reloads to the same', async () => {
    await using system = await startSystem({ settings: { 'live.windowEntries': 50 } })
    const authors = await signUpAll(closing, system.url, ['ann', 'ben', 'cat'])
    const traveller = await openTraveller(closing, system, await signUp(closing, system.url, 'traveller'))
    const { person, proxy, raw, view } = traveller
    await followAll(person, authors)
    await postMany(authors, 30, (n) => `early ${n}`)
    await eventually(() => linesOf(view).length >= 30)
    await cut(traveller)
    const missed = await postMany(authors, 200, (n) => `missed ${n}`)
    proxy.mend()
    await eventually(() => raw.of('gap').length > 0, 10_000)
    expect(raw.of('gap').map(({ reason }) => reason)).to.deep.equal(['expired'])
    expect(raw.of('post').filter(({ item }) => missed.some(({ id }) => id === item.id))).to.deep.equal([])
    await expectFresh(closing, traveller)
    await postMany(authors, 3, (n) => `late ${n}`)
    await expectFresh(closing, traveller)
  })

  it('[SYS22] [INV6] quiet for longer than the window: its cursor moves with the log, and it resumes without a gap', async () => {
    await using system = await startSystem({ settings: { 'live.windowEntries': 50 } })
    const [near, far] = (await signUpAll(closing, system.url, ['near', 'far'])) as [Person, Person]
    const traveller = await openTraveller(closing, system, await signUp(closing, system.url, 'traveller'))
    const { person, proxy, raw } = traveller
    await followAll(person, [near])
    await near.client.posts.create('the last for long')
    await eventually(() => raw.of('post').length === 1)
    const started = raw.subscription.cursor
    await postMany([far], 200, (n) => `elsewhere ${n}`)
    const { cursor } = await far.client.timeline('public')
    await eventually(() => raw.subscription.cursor === cursor, 22_000)
    expect(raw.subscription.cursor).not.to.equal(started)

    await cut(traveller)
    await near.client.posts.create('missed')
    proxy.mend()
    await eventually(() => raw.texts().includes('missed'), 10_000)
    expect(raw.of('gap')).to.deep.equal([])
    expect(raw.texts()).to.deep.equal(['the last for long', 'missed'])
    await eventually(async () => expect(await loadFeed(person.client, 'home')).to.have.length(2), homeLagMs)
    await expectFresh(closing, traveller)
  })
})

/** The same person on another device: follows some, leaves others; and the authors repost, edit and delete. */
async function changeMeanwhile(person: Person, authors: readonly Person[], anyAuthor: () => Person): Promise<void> {
  for (let n = 0; n < 40; n += 1) {
    const author = anyAuthor()
    await person.client.users.follow(author.handle, n % 2 === 0)
    const [own] = (await author.client.timeline(`user:${author.handle}`, { limit: 1 })).items
    if (own === undefined) continue
    if (n % 4 === 0) await author.client.posts.edit(own.post.id, `edited ${n}`).catch(() => {})
    if (n % 4 === 1 && own.repostedBy === undefined) await author.client.posts.delete(own.post.id)
    if (n % 4 === 2)
      await anyAuthor()
        .client.posts.repost(own.post.id, true)
        .catch(() => {})
  }
  await followAll(person, authors.slice(4, 9))
}
