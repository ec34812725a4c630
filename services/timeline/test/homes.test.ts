import { decodeLogCursor, EntryId, type UserId } from '@skein/contracts'
import { eventually, seededRandom } from '@skein/platform/testing'
import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import { expect } from 'chai'
import { homeKeys, readersKey } from '../src/homes/redis/home-keys.js'
import { createHomesDb } from '../src/homes/redis/homes-db.js'
import { createHomesScene, type HomesScene } from './homes-scene.js'
import { homeIds } from './oracle.js'

const soon = <T>(fn: () => T | Promise<T>): Promise<T> => eventually(fn, 20_000)

async function allHome(scene: HomesScene, user: UserId, limit = 7): Promise<string[]> {
  const ids: string[] = []
  for (let next: string | null | undefined; next !== null;) {
    const page: Awaited<ReturnType<HomesScene['home']>> = await scene.home(user, {
      limit,
      ...(next === undefined ? {} : { before: next }),
    })
    ids.push(...page.items.map(({ id }) => id))
    next = page.next
  }
  return ids
}

/** Read from the home alone, and up to the head. */
async function untilStored(scene: HomesScene, user: UserId): Promise<void> {
  await soon(async () => {
    const before = scene.counts.home
    const { cursor } = await scene.home(user, { limit: 1 })
    expect(scene.counts.home).to.equal(before + 1)
    expect(decodeLogCursor(cursor, 2)).to.deep.equal(await scene.log.heads())
  })
}

describe('stored homes in a real Redis', function () {
  this.timeout(60_000)
  let server: TestRedis
  let scene: HomesScene

  before(async function () {
    requireRedis(this)
    server = await startRedis()
  })
  after(() => server?.[Symbol.asyncDispose]())
  afterEach(() => scene?.[Symbol.asyncDispose]())

  it('[HOM1] a home that was read once is built, and read from Redis with what came since', async () => {
    scene = await createHomesScene(server)
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    for (let i = 0; i < 5; i++) await scene.post(author)
    await scene.home(reader)
    await untilStored(scene, reader)
    const post = await scene.post(author)
    await scene.repost(author, post, true)
    await scene.post(reader)
    await untilStored(scene, reader)
    scene.fakes.calls.length = 0
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
    expect(scene.fakes.calls.map(({ name }) => name)).not.to.include('entries.byActors')
    await scene.repost(author, post, false)
    await scene.delete(post)
    await untilStored(scene, reader)
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
  })

  it('[HOM2] what is pushed while a home is built is in it; one that is pushed between read and mark as well', async () => {
    scene = await createHomesScene(server)
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    await scene.post(author)
    let release = (): void => undefined
    const held = new Promise<void>((done) => (release = done))
    const { entries } = scene.fakes.post
    const byActors = entries.byActors
    const paused: typeof byActors = async (...args) => {
      const found = await byActors(...args)
      await held
      return found
    }
    const moment = await soon(async () => (await scene.homes.begin()) ?? false)
    if (moment === false) return
    Object.assign(entries, { byActors: paused })
    expect(await moment.open(scene.model.edgesOf(reader))).to.equal(undefined)
    await soon(async () => (await scene.redis.keys(`${scene.prefix}:home:*:mark`)).length === 1)
    Object.assign(entries, { byActors })
    await scene.post(author)
    await soon(() => scene.counts.pushed > 0)
    release()
    await untilStored(scene, reader)
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
  })

  it('[HOM3] above its cap a home ends at its floor, and what is older comes from the database', async () => {
    scene = await createHomesScene(server, { cap: 30 })
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    for (let i = 0; i < 40; i++) scene.model.post(author)
    await scene.home(reader)
    await untilStored(scene, reader)
    for (let i = 0; i < 15; i++) await scene.post(author)
    await untilStored(scene, reader)
    const key = (await scene.redis.keys(`${scene.prefix}:home:*`)).find((name) => !/:(mark|readers)$/.test(name)) ?? ''
    expect(await scene.redis.zcard(key)).to.equal(31)
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
  })

  it('[HOM4] who follows somebody gets a home with what they wrote before; unfollowed and back too', async () => {
    scene = await createHomesScene(server)
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    await scene.post(author)
    await untilStored(scene, reader)
    scene.model.follow(reader, author)
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
    await untilStored(scene, reader)
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
    scene.model.follow(reader, author, false)
    expect(await allHome(scene, reader)).to.deep.equal([])
  })

  it('[HOM5] after a flush homes count as not built', async () => {
    scene = await createHomesScene(server)
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    await scene.post(author)
    await untilStored(scene, reader)
    await scene.redis.flushall()
    await soon(() => scene.post(author))
    await soon(async () => expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader)))
    await untilStored(scene, reader)
    expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
  })

  it('[HOM5] after a piece of work was put aside homes count as not built', async () => {
    scene = await createHomesScene(server)
    scene.homes.start()
    const reader = scene.model.addUser('reader')
    await untilStored(scene, reader)
    const { built } = scene.counts
    const broken = ['lane', '0', 'epoch', 'e', 'seq', '1', 'entry', 'broken']
    await scene.redis.xadd(`${scene.prefix}:{fanout}:work`, '*', ...broken)
    await soon(() => scene.counts.dead === 1)
    await untilStored(scene, reader)
    await soon(async () => {
      await scene.home(reader)
      expect(scene.counts.built).to.be.greaterThan(built)
    })
  })

  it('[HOM6] while fan-out is behind, the cursor of a page is where it is', async () => {
    scene = await createHomesScene(server)
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    await untilStored(scene, reader)
    const before = await scene.log.heads()
    let release = (): void => undefined
    const held = new Promise<void>((done) => (release = done))
    let begun = 0
    scene.gatePushes(() => (begun++, held))
    await scene.post(author)
    await soon(() => begun > 0)
    const reads = scene.counts.home
    const { items, cursor } = await scene.home(reader)
    expect(scene.counts.home).to.equal(reads + 1)
    expect(items).to.deep.equal([])
    expect(decodeLogCursor(cursor, 2)).to.deep.equal(before)
    release()
    await untilStored(scene, reader)
    expect((await scene.home(reader)).items.length).to.equal(1)
  })

  it('[HOM7] far behind, homes are read from the database up to the head', async () => {
    scene = await createHomesScene(server, { maxLagEntries: 2 })
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    await untilStored(scene, reader)
    let release = (): void => undefined
    const held = new Promise<void>((done) => (release = done))
    scene.gatePushes(() => held)
    for (let i = 0; i < 4; i++) await scene.post(author)
    const { items, cursor } = await scene.home(reader)
    expect(items.length).to.equal(4)
    expect(decodeLogCursor(cursor, 2)).to.deep.equal(await scene.log.heads())
    release()
  })

  it('[HOM7] while fan-out stands still, homes are read from the database up to the head', async () => {
    scene = await createHomesScene(server, { standStillMs: 100 })
    scene.homes.start()
    const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
    scene.model.follow(reader, author)
    await untilStored(scene, reader)
    let release = (): void => undefined
    const held = new Promise<void>((done) => (release = done))
    scene.gatePushes(() => held)
    await scene.post(author)
    await soon(async () => {
      const { items, cursor } = await scene.home(reader)
      expect(items.length).to.equal(1)
      expect(decodeLogCursor(cursor, 2)).to.deep.equal(await scene.log.heads())
    })
    release()
  })

  it('[HOM8] an author of many readers is done in chunks, and others do not wait for them', async () => {
    scene = await createHomesScene(server, { chunkHomes: 20, buildsMax: 1_000 })
    const { model } = scene
    const [reader, big, small] = [model.addUser('reader'), model.addUser('big'), model.addUser('small')]
    const fans = Array.from({ length: 300 }, (_, i) => model.addUser(`fan_${i}`))
    for (const fan of fans) model.follow(fan, big)
    model.follow(reader, small)
    scene.homes.start()
    await untilStored(scene, reader)
    await Promise.all(fans.map((fan) => scene.home(fan)))
    await soon(() => expect(scene.counts.built).to.equal(1 + fans.length))
    const stored = await scene.redis.zcard(readersKey(scene.prefix, big))
    expect(stored).to.equal(fans.length)
    let chunks = 0
    let smallAt = -1
    scene.gatePushes(async () => void chunks++)
    const pushed = scene.counts.pushed
    await scene.post(big)
    const own = await scene.post(small)
    await soon(async () => {
      const line = await scene.redis.zrangebylex(homeKeys(scene.prefix, reader)[1], `[${own}`, `[${own}~`)
      if (line.length > 0 && smallAt < 0) smallAt = chunks
      return smallAt >= 0
    })
    await untilStored(scene, reader)
    expect(chunks).to.equal(300 / 20 + 1)
    expect(smallAt).to.be.lessThan(8)
    expect(scene.counts.pushed - pushed).to.equal(300 + 1)
  })

  it('[HOM11] a post costs what stored homes follow its author, however many others do; none are read from a database', async () => {
    scene = await createHomesScene(server)
    const { model } = scene
    const [author, reader] = [model.addUser('author'), model.addUser('reader')]
    for (let i = 0; i < 500; i++) model.follow(model.addUser(`idle_${i}`), author)
    model.follow(reader, author)
    scene.homes.start()
    await untilStored(scene, reader)
    scene.fakes.calls.length = 0
    const { pushed } = scene.counts
    await scene.post(author)
    await soon(async () => expect((await scene.homes.begin())?.positions).to.deep.equal(await scene.log.heads()))
    expect(scene.counts.pushed).to.equal(pushed + 1)
    expect(scene.fakes.calls).to.deep.equal([])
  })

  it('[HOM12] who unfollowed, or whose home is gone, is taken off the readers of an author by the next post', async () => {
    scene = await createHomesScene(server, { ttlMs: 3_000 })
    const { model } = scene
    const [author, stays, leaves] = [model.addUser('author'), model.addUser('stays'), model.addUser('leaves')]
    model.follow(stays, author)
    model.follow(leaves, author)
    scene.homes.start()
    const readers = () => scene.redis.zrange(readersKey(scene.prefix, author), '0', '-1')
    await untilStored(scene, leaves)
    await untilStored(scene, stays)
    expect((await readers()).sort()).to.deep.equal([stays, leaves].sort())
    model.follow(leaves, author, false)
    await untilStored(scene, leaves)
    await scene.post(author)
    await soon(async () => expect(await readers()).to.deep.equal([stays]))
    await untilStored(scene, stays)
    expect(await allHome(scene, stays)).to.deep.equal(homeIds(model, stays))
    await soon(async () => expect(await scene.redis.keys(`${scene.prefix}:home:*:mark`)).to.deep.equal([]))
    await scene.post(author)
    await soon(async () => expect(await readers()).to.deep.equal([]))
    await untilStored(scene, stays)
    expect(await allHome(scene, stays)).to.deep.equal(homeIds(model, stays))
  })

  it('[HOM12] a builder that comes late neither takes a newer home off the readers nor finishes it', async () => {
    scene = await createHomesScene(server)
    const [author, reader] = [scene.model.addUser('author'), scene.model.addUser('reader')]
    const { redis, prefix } = scene
    const db = createHomesDb({ redis, prefix, cap: 10, ttlMs: 60_000, buildPatienceMs: 60_000 })
    const late = (await db.begin(reader, 'before')) ?? 0
    const build = (await db.begin(reader, 'after')) ?? 0
    expect(build).to.be.greaterThan(late)
    expect(await db.begin(reader, 'after')).to.equal(undefined)
    await db.enlist(reader, build, [author])
    await db.enlist(reader, late, [author])
    expect(await db.finish(reader, late, undefined, [])).to.equal(false)
    const postId = scene.model.post(author)
    const line = { id: EntryId.parse(postId), postId, actorId: author, repost: false }
    expect(await db.push(line, 0, 10)).to.deep.equal({ pushed: 1, next: undefined })
    expect(await db.finish(reader, build, undefined, [])).to.equal(true)
    expect((await db.read(reader, 'after', { limit: 10 }))?.items).to.deep.equal([line])
  })

  it('[HOM10] while Redis is away home is read from the database, with the last heads that were known', async () => {
    const own = await startRedis()
    try {
      scene = await createHomesScene(own)
      scene.homes.start()
      const [reader, author] = [scene.model.addUser('reader'), scene.model.addUser('author')]
      scene.model.follow(reader, author)
      await untilStored(scene, reader)
      await scene.post(author)
      await untilStored(scene, reader)
      await own.kill()
      scene.model.post(author)
      expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
      await own.start()
      await soon(() => scene.post(author))
      await soon(() => untilStored(scene, reader))
      expect(await allHome(scene, reader)).to.deep.equal(homeIds(scene.model, reader))
    } finally {
      await scene[Symbol.asyncDispose]()
      await own[Symbol.asyncDispose]()
    }
  })

  for (const seed of [1, 2, 3, 4]) {
    it(`[HOM9] at every moment a page holds what its cursor covers and nothing else than the feed (seed ${seed})`, async () => {
      scene = await createHomesScene(server, { cap: 12 })
      scene.homes.start()
      await playRandom(scene, seed)
    })
  }
})

async function playRandom(scene: HomesScene, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random.next() * all.length)] as T
  const { model } = scene
  const people = ['p_a', 'p_b', 'p_c', 'p_d'].map((name) => model.addUser(name))
  const posts = [await scene.post(pick(people))]
  let other = scene.join()
  other.start()
  let wasGated = false
  let release = (): void => undefined
  for (let step = 0; step < 150; step++) {
    const dice = random.next()
    const actor = pick(people)
    if (dice < 0.35) posts.push(await scene.post(actor))
    else if (dice < 0.5) await scene.repost(actor, pick(posts), random.next() < 0.6)
    else if (dice < 0.55) await scene.delete(pick(posts))
    else if (dice < 0.65) model.follow(actor, pick(people), random.next() < 0.7)
    else if (dice < 0.7) {
      release()
      wasGated = !wasGated
      const held = new Promise<void>((done) => (release = done))
      scene.gatePushes(() => (wasGated ? held : Promise.resolve()))
    } else if (dice < 0.72 && !wasGated) {
      await other.close()
      other = scene.join()
      other.start()
    } else await expectHonest(scene, actor)
  }
  expect(scene.counts.home, 'pages read from homes').to.be.greaterThan(3)
  release()
  scene.gatePushes(() => Promise.resolve())
  for (const person of people) {
    await untilStored(scene, person)
    expect(await allHome(scene, person)).to.deep.equal(homeIds(model, person))
  }
  await other.close()
  expect(scene.counts.dead).to.equal(0)
}

/** Everything of the feed is in the page but what the log tells after the cursor. */
async function expectHonest(scene: HomesScene, user: UserId): Promise<void> {
  const { items, cursor } = await scene.home(user, { limit: 50 })
  const shown = items.map(({ id }) => id)
  const later = new Set<string>()
  for (const [lane, position] of decodeLogCursor(cursor, 2).entries()) {
    const read = await scene.log.read(lane, position, 1_000)
    if (read.kind === 'gap') return
    for (const { event } of read.entries)
      later.add(event.kind === 'post' ? event.post.id : event.kind === 'repost' ? event.edgeId : '')
  }
  const wanted = homeIds(scene.model, user).slice(0, 50)
  const settled = (ids: readonly string[]): string[] => ids.filter((id) => !later.has(id))
  const [least] = [...shown].sort()
  expect(settled(shown)).to.deep.equal(settled(wanted).filter((id) => shown.length < 50 || id >= (least ?? '')))
}
