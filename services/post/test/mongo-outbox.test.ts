import { outboxGraceMs } from '@skein/event-log'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { createMongoPostEngine, mongoKind, useMongo, type MongoPostEngine } from './mongo-engine.js'
import { all, draftOf, laterMs, userId } from './people.js'
import { postOf } from './post-engine.js'

const idempotency = { key: 'key-00001', bodyHash: 'a' }
/** The kind of the outcome, or the code of what was thrown. */
async function codeOf(call: Promise<{ readonly kind: string }>): Promise<unknown> {
  return call.then(
    ({ kind }): unknown => kind,
    (thrown: { code?: unknown }) => thrown.code,
  )
}

async function owing(engine: MongoPostEngine): Promise<number> {
  const filter = { outboxDueMs: { $gte: 0 } }
  const counts = ['posts', 'edges'].map((name) => engine.connection.collection(name).countDocuments(filter))
  return (await Promise.all(counts)).reduce((sum, n) => sum + n, 0)
}

describe(`outbox of the MongoDB post store (${mongoKind})`, function () {
  this.timeout(60_000)
  const server = useMongo()

  it('[MPO1] with the log away a post is delayed; the same key again completes it: one post, one event', async () => {
    await using engine = await createMongoPostEngine(server())
    const draft = draftOf(1, 'hello #tea', { idempotency })
    engine.failAppends(true)
    expect(await codeOf(engine.store.create(draft))).to.equal('delayed')
    expect(await codeOf(engine.store.create(draft))).to.equal('delayed')
    expect(await engine.events()).to.deep.equal([])
    engine.failAppends(false)
    expect(await codeOf(engine.store.create(draft))).to.equal('repeated')
    expect(await engine.store.entries.public(all)).to.have.length(1)
    expect(await engine.events()).to.have.length(1)
    await eventually(async () => (await owing(engine)) === 0)
  })

  it('[MPO1] a post found by its key is acknowledged by that: it is told first, or the answer is delayed', async () => {
    await using engine = await createMongoPostEngine(server())
    engine.failAppends(true)
    expect(await codeOf(engine.store.create(draftOf(1, 'hello', { idempotency })))).to.equal('delayed')
    const found = () => engine.store.byKey(userId(1), idempotency.key)
    expect(await found().catch(({ code }: { code?: unknown }) => code)).to.equal('delayed')
    engine.failAppends(false)
    expect((await found())?.post.text).to.equal('hello')
    expect(await engine.events()).to.have.length(1)
  })

  it('[MPO1] the same edit, delete, like and repost again complete what was delayed, each told once', async () => {
    await using engine = await createMongoPostEngine(server())
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'first')))
    const liked = postOf(await store.create(draftOf(3, 'liked')))
    const edge = (kind: 'like' | 'repost') =>
      store.setEdge({ kind, actorId: userId(2), postId: liked.id, on: true, atMs: laterMs() })
    const calls = [
      () => edge('like'),
      () => edge('repost'),
      () => store.edit({ ...draftOf(1, 'second'), id: post.id }),
      () => store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() }),
    ]
    for (const [n, call] of calls.entries()) {
      engine.failAppends(true)
      expect(await codeOf(call())).to.equal('delayed')
      expect(await engine.events()).to.have.length(2 + n)
      engine.failAppends(false)
      expect(await codeOf(call())).to.equal('unchanged')
      expect(await engine.events()).to.have.length(3 + n)
    }
    expect((await store.byIds([liked.id], null))[0]?.counts).to.deep.include({ likes: 1, reposts: 1 })
  })

  it('[MPO2] what one process wrote and did not append, another one’s sweeper appends and has counted', async () => {
    await using engine = await createMongoPostEngine(server())
    const root = postOf(await engine.store.create(draftOf(1, 'root')))
    engine.failAppends(true)
    await codeOf(engine.store.create(draftOf(2, 'reply', { replyTo: root.id })))
    await codeOf(engine.store.setEdge({ kind: 'like', actorId: userId(3), postId: root.id, on: true, atMs: laterMs() }))
    await engine.connection
      .collection('posts')
      .updateMany({}, { $set: { counts: root.counts }, $unset: { dirtyAtMs: 1 } })
    engine.failAppends(false)
    const other = await engine.another()
    other.store.outbox.start()
    engine.clock.advance(1_000)
    expect(await engine.events()).to.have.length(1)
    engine.clock.advance(outboxGraceMs)
    expect(await other.store.outbox.ageMs()).to.be.above(0)
    await eventually(async () => {
      engine.clock.advance(1_000)
      return (await owing(engine)) === 0
    }, 20_000)
    expect(await other.store.outbox.ageMs()).to.equal(0)
    expect((await engine.events()).map(({ kind }) => kind)).to.have.members(['post', 'post', 'like'])
    expect((await other.store.byIds([root.id], null))[0]?.counts).to.deep.include({ replies: 1, likes: 1 })
  })

  it('[MPO3] after several changes before the log answered, one event tells the last state and all that was named before', async () => {
    await using engine = await createMongoPostEngine(server())
    const { store } = engine
    const quoted = postOf(await store.create(draftOf(5, 'quoted')))
    const post = postOf(await store.create(draftOf(1, 'a @p2 #one', { quoteOf: quoted.id })))
    engine.failAppends(true)
    await codeOf(store.edit({ ...draftOf(1, 'b @p3 #two'), id: post.id }))
    await codeOf(store.edit({ ...draftOf(1, 'c @p4 #three'), id: post.id }))
    await codeOf(store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() }))
    engine.failAppends(false)
    await codeOf(store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() }))
    const events = await engine.events()
    expect(events).to.have.length(3)
    const last = events.at(-1)
    if (last?.kind !== 'post') throw new Error('the event of a post')
    expect(last).to.deep.include({ rev: 4, formerTags: ['one', 'two', 'three'], spreaders: [] })
    expect(last.formerMentions).to.have.members([2, 3, 4, 5].map(userId))
    expect(last.post.text).to.equal('')
  })

  it('[MPO3] taking away the note of a revision leaves that of a newer one', async () => {
    await using engine = await createMongoPostEngine(server())
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'a #one')))
    await eventually(async () => (await owing(engine)) === 0)
    const posts = engine.connection.collection<{ _id: string; outbox?: unknown[] }>('posts')
    engine.failAppends(true)
    await codeOf(store.edit({ ...draftOf(1, 'b'), id: post.id }))
    engine.onAppend(async () => {
      engine.onAppend(undefined)
      engine.failAppends(true)
      await codeOf(store.edit({ ...draftOf(1, 'c'), id: post.id }))
      engine.failAppends(false)
    })
    engine.failAppends(false)
    expect(await codeOf(store.edit({ ...draftOf(1, 'b'), id: post.id }))).to.equal('unchanged')
    await store.outbox.close()
    expect((await posts.findOne({ _id: post.id }))?.outbox).to.have.length(2)
    expect(await codeOf(store.edit({ ...draftOf(1, 'c'), id: post.id }))).to.equal('unchanged')
    expect((await engine.events()).map(({ rev }) => rev)).to.deep.equal([1, 2, 3])
    expect((await engine.events()).at(-1)).to.deep.include({ formerTags: ['one'] })
  })

  it('[MPO4] a deleted post whose event was not sent stays, without its text', async () => {
    await using engine = await createMongoPostEngine(server())
    const post = postOf(await engine.store.create(draftOf(1, 'secret @p2 #tea')))
    await engine.store.edit({ ...draftOf(1, 'secret too'), id: post.id })
    engine.failAppends(true)
    await codeOf(engine.store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() }))
    await engine.restart()
    const doc = await engine.connection.collection<{ _id: string }>('posts').findOne({ _id: post.id })
    expect(doc).to.deep.include({ text: '', words: [], addressed: [], rev: 3 })
    expect(doc).to.have.property('outboxDueMs')
    expect(JSON.stringify(doc)).not.to.include('secret')
  })

  it('[MPO5] two processes that write for one author at once give ids that grow, none twice', async () => {
    await using engine = await createMongoPostEngine(server())
    const other = await engine.another()
    const atMs = laterMs()
    const write = async ({ store }: Pick<MongoPostEngine, 'store'>, name: string): Promise<string[]> => {
      const ids: string[] = []
      for (let n = 0; n < 15; n++)
        ids.push(postOf(await store.create(draftOf(1, `${name} ${n}`, { atMs: atMs - n }))).id)
      return ids
    }
    const [a, b] = await Promise.all([write(engine, 'a'), write({ store: other.store }, 'b')])
    for (const ids of [a, b]) expect(ids).to.deep.equal([...ids].sort())
    expect(new Set([...a, ...b]).size).to.equal(30)
    const last = postOf(await engine.store.create(draftOf(1, 'last', { atMs: 1_000 }))).id
    expect([...a, ...b].every((id) => id < last)).to.equal(true)
  })
})
