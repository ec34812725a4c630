import { Tag, type PostId, type PostRecord } from '@skein/contracts'
import { expect } from 'chai'
import { postOf, type CreatePostEngine, type PostEngine } from './post-engine.js'
import { all, asEntry, draftOf, laterMs, noPost, startMs, userId } from './people.js'
import { edgesContract } from './post-store-edges.contract.js'
import { changeEventsContract } from './post-store-events.contract.js'
import { feedsContract } from './post-store-feeds.contract.js'

/**
 * What every engine of the post store keeps. `eventIn`: whether a change and its event are one transaction, or the event
 * follows from a note beside the change; how the second kind fails is for suites of its own.
 */
export function postStoreContract(
  name: string,
  create: CreatePostEngine,
  eventIn: 'transaction' | 'outbox' = 'transaction',
): void {
  describe(`post store: ${name}`, () => {
    creating(create)
    changing(create)
    changeEventsContract(create)
    if (eventIn === 'transaction') refusing(create)
    edgesContract(create)
    feedsContract(create)
  })
}

async function read({ store }: PostEngine, id: PostId, viewer: number | null = null): Promise<PostRecord> {
  const [post] = await store.byIds([id], viewer === null ? null : userId(viewer))
  if (post === undefined) throw new Error('the post is not there')
  return post
}

function creating(create: CreatePostEngine): void {
  it('[POS11] a post is there, and its event is in the log, once it is acknowledged', async () => {
    await using engine = await create()
    const draft = draftOf(1, 'hello @p2 #tea https://a.com')
    const outcome = await engine.store.create(draft)
    const { viewer, ...post } = postOf(outcome)
    expect(outcome.kind).to.equal('created')
    expect(viewer).to.deep.equal({ liked: false, reposted: false, bookmarked: false })
    expect(post).to.deep.equal({
      id: post.id,
      authorId: userId(1),
      rev: 1,
      text: draft.text,
      entities: draft.entities,
      createdAtMs: draft.atMs,
      path: [],
      mentions: [userId(2)],
      tags: ['tea'],
      counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
    })
    expect(await read(engine, post.id)).to.deep.equal(post)
    expect(await engine.events()).to.deep.equal([
      {
        id: `post:${post.id}@1`,
        entity: `post:${post.id}`,
        subject: userId(1),
        rev: 1,
        atMs: draft.atMs,
        kind: 'post',
        post,
      },
    ])
  })

  it('[POS12] the same key with the same body gives the first post, with another body a conflict', async () => {
    await using engine = await create()
    const withKey = (author: number, bodyHash: string) =>
      engine.store.create(draftOf(author, 'hello', { idempotency: { key: 'key-00001', bodyHash } }))
    const first = postOf(await withKey(1, 'a'))
    expect(await withKey(1, 'a')).to.deep.equal({ kind: 'repeated', post: first })
    expect(await withKey(1, 'b')).to.deep.equal({ kind: 'conflict' })
    expect((await withKey(2, 'b')).kind).to.equal('created')
    expect(await engine.store.byKey(userId(1), 'key-00001')).to.deep.equal({ post: first, bodyHash: 'a' })
    expect(await engine.store.byKey(userId(1), 'key-00002')).to.equal(null)
    expect(await engine.events()).to.have.length(2)
  })

  it('[POS12] of many at once with one key, one creates and all get its post', async () => {
    await using engine = await create()
    const draft = draftOf(1, 'hello', { idempotency: { key: 'key-00001', bodyHash: 'a' } })
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => engine.store.create(draft)))
    expect(outcomes.filter(({ kind }) => kind === 'created')).to.have.length(1)
    expect(new Set(outcomes.map((outcome) => postOf(outcome).id)).size).to.equal(1)
    expect(await engine.events()).to.have.length(1)
  })

  it('[POS9] ids grow per author over a clock that steps back, a delete and a restart', async () => {
    await using engine = await create()
    const ids: string[] = []
    for (const atMs of [startMs + 5, startMs, startMs, startMs + 5, startMs - 60_000]) {
      const post = postOf(await engine.store.create(draftOf(1, 'x', { atMs })))
      ids.push(post.id)
      await engine.store.remove({ id: post.id, authorId: userId(1), atMs })
      await engine.restart()
    }
    const target = postOf(await engine.store.create(draftOf(2, 'y')))
    const repost = { kind: 'repost', actorId: userId(1), postId: target.id, on: true, atMs: startMs } as const
    await engine.store.setEdge(repost)
    const [line] = await engine.store.entries.byActors([userId(1)], all, 'include')
    ids.push(line?.id ?? '')
    expect(ids).to.deep.equal([...new Set(ids)].sort())
  })

  it('[POS9] two posts whose ids would begin alike get ids that do not', async () => {
    await using engine = await create({ next: () => 0, bytes: (length) => new Uint8Array(length) })
    const ids: string[] = []
    for (const author of [1, 2, 3])
      ids.push(postOf(await engine.store.create(draftOf(author, 'same', { atMs: startMs }))).id)
    expect(new Set(ids.map((id) => id.slice(0, 13))).size).to.equal(3)
    const found = await engine.store.entries.search(['same'], all)
    expect(found.map(({ id }) => id)).to.deep.equal(ids.toReversed())
  })

  it('[POS13] a reply holds the way to the root, and a quote names the quoted post, which is in the event', async () => {
    await using engine = await create()
    const root = postOf(await engine.store.create(draftOf(1, 'root')))
    const reply = postOf(await engine.store.create(draftOf(2, 'reply', { replyTo: root.id })))
    const deep = postOf(await engine.store.create(draftOf(3, 'deep', { replyTo: reply.id, quoteOf: root.id })))
    expect(deep.path).to.deep.equal([root.id, reply.id])
    expect(deep.replyTo).to.deep.equal({ id: reply.id, authorId: userId(2) })
    expect(deep.quoteOf).to.deep.equal({ id: root.id, authorId: userId(1) })
    const event = (await engine.events()).at(-1)
    expect(event?.kind === 'post' && event.quoted?.text).to.equal('root')
    expect((await read(engine, root.id)).counts).to.deep.equal({ replies: 1, reposts: 0, quotes: 1, likes: 0 })
  })

  it('[POS13] of a long way the root and the nearest 99 are kept, and found below', async () => {
    await using engine = await create()
    const ids: PostId[] = []
    for (let depth = 0; depth < 103; depth++) {
      const replyTo = ids.at(-1)
      ids.push(postOf(await engine.store.create(draftOf(1, `depth ${depth}`, { replyTo }))).id)
    }
    const last = await read(engine, ids[102] ?? noPost)
    expect(last.path).to.deep.equal([ids[0], ...ids.slice(3, 102)])
    expect(await engine.store.entries.below(ids[0] ?? noPost, all)).to.have.length(102)
  })

  it('[POS13] what is answered or quoted must be there and not deleted', async () => {
    await using engine = await create()
    const dead = postOf(await engine.store.create(draftOf(1, 'dead')))
    await engine.store.remove({ id: dead.id, authorId: userId(1), atMs: laterMs() })
    const outcomes = [
      await engine.store.create(draftOf(2, 'x', { replyTo: noPost })),
      await engine.store.create(draftOf(2, 'x', { quoteOf: noPost })),
      await engine.store.create(draftOf(2, 'x', { replyTo: dead.id })),
      await engine.store.create(draftOf(2, 'x', { quoteOf: dead.id })),
    ]
    expect(outcomes).to.deep.equal([
      { kind: 'missing', field: 'replyTo' },
      { kind: 'missing', field: 'quoteOf' },
      { kind: 'gone', field: 'replyTo' },
      { kind: 'gone', field: 'quoteOf' },
    ])
    expect(await engine.events()).to.have.length(2)
  })

  it('[POS28] posts come in the order asked for, unknown ones left out, with flags for a viewer alone', async () => {
    await using engine = await create()
    const ids: PostId[] = []
    for (const text of ['a', 'b', 'c']) ids.push(postOf(await engine.store.create(draftOf(1, text))).id)
    const [a, b, c] = ids
    if (a === undefined || b === undefined || c === undefined) throw new Error('three posts')
    await engine.store.setEdge({ kind: 'like', actorId: userId(2), postId: b, on: true, atMs: laterMs() })
    const asked = await engine.store.byIds([c, noPost, a, b, c], userId(2))
    expect(asked.map(({ id }) => id)).to.deep.equal([c, a, b, c])
    expect(asked.map(({ viewer }) => viewer?.liked)).to.deep.equal([false, false, true, false])
    const [anonymous] = await engine.store.byIds([b], null)
    expect(anonymous).not.to.have.property('viewer')
    expect(await engine.store.byIds([], null)).to.deep.equal([])
  })

  it('[POS29] imported posts are like created ones, with their own times, and nobody is told unless asked', async () => {
    await using engine = await create()
    const root = postOf(await engine.store.create(draftOf(9, 'root')))
    const drafts = Array.from({ length: 250 }, (_, n) =>
      draftOf(n % 3, `number ${n} #tea`, n % 10 === 0 ? { replyTo: root.id } : {}),
    )
    const posts = await engine.store.importPosts(drafts, { events: false })
    expect(posts.map(({ text, createdAtMs }) => [text, createdAtMs])).to.deep.equal(drafts.map((d) => [d.text, d.atMs]))
    expect(await engine.events()).to.have.length(1)
    expect(await engine.store.countBy(userId(0))).to.equal(84)
    expect((await read(engine, root.id)).counts.replies).to.equal(25)
    expect(await engine.store.entries.search(['number', '249'], all)).to.have.length(1)
    await engine.store.importPosts([draftOf(1, 'told')], { events: true })
    expect(await engine.events()).to.have.length(2)
  })
}

function changing(create: CreatePostEngine): void {
  it('[POS14] an edit is the next revision; what the text names is found again; what it was before is kept', async () => {
    await using engine = await create()
    const { store } = engine
    const quoted = postOf(await store.create(draftOf(4, 'quoted')))
    const post = postOf(await store.create(draftOf(1, 'old words @p2 #tea #cup', { quoteOf: quoted.id })))
    const next = draftOf(1, 'new words @p3 #cup #cake')
    const outcome = await store.edit({ ...next, id: post.id })
    expect(outcome.kind).to.equal('edited')
    const edited = await read(engine, post.id)
    expect(edited).to.deep.include({ rev: 2, text: next.text, entities: next.entities, editedAtMs: next.atMs })
    expect(edited).to.deep.include({ createdAtMs: post.createdAtMs, tags: ['cup', 'cake'], mentions: [userId(3)] })
    expect((await engine.events()).at(-1)).to.deep.include({
      id: `post:${post.id}@2`,
      formerTags: ['tea', 'cup'],
      spreaders: [],
    })
    expect((await engine.events()).at(-1)).to.have.nested.property('quoted.text', 'quoted')

    const list = async (tag: string) => (await store.tagsWith(tag, 10)).map((found) => [found.tag, found.posts])
    expect(await list('')).to.deep.equal([
      ['cake', 1],
      ['cup', 1],
    ])
    expect(await store.entries.search(['old'], all)).to.deep.equal([])
    expect(await store.entries.search(['new'], all)).to.have.length(1)
    expect(await store.entries.notices(userId(2), all)).to.deep.equal([])
    expect(await store.entries.notices(userId(3), all)).to.have.length(1)
    expect(await store.history(post.id, 10)).to.deep.equal([
      { rev: 1, text: post.text, atMs: post.createdAtMs },
      { rev: 2, text: next.text, atMs: next.atMs },
    ])
    expect(await store.history(post.id, 1)).to.have.length(1)
  })

  it('[POS14] an edit to the same text changes nothing; only the author edits, and nothing deleted', async () => {
    await using engine = await create()
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'same')))
    expect(await store.edit({ ...draftOf(1, 'same'), id: post.id })).to.deep.equal({ kind: 'unchanged', post })
    expect(await store.edit({ ...draftOf(2, 'other'), id: post.id })).to.deep.equal({ kind: 'forbidden' })
    expect(await store.edit({ ...draftOf(1, 'other'), id: noPost })).to.deep.equal({ kind: 'missing' })
    await store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() })
    expect(await store.edit({ ...draftOf(1, 'other'), id: post.id })).to.deep.equal({ kind: 'gone' })
    expect(await engine.events()).to.have.length(2)
  })

  it('[POS15] a delete leaves a tombstone without what it said, and takes the post out of every list', async () => {
    await using engine = await create()
    const { store } = engine
    const parent = postOf(await store.create(draftOf(3, 'parent')))
    const post = postOf(await store.create(draftOf(1, 'secret @p2 #tea', { replyTo: parent.id, quoteOf: parent.id })))
    await store.edit({ ...draftOf(1, 'secret again @p2 #tea'), id: post.id })
    for (const kind of ['like', 'repost', 'bookmark'] as const)
      await store.setEdge({ kind, actorId: userId(4), postId: post.id, on: true, atMs: laterMs() })
    const atMs = laterMs()
    const outcome = await store.remove({ id: post.id, authorId: userId(1), atMs })
    expect(outcome.kind).to.equal('removed')

    const tombstone = await read(engine, post.id)
    expect(tombstone).to.deep.equal({
      id: post.id,
      authorId: userId(1),
      rev: 3,
      text: '',
      entities: [],
      createdAtMs: post.createdAtMs,
      deletedAtMs: atMs,
      replyTo: { id: parent.id, authorId: userId(3) },
      path: [parent.id],
      mentions: [],
      tags: [],
      counts: { replies: 0, reposts: 1, quotes: 0, likes: 1 },
    })
    const event = (await engine.events()).at(-1)
    expect(event).to.deep.include({
      id: `post:${post.id}@3`,
      post: tombstone,
      spreaders: [userId(4)],
      formerTags: ['tea'],
    })
    expect(event).not.to.have.property('quoted')

    const { entries } = store
    expect(await entries.byActors([userId(1), userId(4)], all, 'include')).to.deep.equal([])
    expect(await entries.byTag(Tag.parse('tea'), all)).to.deep.equal([])
    expect(await entries.below(parent.id, all)).to.deep.equal([])
    expect(await entries.bookmarks(userId(4), all)).to.deep.equal([])
    expect(await entries.search(['secret'], all)).to.deep.equal([])
    for (const person of [1, 2, 3]) expect(await entries.notices(userId(person), all)).to.deep.equal([])
    expect(await store.tagsWith('', 10)).to.deep.equal([])
    expect(await store.history(post.id, 10)).to.deep.equal([])
    expect(await store.countBy(userId(1))).to.equal(0)
    expect((await read(engine, parent.id)).counts).to.deep.include({ replies: 0, quotes: 0 })
    expect((await read(engine, post.id, 4)).viewer?.bookmarked).to.equal(false)
  })

  it('[POS15] deleting twice is fine and told once; only the author deletes', async () => {
    await using engine = await create()
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'x')))
    const remove = (author: number, id = post.id) => store.remove({ id, authorId: userId(author), atMs: laterMs() })
    expect(await remove(2)).to.deep.equal({ kind: 'forbidden' })
    expect(await remove(1, noPost)).to.deep.equal({ kind: 'missing' })
    expect((await remove(1)).kind).to.equal('removed')
    expect((await remove(1)).kind).to.equal('unchanged')
    expect(await engine.events()).to.have.length(2)
  })

  it('[POS19] an id that is nobody’s bounds a list like any other', async () => {
    await using engine = await create()
    const ids: string[] = []
    for (let n = 0; n < 4; n++) ids.push(postOf(await engine.store.create(draftOf(1, `word ${n}`))).id)
    const between = asEntry(`${(ids[1] ?? '').slice(0, 25)}Z`)
    for (const list of [
      (range: typeof all) => engine.store.entries.public(range),
      (range: typeof all) => engine.store.entries.search(['word'], range),
    ]) {
      const below = (await list({ limit: 10, before: between })).map(({ id }) => id)
      const above = (await list({ limit: 10, after: between })).map(({ id }) => id)
      expect([...above, ...below]).to.deep.equal(ids.toReversed())
    }
  })
}

function refusing(create: CreatePostEngine): void {
  it('[POS11] when the event cannot be appended there is no post, and a repeat makes it', async () => {
    await using engine = await create()
    const draft = draftOf(1, 'hello #tea', { idempotency: { key: 'key-00001', bodyHash: 'a' } })
    engine.failAppends(true)
    const error = await engine.store.create(draft).then(
      () => 'created',
      (thrown: unknown) => thrown,
    )
    expect(error).to.have.property('code', 'delayed')
    expect(await engine.store.entries.public(all)).to.deep.equal([])
    expect(await engine.store.byKey(userId(1), 'key-00001')).to.equal(null)
    expect(await engine.store.tagsWith('', 10)).to.deep.equal([])
    expect(await engine.events()).to.deep.equal([])
    engine.failAppends(false)
    expect((await engine.store.create(draft)).kind).to.equal('created')
    expect(await engine.store.entries.public(all)).to.have.length(1)
    expect(await engine.events()).to.have.length(1)
  })

  it('[POS11] a refused event undoes edits, deletes and edges alike', async () => {
    await using engine = await create()
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'first #tea')))
    engine.failAppends(true)
    const attempts = [
      store.edit({ ...draftOf(1, 'second'), id: post.id }),
      store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() }),
      store.setEdge({ kind: 'like', actorId: userId(2), postId: post.id, on: true, atMs: laterMs() }),
      store.setEdge({ kind: 'repost', actorId: userId(2), postId: post.id, on: true, atMs: laterMs() }),
    ]
    const settled = await Promise.allSettled(attempts)
    expect(settled.map(({ status }) => status)).to.deep.equal(Array.from({ length: 4 }, () => 'rejected'))
    expect(await read(engine, post.id, 2)).to.deep.equal({ ...post })
    expect(await store.entries.byActors([userId(2)], all, 'include')).to.deep.equal([])
    expect(await store.entries.notices(userId(1), all)).to.deep.equal([])
    expect(await engine.events()).to.have.length(1)
  })
}
