import type { LogEvent, PostRecord } from '@skein/contracts'
import { expect } from 'chai'
import type { EdgeKind } from '../src/store/post-store.js'
import { all, draftOf, laterMs, noPost, userId } from './people.js'
import { postOf, type CreatePostEngine, type PostEngine } from './post-engine.js'

const set = (engine: PostEngine, kind: EdgeKind, actor: number, post: PostRecord, on: boolean) =>
  engine.store.setEdge({ kind, actorId: userId(actor), postId: post.id, on, atMs: laterMs() })

async function edgeEvents(engine: PostEngine): Promise<Extract<LogEvent, { kind: 'repost' | 'like' }>[]> {
  return (await engine.events()).flatMap((event) => (event.kind === 'repost' || event.kind === 'like' ? [event] : []))
}

export function edgesContract(create: CreatePostEngine): void {
  it('[POS16] an edge goes on and off, each with the next revision; what is so already stays and is not told', async () => {
    await using engine = await create()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    for (const kind of ['like', 'repost'] as const) {
      const kinds: string[] = []
      for (const on of [false, true, true, false, false, true]) kinds.push((await set(engine, kind, 2, post, on)).kind)
      expect(kinds).to.deep.equal(['unchanged', 'changed', 'unchanged', 'changed', 'unchanged', 'changed'])
    }
    const events = await edgeEvents(engine)
    const entity = (kind: string) => `${kind}:${userId(2)}:${post.id}`
    expect(events.map(({ id }) => id)).to.deep.equal(
      ['like', 'repost'].flatMap((kind) => [1, 2, 3].map((rev) => `${entity(kind)}@${rev}`)),
    )
    for (const [n, event] of events.entries())
      expect(event).to.deep.include({
        on: n % 3 !== 1,
        actorId: userId(2),
        subject: userId(2),
        postAuthorId: userId(1),
      })
    expect(events[1]?.edgeId).to.equal(events[0]?.edgeId)
    expect(events[2]?.edgeId).to.not.equal(events[0]?.edgeId)
  })

  it('[POS16] putting a repost on again gives it a new place in the feed', async () => {
    await using engine = await create()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    await set(engine, 'repost', 2, post, true)
    const between = postOf(await engine.store.create(draftOf(2, 'between')))
    const lines = async () =>
      (await engine.store.entries.byActors([userId(2)], all, 'include')).map(({ postId, repost }) => [postId, repost])
    expect(await lines()).to.deep.equal([
      [between.id, false],
      [post.id, true],
    ])
    await set(engine, 'repost', 2, post, false)
    expect(await lines()).to.deep.equal([[between.id, false]])
    await set(engine, 'repost', 2, post, true)
    expect(await lines()).to.deep.equal([
      [post.id, true],
      [between.id, false],
    ])
  })

  it('[POS16] nothing is put on a post that is deleted or not there; what is on can be put off', async () => {
    await using engine = await create()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    await set(engine, 'like', 2, post, true)
    await engine.store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() })
    for (const kind of ['like', 'repost', 'bookmark'] as const) {
      expect(await set(engine, kind, 3, post, true)).to.deep.equal({ kind: 'gone' })
      expect(await set(engine, kind, 3, { ...post, id: noPost }, true)).to.deep.equal({ kind: 'missing' })
    }
    expect((await set(engine, 'like', 2, post, false)).kind).to.equal('changed')
    expect((await edgeEvents(engine)).at(-1)).to.deep.include({ on: false, rev: 2 })
  })

  it('[POS17] a repost brings the post and what that quotes, a like the post, without flags; off brings neither', async () => {
    await using engine = await create()
    const quoted = postOf(await engine.store.create(draftOf(3, 'quoted')))
    const post = postOf(await engine.store.create(draftOf(1, 'x', { quoteOf: quoted.id })))
    for (const kind of ['repost', 'like'] as const) for (const on of [true, false]) await set(engine, kind, 2, post, on)
    const [repost, repostOff, like, likeOff] = await edgeEvents(engine)
    expect(repost).to.have.nested.property('post.text', 'x')
    expect(repost).to.have.nested.property('quoted.text', 'quoted')
    expect(like).to.have.nested.property('post.counts.likes', 1)
    expect(like).not.to.have.property('quoted')
    for (const event of [repost, like]) expect(event?.post).not.to.have.property('viewer')
    for (const event of [repostOff, likeOff]) {
      expect(event).not.to.have.property('post')
      expect(event).not.to.have.property('quoted')
    }
  })

  it('[POS18] the answer to a change holds it: the flag, and the count of that post', async () => {
    await using engine = await create()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    await set(engine, 'like', 3, post, true)
    const liked = postOf(await set(engine, 'like', 2, post, true))
    expect(liked.counts.likes).to.equal(2)
    expect(liked.viewer).to.deep.equal({ liked: true, reposted: false, bookmarked: false })
    const reposted = postOf(await set(engine, 'repost', 2, post, true))
    expect(reposted.counts).to.deep.equal({ replies: 0, reposts: 1, quotes: 0, likes: 2 })
    expect(reposted.viewer).to.deep.equal({ liked: true, reposted: true, bookmarked: false })
    const unliked = postOf(await set(engine, 'like', 2, post, false))
    expect([unliked.counts.likes, unliked.viewer?.liked]).to.deep.equal([1, false])
  })

  it('[POS18] changed posts are found and counted, also after a restart; of a much liked one the answer still holds the change', async function () {
    this.timeout(180_000)
    await using engine = await create()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    const other = postOf(await engine.store.create(draftOf(1, 'y', { replyTo: post.id })))
    const like = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from }, (_, n) => set(engine, 'like', 100 + from + n, post, true)))
    await like(0, 1_005)
    await engine.restart()
    expect(await engine.store.dirtyPosts(10)).to.deep.equal([post.id])
    const [stats] = await engine.store.recount([post.id, other.id])
    expect(stats).to.deep.equal({
      postId: post.id,
      authorId: userId(1),
      path: [],
      counts: { replies: 1, reposts: 0, quotes: 0, likes: 1_005 },
    })
    expect(await engine.store.dirtyPosts(10)).to.deep.equal([])
    expect(postOf(await set(engine, 'like', 2, post, true)).counts.likes).to.equal(1_006)
    expect(await engine.store.recount([post.id])).to.have.nested.property('[0].counts.likes', 1_006)
    expect(postOf(await set(engine, 'like', 2, post, false)).counts.likes).to.equal(1_005)
    expect(await engine.store.dirtyPosts(10)).to.deep.equal([post.id])
    const [again] = await engine.store.recount([post.id])
    expect(again?.counts.likes).to.equal(1_005)
  })

  it('[POS18] a reply, its delete, a quote and a repost each mark what they touch', async () => {
    await using engine = await create()
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'x')))
    const settle = async () => {
      const dirty = await store.dirtyPosts(10)
      return (await store.recount(dirty)).map(({ postId, counts }) => [
        postId,
        counts.replies,
        counts.quotes,
        counts.reposts,
      ])
    }
    const reply = postOf(await store.create(draftOf(2, 'reply', { replyTo: post.id })))
    expect(await settle()).to.deep.equal([[post.id, 1, 0, 0]])
    await store.create(draftOf(2, 'quote', { quoteOf: post.id }))
    expect(await settle()).to.deep.equal([[post.id, 1, 1, 0]])
    await set(engine, 'repost', 3, post, true)
    expect(await settle()).to.deep.equal([[post.id, 1, 1, 1]])
    await store.remove({ id: reply.id, authorId: userId(2), atMs: laterMs() })
    expect(await settle()).to.deep.equal([[post.id, 0, 1, 1]])
    expect(await settle()).to.deep.equal([])
  })

  it('[POS23] a bookmark is its owner’s alone: no event, no count, no notice', async () => {
    await using engine = await create()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    const kept = postOf(await set(engine, 'bookmark', 2, post, true))
    expect(kept.viewer?.bookmarked).to.equal(true)
    const [line] = await engine.store.entries.bookmarks(userId(2), all)
    expect(line).to.deep.include({ postId: post.id, actorId: userId(1), repost: false })
    expect(await engine.store.entries.bookmarks(userId(1), all)).to.deep.equal([])
    expect(await engine.store.entries.notices(userId(1), all)).to.deep.equal([])
    expect(await engine.store.dirtyPosts(10)).to.deep.equal([])
    expect(await engine.events()).to.have.length(1)
    await set(engine, 'bookmark', 2, post, false)
    expect(await engine.store.entries.bookmarks(userId(2), all)).to.deep.equal([])
  })
}
