import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@skein/platform/testing'
import type { FeedView } from '@skein/client'
import { expect } from 'chai'
import { collect, type Collected } from './support/collect.js'
import { storedIn } from './support/stored.js'
import { doubled, idsOf, loadFeed, textsOf } from './support/feeds.js'
import { Closing, signUpAll, type Person } from './support/people.js'
import { pictureOf } from './support/picture.js'
import { followAll } from './support/posting.js'
import { createChance, type Chance } from './support/random.js'
import { isCluster, spawnSystem, type Spawned } from './support/system.js'
import { startWriter, type Writer } from './support/writer.js'

const rounds = 20
/** How long a page may lag behind what arrives live: where homes are stored, until the share of a dead worker is taken over. */
const healingMs = isCluster ? 30_000 : 1

/** One process killed again and again under load; the tests look at what is left. */
describe('a process that is killed under load', function () {
  this.timeout(240_000)
  let system: Spawned
  let closing: Closing
  let writers: Writer[]
  let readers: Person[]
  let heard: Collected[]
  let views: FeedView[]

  before(async () => {
    const chance = createChance()
    system = await spawnSystem({}, 'disk')
    closing = new Closing()
    const authors = await signUpAll(closing, system.url, ['ada', 'bob', 'cyd', 'dee'])
    readers = await signUpAll(closing, system.url, ['rea', 'rob', 'ron'])
    await Promise.all(readers.map((reader) => followAll(reader, authors)))
    heard = await Promise.all(readers.map((reader) => collect(reader.client, 'home')))
    views = readers.map((reader) => reader.client.view('home', { autoShow: true }))
    for (const author of authors) await collect(author.client, 'notifications')
    writers = authors.map((author) => startWriter(author, chance, 8))
    for (let round = 0; round < rounds; round += 1) await killOnce(system, chance, writers)
    await Promise.all(writers.map((writer) => writer.stop()))
    await quiet(heard, writers)
  })

  after(async () => {
    await closing?.[Symbol.asyncDispose]()
    await system?.[Symbol.asyncDispose]()
  })

  it('[INV1] [INV2] [INV3] has every acknowledged post once in its author’s timeline, and nothing else', async () => {
    for (const { person, tried, acknowledged, wrongRepeats } of writers) {
      const lines = await loadFeed(person.client, `user:${person.handle}`)
      expect(wrongRepeats).to.deep.equal([])
      expect(acknowledged.length).to.be.greaterThan(rounds)
      expect(idsOf(lines).toReversed()).to.deep.equal(idsOf(acknowledged))
      expect(textsOf(lines).toReversed()).to.deep.equal(tried)
    }
  })

  it('[INV1] [INV3] has every acknowledged post once in each follower’s home', async () => {
    const all = writers.flatMap((writer) => idsOf(writer.acknowledged)).sort()
    for (const reader of readers)
      await eventually(async () => {
        expect(idsOf(await loadFeed(reader.client, 'home')).toReversed()).to.deep.equal(all)
      }, healingMs)
  })

  it('[INV6] clients that stayed resumed by themselves: no gap, nothing missing, nothing twice', () => {
    const all = writers.flatMap((writer) => idsOf(writer.acknowledged)).sort()
    for (const { of } of heard) {
      const ids = of('post').map(({ item }) => item.id)
      expect(of('gap')).to.deep.equal([])
      expect(of('caught-up').length).to.be.greaterThan(0)
      expect(doubled(ids)).to.deep.equal([])
      expect(ids.toSorted()).to.deep.equal(all)
    }
  })

  it('[INV4] each author’s posts came in the order in which they were accepted', () => {
    for (const { of } of heard)
      for (const { person, acknowledged } of writers) {
        const own = of('post').filter(({ item }) => item.post.author.id === person.id)
        expect(own.map(({ item }) => item.id)).to.deep.equal(idsOf(acknowledged))
      }
  })

  it('[INV3] [INV6] views that stayed open show what a fresh page shows, each line once', async () => {
    for (const [n, view] of views.entries()) {
      await eventually(() => view.getSnapshot().live, 5_000)
      await eventually(async () => {
        const shown = view.getSnapshot().items
        const fresh = await loadFeed((readers[n] as Person).client, 'home', shown.length)
        expect(doubled(idsOf(shown))).to.deep.equal([])
        expect(shown.map(pictureOf)).to.deep.equal(fresh.map(pictureOf))
        expect(shown.length).to.be.greaterThan(rounds)
      }, healingMs)
    }
  })

  it('[SYS1] a post is never without its event, nor an event without its post', async () => {
    expect(await system.stop()).to.equal(0)
    const { posts, events } = await storedIn(system)
    const logged = events.flatMap((event) => (event.kind === 'post' ? [{ id: event.post.id, rev: event.rev }] : []))
    expect(logged.toSorted((a, b) => (a.id < b.id ? -1 : 1))).to.deep.equal(posts)
    expect(posts.length).to.be.greaterThan(writers.length * rounds)
  })
})

/** Waits until something was acknowledged in this run, then kills at a moment of chance and starts again. */
async function killOnce(system: Spawned, chance: Chance, writers: readonly Writer[]): Promise<void> {
  const count = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  const before = count()
  await eventually(() => count() > before + chance.between(0, 60), 20_000)
  await wait(chance.between(0, 40))
  await system.kill()
  await system.start()
}

async function quiet(heard: readonly Collected[], writers: readonly Writer[]): Promise<void> {
  const all = writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  await eventually(() => heard.every(({ of }) => new Set(of('post').map(({ item }) => item.id)).size >= all), 15_000)
}
