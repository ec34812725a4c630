import { AppError, Tag } from '@skein/contracts'
import { expect } from 'chai'
import { noPost, userId } from './people.js'
import { createRpcFixture, failureOf } from './rpc-fixture.js'

const key = 'key-000001'

describe('post service: creating', () => {
  it('[POS11] a post with a mention, a tag and a link comes back whole, and is read by anyone', async () => {
    await using fixture = await createRpcFixture()
    const { client, as } = fixture
    const { post, created } = await client.posts.create({ text: ' hi @P2 #Tea a.com ' }, as(1))
    expect(created).to.equal(true)
    expect(post).to.deep.include({
      text: 'hi @P2 #Tea a.com',
      authorId: userId(1),
      mentions: [userId(2)],
      tags: ['tea'],
    })
    expect(post.entities.map(({ type, start, end }) => [type, start, end])).to.deep.equal([
      ['mention', 3, 6],
      ['tag', 7, 11],
      ['link', 12, 17],
    ])
    const { items } = await client.posts.byIds({ ids: [post.id] }, as(null))
    const { viewer, ...plain } = post
    expect(items).to.deep.equal([plain])
    expect(viewer).to.deep.equal({ liked: false, reposted: false, bookmarked: false })
    expect(await client.posts.countBy({ userId: userId(1) }, as(null))).to.deep.equal({ posts: 1 })
  })

  it('[POS32] the text is checked first, then the key, then what is answered and quoted, then blocks', async () => {
    await using fixture = await createRpcFixture({ maxGraphemes: 10 })
    const { client, as, accounts } = fixture
    const mine = (await client.posts.create({ text: 'mine' }, as(1))).post
    const first = await client.posts.create({ text: 'first', idempotencyKey: key }, as(2))
    accounts.blocks.push([userId(1), userId(2)])
    const create = (text: string, rest: object = {}) =>
      failureOf(client.posts.create({ text, idempotencyKey: key, ...rest }, as(2)))
    expect(await create('', { replyTo: noPost })).to.equal('invalid text')
    expect(await create('much too long', { replyTo: noPost })).to.equal('invalid text')
    expect(await create('a\u0000b')).to.equal('invalid text')
    expect(await create('other', { replyTo: noPost })).to.equal('idempotency_conflict')
    const fresh = { idempotencyKey: 'key-000002' }
    expect(await create('x', { ...fresh, replyTo: noPost, quoteOf: mine.id })).to.equal('not_found replyTo')
    expect(await create('x', { ...fresh, quoteOf: noPost, replyTo: mine.id })).to.equal('not_found quoteOf')
    expect(await create('x', { ...fresh, replyTo: mine.id })).to.equal('blocked')
    expect(await create('x', { ...fresh, quoteOf: mine.id })).to.equal('blocked')
    await client.posts.delete({ id: mine.id }, as(1))
    expect(await create('x', { ...fresh, replyTo: mine.id })).to.equal('gone replyTo')
    const again = await client.posts.create({ text: ' first ', idempotencyKey: key }, as(2))
    expect(again).to.deep.equal({ post: first.post, created: false })
  })

  it('[POS33] a block either way forbids to answer, quote, like and repost, and takes the mention out', async () => {
    await using fixture = await createRpcFixture()
    const { client, as, accounts } = fixture
    const mine = (await client.posts.create({ text: 'mine' }, as(1))).post
    await client.posts.like({ id: mine.id, on: true }, as(2))
    accounts.blocks.push([userId(1), userId(2)], [userId(3), userId(1)])
    for (const person of [2, 3]) {
      expect(await failureOf(client.posts.create({ text: 'x', replyTo: mine.id }, as(person)))).to.equal('blocked')
      expect(await failureOf(client.posts.create({ text: 'x', quoteOf: mine.id }, as(person)))).to.equal('blocked')
      expect(await failureOf(client.posts.like({ id: mine.id, on: true }, as(person)))).to.equal('blocked')
      expect(await failureOf(client.posts.repost({ id: mine.id, on: true }, as(person)))).to.equal('blocked')
      const { post } = await client.posts.create({ text: 'hello @p1 @p4' }, as(person))
      expect(post.mentions).to.deep.equal([userId(4)])
      expect(post.entities).to.have.length(2)
      const edited = await client.posts.edit({ id: post.id, text: 'again @p1 @p5' }, as(person))
      expect(edited.post.mentions).to.deep.equal([userId(5)])
    }
    expect((await client.posts.bookmark({ id: mine.id, on: true }, as(2))).post.viewer?.bookmarked).to.equal(true)
    expect((await client.posts.like({ id: mine.id, on: false }, as(2))).post.counts.likes).to.equal(0)
    expect((await client.posts.like({ id: mine.id, on: true }, as(4))).post.counts.likes).to.equal(1)
    expect((await client.entries.notices({ limit: 10 }, as(1))).items.map(({ type }) => type)).to.deep.equal(['like'])
  })

  it('[POS34] accounts are asked only about somebody else, with the token of the actor', async () => {
    await using fixture = await createRpcFixture()
    const { client, as, accounts } = fixture
    const asked = () => accounts.asked.splice(0)
    const mine = (await client.posts.create({ text: 'mine #tea' }, as(1))).post
    await client.posts.create({ text: 'own answer', replyTo: mine.id, quoteOf: mine.id }, as(1))
    await client.posts.like({ id: mine.id, on: true }, as(1))
    await client.posts.edit({ id: mine.id, text: 'mine again' }, as(1))
    await client.posts.bookmark({ id: mine.id, on: true }, as(2))
    expect(asked()).to.deep.equal([])
    await client.posts.create({ text: 'me @p1' }, as(1))
    await client.posts.create({ text: '@nobody' }, as(1))
    expect(asked()).to.deep.equal(['byHandles p1 1', 'byHandles nobody 1'])
    await client.posts.create({ text: '@p2' }, as(1))
    expect(asked()).to.deep.equal(['byHandles p2 1', 'viewers p1'])
    await client.posts.create({ text: 'answer', replyTo: mine.id }, as(2))
    await client.posts.repost({ id: mine.id, on: true }, as(2))
    expect(asked()).to.deep.equal(['viewers p2', 'viewers p2'])
    await client.posts.repost({ id: mine.id, on: false }, as(2))
    expect(asked()).to.deep.equal([])
  })

  it('[POS34] when accounts do not answer, what needs them fails as retryable and nothing is stored', async () => {
    await using fixture = await createRpcFixture()
    const { client, as, accounts, engine } = fixture
    accounts.fail = new AppError('unavailable')
    expect(await failureOf(client.posts.create({ text: 'hi @p2', idempotencyKey: key }, as(1)))).to.equal('unavailable')
    expect(await engine.events()).to.deep.equal([])
    accounts.fail = undefined
    expect((await client.posts.create({ text: 'hi @p2', idempotencyKey: key }, as(1))).created).to.equal(true)
  })
})

describe('post service: changing and reading', () => {
  it('[POS38] refusals are not_found, forbidden and gone', async () => {
    await using fixture = await createRpcFixture()
    const { client, as } = fixture
    const { post } = await client.posts.create({ text: 'mine' }, as(1))
    const { id } = post
    expect(await failureOf(client.posts.edit({ id, text: ' ' }, as(1)))).to.equal('invalid text')
    expect(await failureOf(client.posts.edit({ id, text: 'x' }, as(2)))).to.equal('forbidden')
    expect(await failureOf(client.posts.delete({ id }, as(2)))).to.equal('forbidden')
    for (const call of [
      client.posts.edit({ id: noPost, text: 'x' }, as(1)),
      client.posts.delete({ id: noPost }, as(1)),
      client.posts.history({ id: noPost }, as(1)),
      client.posts.like({ id: noPost, on: true }, as(1)),
      client.posts.bookmark({ id: noPost, on: false }, as(1)),
    ])
      expect(await failureOf(call)).to.equal('not_found')
    expect((await client.posts.edit({ id, text: 'mine, mended' }, as(1))).post.rev).to.equal(2)
    const { items } = await client.posts.history({ id }, as(null))
    expect(items.map(({ rev, text }) => [rev, text])).to.deep.equal([
      [1, 'mine'],
      [2, 'mine, mended'],
    ])
    expect((await client.posts.delete({ id }, as(1))).post.deletedAtMs).to.be.a('number')
    expect((await client.posts.delete({ id }, as(1))).post.text).to.equal('')
    for (const call of [
      client.posts.edit({ id, text: 'x' }, as(1)),
      client.posts.history({ id }, as(1)),
      client.posts.like({ id, on: true }, as(1)),
      client.posts.repost({ id, on: true }, as(2)),
      client.posts.bookmark({ id, on: true }, as(2)),
    ])
      expect(await failureOf(call)).to.equal('gone')
  })

  it('[POS35] reads work without a user, but bookmarks and notices; no write does', async () => {
    await using fixture = await createRpcFixture()
    const { client, as } = fixture
    const { post } = await client.posts.create({ text: 'hello #tea' }, as(1))
    const range = { limit: 10 }
    const anyone = as(null)
    const lists = [
      await client.entries.byActors({ ...range, actorIds: [userId(1)] }, anyone),
      await client.entries.public(range, anyone),
      await client.entries.byTag({ ...range, tag: Tag.parse('TEA') }, anyone),
      await client.entries.search({ ...range, q: 'Hello!' }, anyone),
    ]
    for (const { items } of lists) expect(items.map(({ postId }) => postId)).to.deep.equal([post.id])
    expect((await client.entries.below({ ...range, postId: post.id }, anyone)).items).to.deep.equal([])
    expect((await client.posts.history({ id: post.id }, anyone)).items).to.have.length(1)
    expect((await client.tags.search({ prefix: '#T', limit: 5 }, anyone)).items).to.deep.equal([
      { tag: 'tea', posts: 1 },
    ])
    const { id } = post
    for (const call of [
      client.entries.bookmarks(range, anyone),
      client.entries.notices(range, anyone),
      client.posts.create({ text: 'x' }, anyone),
      client.posts.edit({ id, text: 'x' }, anyone),
      client.posts.delete({ id }, anyone),
      client.posts.like({ id, on: true }, anyone),
      client.posts.repost({ id, on: true }, anyone),
      client.posts.bookmark({ id, on: true }, anyone),
    ])
      expect(await failureOf(call)).to.equal('unauthenticated')
  })

  it('[POS37] trends are read at most every two seconds', async () => {
    await using fixture = await createRpcFixture()
    const { client, as, clock } = fixture
    const trending = async (limit = 5) => {
      const { items } = await client.tags.trending({ sinceMs: clock.now() - 86_400_000, limit }, as(null))
      return items.map(({ tag, posts }) => `${tag} ${posts}`)
    }
    await client.posts.create({ text: '#tea' }, as(1))
    expect(await trending()).to.deep.equal(['tea 1'])
    await client.posts.create({ text: '#tea #cake' }, as(1))
    clock.advance(1_000)
    expect(await trending()).to.deep.equal(['tea 1'])
    clock.advance(1_000)
    expect(await trending()).to.deep.equal(['tea 2', 'cake 1'])
    expect(await trending(1)).to.deep.equal(['tea 2'])
    const week = await client.tags.trending({ sinceMs: clock.now() - 7 * 86_400_000, limit: 5 }, as(null))
    expect(week.items).to.have.length(2)
  })

  it('[POS35] a list of bookmarks and one of notices are the actor’s own', async () => {
    await using fixture = await createRpcFixture()
    const { client, as } = fixture
    const { post } = await client.posts.create({ text: 'hello' }, as(1))
    await client.posts.bookmark({ id: post.id, on: true }, as(2))
    await client.posts.like({ id: post.id, on: true }, as(2))
    const kept = await client.entries.bookmarks({ limit: 10 }, as(2))
    expect(kept.items.map(({ postId }) => postId)).to.deep.equal([post.id])
    expect((await client.entries.bookmarks({ limit: 10 }, as(1))).items).to.deep.equal([])
    const notices = await client.entries.notices({ limit: 10, types: ['like'] }, as(1))
    expect(notices.items.map(({ type, actorId }) => [type, actorId])).to.deep.equal([['like', userId(2)]])
    expect((await client.entries.notices({ limit: 10 }, as(2))).items).to.deep.equal([])
  })
})
