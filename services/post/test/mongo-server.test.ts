import { Tag } from '@skein/contracts'
import { silentLogger } from '@skein/platform'
import { openMongo } from '@skein/platform/mongo'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { createMongoPostEngine, mongoKind, useMongo } from './mongo-engine.js'
import { all, draftOf, laterMs, startMs, userId } from './people.js'
import { postOf, type PostEngine } from './post-engine.js'

/** Everything a store is asked for, once. */
async function readEverything({ store }: PostEngine): Promise<void> {
  const post = postOf(await store.create(draftOf(1, 'hello @p2 #tea', { idempotency: { key: 'k-1', bodyHash: 'a' } })))
  const reply = postOf(await store.create(draftOf(2, 'answer', { replyTo: post.id, quoteOf: post.id })))
  for (const kind of ['like', 'repost', 'bookmark'] as const)
    await store.setEdge({ kind, actorId: userId(2), postId: post.id, on: true, atMs: laterMs() })
  await store.edit({ ...draftOf(1, 'again #tea'), id: post.id })
  const { entries } = store
  for (const replies of ['include', 'exclude', 'only'] as const)
    await entries.byActors([userId(1), userId(2)], all, replies)
  await Promise.all([
    entries.public(all),
    entries.byTag(Tag.parse('tea'), all),
    entries.below(post.id, all),
    entries.bookmarks(userId(2), all),
    entries.search(['again'], all),
    entries.notices(userId(1), all),
    entries.notices(userId(1), all, ['reply', 'like']),
    store.byIds([post.id], userId(2)),
    store.byKey(userId(1), 'k-1'),
    store.history(post.id, 10),
    store.countBy(userId(1)),
    store.trending({ sinceMs: startMs, nowMs: laterMs(), limit: 10 }),
    store.tagsWith('t', 10),
  ])
  await store.recount(await store.dirtyPosts(10))
  await store.remove({ id: reply.id, authorId: userId(2), atMs: laterMs() })
}

describe(`server of the MongoDB post store (${mongoKind})`, function () {
  this.timeout(120_000)
  const server = useMongo()

  it('[MPO6] what was acknowledged before the server was killed is there once, with its event; what failed can be repeated', async function () {
    if (mongoKind === 'given') this.skip()
    await using engine = await createMongoPostEngine(server())
    const acknowledged: string[] = []
    const failed: { n: number; author: number; error: unknown }[] = []
    const stop = new AbortController()
    const create = async (author: number, n: number): Promise<void> => {
      const idempotency = { key: `key-${author}-${n}`, bodyHash: 'a' }
      acknowledged.push(postOf(await engine.store.create(draftOf(author, `${author} ${n}`, { idempotency }))).id)
    }
    const writer = async (author: number): Promise<void> => {
      for (let n = 0; !stop.signal.aborted; n++)
        await create(author, n).catch((error: unknown) => failed.push({ n, author, error }))
    }
    const writers = Array.from({ length: 6 }, (_, author) => writer(author))
    await eventually(() => acknowledged.length > 20, 30_000)
    await server().kill()
    await server().start()
    const before = acknowledged.length
    await eventually(() => acknowledged.length > before + 10, 30_000)
    stop.abort()
    await Promise.all(writers)
    expect(failed.length).to.be.greaterThan(0)
    for (const { error } of failed) expect(error).to.deep.include({ code: 'unavailable', retryable: true })
    for (const { author, n } of failed) await create(author, n)

    const posts = await engine.store.entries.byActors([0, 1, 2, 3, 4, 5].map(userId), all, 'include')
    expect(posts.map(({ id }) => id).sort()).to.deep.equal([...acknowledged].sort())
    const told = (await engine.events()).map(({ id }) => id)
    expect([...told].sort()).to.deep.equal(acknowledged.map((id) => `post:${id}@1`).sort())
  })

  it('[MPO6] without a server a call is refused as unavailable, which may be repeated', async function () {
    if (mongoKind === 'given') this.skip()
    await using engine = await createMongoPostEngine(server())
    const url = server().url('away')
    await server().kill()
    const thrown: unknown = await openMongo({ url, name: 'post', log: silentLogger, waitMs: 200 }).catch(
      (err: unknown) => err,
    )
    const refused: unknown = await engine.store.countBy(userId(1)).catch((err: unknown) => err)
    await server().start()
    for (const error of [thrown, refused]) expect(error).to.deep.include({ code: 'unavailable', retryable: true })
    expect(await eventually(() => engine.store.countBy(userId(1)), 20_000)).to.equal(0)
  })

  it('[MPO7] every write asks for a majority and their journals', async () => {
    await using engine = await createMongoPostEngine(server())
    const concerns: unknown[] = []
    engine.connection.getClient().on('commandStarted', ({ commandName, command }) => {
      if (['insert', 'update', 'findAndModify', 'delete'].includes(commandName)) concerns.push(command['writeConcern'])
    })
    await readEverything(engine)
    expect(concerns.length).to.be.above(20)
    for (const concern of concerns) expect(concern).to.deep.include({ w: 'majority', j: true })
  })

  it('[MPO8] no query of a store that may not scan a collection is refused', async function () {
    if (mongoKind !== 'mongod') this.skip()
    await using engine = await createMongoPostEngine(server())
    const admin = engine.connection.getClient().db('admin')
    await admin.command({ setParameter: 1, notablescan: true })
    try {
      const scan: unknown = await engine.connection
        .collection('posts')
        .findOne({ text: 'x' })
        .catch((err: unknown) => err)
      expect(scan).to.be.instanceOf(Error)
      await readEverything(engine)
    } finally {
      await admin.command({ setParameter: 1, notablescan: false })
    }
  })
})
