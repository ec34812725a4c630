import { expect } from 'chai'
import { following, home, pendingBy, shownBy, texts } from './support/home.js'

describe('feed view', () => {
  it('[SDK51] what arrives waits in pending, newest first, until it is shown', async () => {
    const h = await home(2)
    h.world.post('ann', 'new 1')
    h.world.post('bob', 'new 2')
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['post 1', 'post 0'])
    expect(pendingBy(h)).to.deep.equal(['new 2', 'new 1'])
    h.view.showPending()
    const { items, pending, fresh } = h.view.getSnapshot()
    expect(texts(items)).to.deep.equal(['new 2', 'new 1', 'post 1', 'post 0'])
    expect(pending).to.deep.equal([])
    expect([...fresh].sort()).to.deep.equal(
      items
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    )
    h.view.markSeen()
    expect(h.view.getSnapshot().fresh.size).to.equal(0)
  })

  it('[SDK51] with autoShow it goes straight into the items', async () => {
    const h = await home(1)
    h.world.post('ann', 'waits')
    await h.quiet()
    h.view.setAutoShow(true)
    expect(shownBy(h)).to.deep.equal(['waits', 'post 0'])
    h.world.post('ann', 'at once')
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['at once', 'waits', 'post 0'])
  })

  it('[SDK52] of a post and its reposts the newest line stays, and the older reappears when that goes', async () => {
    const h = await home(2, { autoShow: true })
    const id = h.view.getSnapshot().items[1]?.post.id ?? ''
    h.world.repost('bob', id)
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['post 0', 'post 1'])
    expect(h.view.getSnapshot().items[0]?.repostedBy?.handle).to.equal('bob')
    h.world.repost('bob', id, false)
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['post 1', 'post 0'])
    expect(h.view.getSnapshot().items[1]?.repostedBy).to.equal(undefined)
  })

  it('[SDK53] a delete takes the post, its reposts and the text inside quotes', async () => {
    const h = await home(1, { autoShow: true })
    const id = h.view.getSnapshot().items[0]?.post.id ?? ''
    h.world.repost('bob', id)
    h.world.post('bob', 'look', { quoteOf: id })
    await h.quiet()
    h.world.delete(id)
    await h.quiet()
    const { items } = h.view.getSnapshot()
    expect(texts(items)).to.deep.equal(['look'])
    expect(items[0]?.post.quote).to.include({ id, text: '' }).and.to.have.property('deletedAtMs')
  })

  it('[SDK53] no late event or read brings a deleted post back', async () => {
    const h = await home(1)
    const item = h.view.getSnapshot().items[0]
    if (item === undefined) throw new Error('no item')
    h.world.delete(item.id)
    await h.quiet()
    h.view.apply({ type: 'line', line: item, isOwn: false })
    h.view.apply({ type: 'line', line: { ...item, id: h.world.id() }, isOwn: false })
    expect(h.view.state.lines).to.deep.equal([])
  })

  it('[SDK54] everywhere stands the newest revision of a post, also in quotes and in reposts that carry an older one', async () => {
    const h = await home(1, { autoShow: true })
    const item = h.view.getSnapshot().items[0]
    if (item === undefined) throw new Error('no item')
    h.world.post('bob', 'look', { quoteOf: item.id })
    await h.quiet()
    const before = h.world.shown(item.id, h.reader)
    h.world.edit(item.id, 'second form')
    await h.quiet()
    h.view.apply({ type: 'line', line: { id: h.world.id(), post: before }, isOwn: false })
    h.view.apply({ type: 'posts', posts: [before], from: 'live' })
    const quoteOfOld = { ...h.world.post('cem', 'late'), quote: { ...before, entities: [] } }
    h.view.apply({ type: 'line', line: { id: h.world.id(), post: quoteOfOld }, isOwn: false })
    const found = JSON.stringify(h.view.getSnapshot().items)
    expect(found).to.not.include('post 0')
    expect(found.split('second form')).to.have.length(4)
  })

  it("[SDK55] an edit or a repost from the log keeps the counts and the reader's own marks that were read", async () => {
    const world = following('ann', 'bob')
    const post = world.post('ann', 'liked')
    world.like('me', post.id)
    const h = await home(0, { world })
    world.edit(post.id, 'liked, edited')
    world.repost('bob', post.id)
    await h.quiet()
    for (const { post: held } of h.view.state.lines) {
      expect(held.text).to.equal('liked, edited')
      expect(held.viewer?.liked).to.equal(true)
      expect(held.counts.likes).to.equal(1)
    }
    h.view.apply({ type: 'stats', postId: post.id, counts: { replies: 0, reposts: 1, quotes: 0, likes: 7 } })
    expect(h.view.getSnapshot().items[0]?.post.counts.likes).to.equal(7)
  })

  it("[SDK55] a live repost of an older post gets the reader's marks in one batched read", async () => {
    const world = following('ann')
    const ids = [1, 2, 3].map((n) => world.post('zoe', `old ${n}`).id)
    world.like('me', ids[1] ?? '')
    const h = await home(1, { world, autoShow: true })
    for (const id of ids) world.repost('ann', id)
    await h.quiet()
    expect(h.hydrated).to.have.length(1)
    expect(h.hydrated[0]).to.have.members(ids)
    expect(h.view.state.lines.map(({ post }) => post.viewer?.liked)).to.deep.equal([false, true, false, false])
  })

  it('[SDK56] unfollow and block take lines away at once and the range is read again; follow brings what was missing', async () => {
    const world = following('ann', 'bob')
    const first = world.post('cem', 'by cem')
    world.post('ann', 'by ann')
    world.post('bob', 'to ann', { replyTo: [...world.posts.keys()][1] ?? '' })
    const h = await home(0, { world })
    expect(shownBy(h)).to.deep.equal(['to ann', 'by ann'])
    world.follow('me', 'ann', false)
    h.hear()
    expect(shownBy(h)).to.deep.equal(['to ann'])
    expect(h.view.getSnapshot().live).to.equal(false)
    await h.quiet()
    expect(shownBy(h)).to.deep.equal([])
    world.follow('me', 'cem')
    world.follow('me', 'ann')
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['to ann', 'by ann', 'by cem'])
    expect(pendingBy(h)).to.deep.equal([])
    expect(first.author.handle).to.equal('cem')
  })
})
