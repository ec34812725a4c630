import { Handle, PostId, Tag, type EntryId, type UserId } from '@skein/contracts'
import { expect } from 'chai'
import { createFixture, type Fixture } from './fixture.js'
import { idOf } from './model.js'
import { codeOf } from './paging.js'

interface World extends Fixture {
  readonly me: UserId
  readonly friend: UserId
  readonly stranger: UserId
}

function createWorld(): World {
  const fixture = createFixture()
  const { model } = fixture
  const me = model.addUser('me')
  const friend = model.addUser('friend')
  const stranger = model.addUser('stranger')
  model.follow(me, friend)
  return { ...fixture, me, friend, stranger }
}

const ids = (page: { readonly items: readonly { readonly id: string }[] }): string[] => page.items.map(({ id }) => id)
const postIds = (page: { readonly items: readonly { readonly post: { readonly id: string } }[] }): string[] =>
  page.items.map(({ post }) => post.id)

describe('feeds', () => {
  it('[TML20] home holds the posts and reposts of the reader and of the followed, filtered', async () => {
    const { model, client, as, me, friend, stranger } = createWorld()
    const unseen = model.post(stranger)
    const mine = model.post(me)
    const theirs = model.post(friend)
    model.post(friend, { replyTo: unseen })
    model.repost(friend, unseen)
    expect(postIds(await client.feeds.home({}, as(me)))).to.deep.equal([unseen, theirs, mine])
  })

  it('[TML20] home leaves out muted people though they are followed', async () => {
    const { model, client, as, me, friend } = createWorld()
    const post = model.post(friend)
    expect(postIds(await client.feeds.home({}, as(me)))).to.deep.equal([post])
    model.mute(me, friend)
    expect(postIds(await client.feeds.home({}, as(me)))).to.deep.equal([])
  })

  it('[TML7] a page holds the post and every repost of it', async () => {
    const { model, client, as, me, friend } = createWorld()
    const post = model.post(friend)
    model.repost(me, post)
    model.repost(friend, post)
    expect(postIds(await client.feeds.home({}, as(me)))).to.deep.equal([post, post, post])
  })

  it('[TML21] public holds everyone’s posts that are not replies', async () => {
    const { model, client, as, friend, stranger } = createWorld()
    const a = model.post(stranger)
    const b = model.post(friend)
    model.post(friend, { replyTo: a })
    model.repost(friend, a)
    expect(ids(await client.feeds.public({}, as()))).to.deep.equal([b, a])
  })

  it('[TML22] a person’s feed holds their posts and reposts, with, without or only replies', async () => {
    const { model, client, as, friend, stranger } = createWorld()
    const other = model.post(stranger)
    const post = model.post(friend)
    const reply = model.post(friend, { replyTo: other })
    model.repost(friend, other)
    const read = async (replies: 'include' | 'exclude' | 'only'): Promise<string[]> =>
      postIds(await client.feeds.user({ handle: 'friend', replies }, as()))
    expect(await read('include')).to.deep.equal([other, reply, post])
    expect(await read('exclude')).to.deep.equal([other, post])
    expect(await read('only')).to.deep.equal([reply])
  })

  it('[TML22] a person’s feed is not_found without them, blocked across a block either way, open through a mute', async () => {
    const { model, client, as, me, friend, stranger } = createWorld()
    const post = model.post(friend)
    model.mute(me, friend)
    expect(ids(await client.feeds.user({ handle: 'friend' }, as(me)))).to.deep.equal([post])
    expect(await codeOf(client.feeds.user({ handle: 'nobody' }, as(me)))).to.equal('not_found')
    model.block(me, stranger)
    model.block(friend, me)
    expect(await codeOf(client.feeds.user({ handle: 'stranger' }, as(me)))).to.equal('blocked')
    expect(await codeOf(client.feeds.user({ handle: 'friend' }, as(me)))).to.equal('blocked')
    expect(ids(await client.feeds.user({ handle: 'friend' }, as()))).to.deep.equal([post])
  })

  it('[TML22] a handle that nobody had is looked up again', async () => {
    const { model, client, as } = createWorld()
    expect(await codeOf(client.feeds.user({ handle: 'late' }, as()))).to.equal('not_found')
    model.post(model.addUser('late'))
    expect((await client.feeds.user({ handle: Handle.parse('late') }, as())).items).to.have.length(1)
  })

  it('[TML23] a tag’s feed holds posts and replies with it', async () => {
    const { model, client, as, friend, stranger } = createWorld()
    const a = model.post(stranger, { tags: ['geese'] })
    const b = model.post(friend, { tags: ['geese'], replyTo: a })
    model.post(friend, { tags: ['ducks'] })
    expect(ids(await client.feeds.tag({ tag: Tag.parse('geese') }, as()))).to.deep.equal([b, a])
  })

  it('[TML26] bookmarks are the reader’s own, the last kept first', async () => {
    const { model, client, as, me, friend, stranger } = createWorld()
    const a = model.post(stranger)
    const b = model.post(friend)
    model.bookmark(me, b)
    model.bookmark(me, a)
    model.bookmark(friend, b)
    expect(postIds(await client.feeds.bookmarks({}, as(me)))).to.deep.equal([a, b])
    expect(postIds(await client.feeds.bookmarks({}, as(friend)))).to.deep.equal([b])
  })

  it('[TML27] search holds posts and replies with the words', async () => {
    const { model, client, as, friend, stranger } = createWorld()
    const a = model.post(stranger, { text: 'a goose flies' })
    const b = model.post(friend, { text: 'the goose', replyTo: a })
    model.post(friend, { text: 'a duck' })
    expect(ids(await client.feeds.search({ q: 'goose' }, as()))).to.deep.equal([b, a])
  })

  it('[TML28] posts by id come in the order asked for, without unknown, deleted and blocked ones', async () => {
    const { model, client, as, me, friend, stranger } = createWorld()
    const a = model.post(friend)
    const b = model.post(stranger)
    const deleted = model.post(friend)
    model.delete(deleted)
    const unknown = PostId.parse(idOf(99))
    const read = async (reader?: UserId): Promise<string[]> =>
      (await client.posts({ ids: [b, unknown, deleted, a] }, as(reader))).items.map(({ id }) => id)
    model.mute(me, friend)
    expect(await read(me)).to.deep.equal([b, a])
    model.block(stranger, me)
    expect(await read(me)).to.deep.equal([a])
    expect(await read()).to.deep.equal([b, a])
  })

  it('[TML30] a repost names the reposter and the flags are the reader’s own', async () => {
    const { model, client, as, me, friend, stranger } = createWorld()
    const post = model.post(stranger)
    model.repost(friend, post)
    model.like(me, post)
    const [line] = (await client.feeds.home({}, as(me))).items
    expect(line?.repostedBy).to.deep.equal(model.cards.get(friend))
    expect(line?.post.author).to.deep.equal(model.cards.get(stranger))
    expect(line?.post.viewer).to.deep.equal({ liked: true, reposted: false, bookmarked: false })
    const [own] = (await client.feeds.public({}, as())).items
    expect(own).to.not.have.property('repostedBy')
    expect(own?.post).to.not.have.property('viewer')
  })

  it('[TML30] quoted posts come with the page, hidden ones without text', async () => {
    const { model, client, as, me, friend, stranger } = createWorld()
    const shown = model.post(friend, { text: 'shown' })
    const hidden = model.post(stranger, { text: 'hidden' })
    model.post(friend, { quoteOf: shown })
    model.post(friend, { quoteOf: hidden })
    model.block(stranger, me)
    const { items } = await client.feeds.home({ limit: 2 }, as(me))
    expect(items[0]?.post.quote).to.deep.equal({ id: hidden, hidden: true })
    expect(items[1]?.post.quote).to.include({ id: shown, text: 'shown' })
  })

  it('[TML5] a cursor that is not ours is bad_cursor, both at once are invalid, and nothing is read', async () => {
    const { client, as, me, fakes } = createWorld()
    const { prev } = await client.feeds.home({}, as(me))
    expect(prev).to.equal(null)
    fakes.calls.length = 0
    const id = idOf(3)
    for (const read of [client.feeds.home, client.feeds.public, client.feeds.bookmarks, client.feeds.notifications]) {
      for (const cursor of ['', 'p1.', id, `p2.${id}`, 'p1.01j', `p1.${id}'`])
        expect(await codeOf(read({ before: cursor }, as(me))), cursor).to.equal('bad_cursor')
      expect(await codeOf(read({ after: 's1.e-0' }, as(me)))).to.equal('bad_cursor')
      expect(await codeOf(read({ before: `p1.${id}`, after: `p1.${id}` }, as(me)))).to.equal('invalid')
    }
    expect(fakes.calls).to.deep.equal([])
  })
})

describe('threads', () => {
  function createThread() {
    const world = createWorld()
    const { model, me, friend, stranger } = world
    const root = model.post(stranger, { text: 'root' })
    const parent = model.post(friend, { text: 'parent', replyTo: root })
    const focus = model.post(me, { text: 'focus', replyTo: parent })
    const child = model.post(stranger, { text: 'child', replyTo: focus })
    const grandchild = model.post(friend, { text: 'grandchild', replyTo: child })
    model.post(stranger, { replyTo: root })
    const read = (postId: PostId, reader?: UserId) => world.client.feeds.thread({ postId }, world.as(reader))
    return { ...world, root, parent, focus, child, grandchild, read }
  }

  it('[TML24] a thread is the post, what is above it from the root down, and everything below it', async () => {
    const { read, root, parent, focus, child, grandchild } = createThread()
    const thread = await read(focus)
    expect(thread.post.id).to.equal(focus)
    expect(thread.ancestors.map(({ id }) => id)).to.deep.equal([root, parent])
    expect(ids(thread)).to.deep.equal([grandchild, child])
  })

  it('[TML24] hidden people are left out above and below', async () => {
    const { read, model, me, stranger, parent, focus, grandchild } = createThread()
    model.mute(me, stranger)
    const thread = await read(focus, me)
    expect(thread.ancestors.map(({ id }) => id)).to.deep.equal([parent])
    expect(ids(thread)).to.deep.equal([grandchild])
  })

  it('[TML24] an unknown post is not_found, one across a block blocked, a muted person’s is shown', async () => {
    const { read, model, me, friend, stranger, root, parent } = createThread()
    expect(await codeOf(read(PostId.parse(idOf(500)), me))).to.equal('not_found')
    model.mute(me, friend)
    expect((await read(parent, me)).post.text).to.equal('parent')
    model.block(stranger, me)
    expect(await codeOf(read(root, me))).to.equal('blocked')
    expect((await read(root)).post.text).to.equal('root')
  })

  it('[TML24] a post whose author is not known is not_found', async () => {
    const { read, model, stranger, root } = createThread()
    model.cards.delete(stranger)
    expect(await codeOf(read(root))).to.equal('not_found')
  })

  it('[TML25] a deleted post is answered without its text, asked for, above and below', async () => {
    const { read, model, me, root, focus, child } = createThread()
    for (const id of [root, focus, child]) model.delete(id)
    const thread = await read(focus, me)
    expect(thread.post).to.include({ text: '' })
    expect(thread.post).to.have.property('deletedAtMs')
    expect(thread.ancestors[0]).to.include({ id: root, text: '' })
    const below: { id: EntryId; post: { text: string } } | undefined = thread.items[1]
    expect(below).to.include({ id: child })
    expect(below?.post.text).to.equal('')
  })
})
