import { EntryId, type UserId } from '@skein/contracts'
import { expect } from 'chai'
import { createFixture } from './fixture.js'

function createWorld() {
  const fixture = createFixture()
  const { model, client, as } = fixture
  const me = model.addUser('me')
  const friend = model.addUser('friend')
  const stranger = model.addUser('stranger')
  const mine = model.post(me, { text: 'mine' })
  const read = (input: Parameters<typeof client.feeds.notifications>[0] = {}, reader: UserId = me) =>
    client.feeds.notifications(input, as(reader))
  return { ...fixture, me, friend, stranger, mine, read }
}

describe('notifications', () => {
  it('[TML40] notices of posts and follows stand in one order, each with its actor and post', async () => {
    const { model, read, me, friend, stranger, mine } = createWorld()
    model.like(friend, mine)
    model.follow(stranger, me)
    const reply = model.post(friend, { text: 'a reply', replyTo: mine })
    model.repost(stranger, mine)
    model.follow(friend, me)
    const quote = model.post(stranger, { text: 'a quote', quoteOf: mine })
    const mention = model.post(stranger, { text: 'a mention', mentions: [me] })
    const { items } = await read()
    expect(items.map(({ type, actor, post }) => [type, actor.handle, post?.id])).to.deep.equal([
      ['mention', 'stranger', mention],
      ['quote', 'stranger', quote],
      ['follow', 'friend', undefined],
      ['repost', 'stranger', mine],
      ['reply', 'friend', reply],
      ['follow', 'stranger', undefined],
      ['like', 'friend', mine],
    ])
    expect(items[1]?.post?.quote).to.include({ text: 'mine' })
  })

  it('[TML41] what blocked and muted people did is left out, and what is about deleted posts', async () => {
    const { model, read, me, friend, stranger, mine } = createWorld()
    model.like(friend, mine)
    model.follow(stranger, me)
    const reply = model.post(stranger, { replyTo: mine })
    expect((await read()).items).to.have.length(3)
    model.delete(reply)
    expect((await read()).items.map(({ type }) => type)).to.deep.equal(['follow', 'like'])
    model.mute(me, friend)
    expect((await read()).items.map(({ type }) => type)).to.deep.equal(['follow'])
    model.block(stranger, me)
    expect((await read()).items).to.deep.equal([])
  })

  it('[TML41] a post deleted between the list and the post is left out', async () => {
    const { model, read, fakes, friend, mine } = createWorld()
    const kept = model.post(friend, { replyTo: mine })
    const reply = model.post(friend, { replyTo: mine })
    fakes.onCall = (name) => {
      if (name === 'posts.byIds' && !model.isDeleted(reply)) model.delete(reply)
    }
    expect((await read({ limit: 1 })).items.map(({ id }) => id)).to.deep.equal([kept])
  })

  it('[TML42] mentions are mentions, replies and quotes alone', async () => {
    const { model, read, me, friend, mine } = createWorld()
    model.post(friend, { replyTo: mine })
    model.like(friend, mine)
    model.follow(friend, me)
    model.post(friend, { quoteOf: mine })
    model.post(friend, { mentions: [me] })
    const { items, unread } = await read({ only: 'mentions' })
    expect(items.map(({ type }) => type)).to.deep.equal(['mention', 'quote', 'reply'])
    expect(unread).to.equal(5)
  })

  it('[TML43] unread counts the visible ones newer than the marker, and all of them without one', async () => {
    const { model, read, me, friend, stranger, mine } = createWorld()
    const seen = model.post(friend, { replyTo: mine })
    model.like(friend, mine)
    model.follow(friend, me)
    model.like(stranger, mine)
    expect(await read()).to.include({ readUpTo: null, unread: 4 })
    model.markers.set(me, EntryId.parse(seen))
    expect(await read()).to.include({ readUpTo: seen, unread: 3 })
    model.mute(me, stranger)
    expect(await read()).to.include({ readUpTo: seen, unread: 2 })
  })

  it('[TML43] unread is the same on every page, and counted to 100', async () => {
    const { model, read, me, friend, stranger } = createWorld()
    for (let i = 0; i < 150; i++) model.post(i % 4 === 0 ? stranger : friend, { mentions: [me] })
    model.mute(me, stranger)
    const page = await read({ limit: 5 })
    expect(page.unread).to.equal(100)
    expect((await read({ limit: 5, before: page.next ?? '' })).unread).to.equal(100)
    const [tenth] = (await read({ limit: 10 })).items.slice(-1)
    if (tenth !== undefined) model.markers.set(me, tenth.id)
    expect((await read({ limit: 5, before: page.next ?? '' })).unread).to.equal(9)
  })
})
