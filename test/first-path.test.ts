import type { FeedView } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { collect } from './support/collect.js'
import { idsOf, loadFeed, textsOf } from './support/feeds.js'
import { Closing, openDevice, signUpAll, type Person } from './support/people.js'
import { homeLagMs, startSystem, type System } from './support/system.js'

type Viewable = Parameters<Person['client']['view']>[0]

describe('the path of a post', function () {
  this.timeout(30_000)
  let system: System
  let closing: Closing
  let ada: Person
  let bob: Person
  let cyd: Person
  let count = 0

  before(async () => {
    system = await startSystem()
  })
  beforeEach(async () => {
    closing = new Closing()
    count += 1
    const people = await signUpAll(closing, system.url, [`ada${count}`, `bob${count}`, `cyd${count}`])
    ;[ada, bob, cyd] = people as [Person, Person, Person]
    await bob.client.users.follow(ada.handle, true)
  })
  afterEach(() => closing[Symbol.asyncDispose]())
  after(() => system?.[Symbol.asyncDispose]())

  async function openView(person: Pick<Person, 'client'>, feed: Viewable): Promise<FeedView> {
    const view = person.client.view(feed, { autoShow: true })
    await eventually(() => view.getSnapshot().live)
    return view
  }
  const shown = (view: FeedView) => textsOf(view.getSnapshot().items)
  const showsOnPage = ({ client }: Person, ...texts: string[]) =>
    eventually(async () => expect(textsOf(await loadFeed(client, 'home'))).to.deep.equal(texts), homeLagMs)
  const showsOnly = (view: FeedView, ...texts: string[]) => eventually(() => expect(shown(view)).to.deep.equal(texts))

  it('[SYS10] a post arrives live at a follower and stands on their page, and not at somebody else’s', async () => {
    const follower = await collect(bob.client, 'home')
    const stranger = await collect(cyd.client, 'home')
    const view = await openView(bob, 'home')
    const post = await ada.client.posts.create('hello from ada')
    await eventually(() => follower.texts().length > 0)
    await showsOnly(view, 'hello from ada')
    expect(follower.of('post')[0]?.item.post).to.deep.include({ id: post.id, text: post.text, author: post.author })
    await showsOnPage(bob, 'hello from ada')
    expect(await loadFeed(cyd.client, 'home')).to.deep.equal([])
    expect(stranger.events).to.deep.equal([])
  })

  it('[SYS10] a page and a subscription from its cursor join: nothing between them is lost or doubled', async () => {
    await ada.client.posts.create('before')
    const page = await bob.client.timeline('home')
    await ada.client.posts.create('between')
    const joined = await collect(bob.client, 'home', { from: page.cursor })
    await ada.client.posts.create('after')
    await eventually(() => expect(joined.texts()).to.deep.equal(['between', 'after']))
    expect(textsOf(page.items)).to.deep.equal(['before'])
    expect(joined.of('caught-up').map(({ replayed }) => replayed)).to.deep.equal([1])
  })

  it('[SYS11] somebody without an account reads public, user, tag and thread feeds, by page and live', async () => {
    const anyone = openDevice(closing, { url: system.url })
    const tag = `loud${count}`
    const root = await ada.client.posts.create(`root #${tag}`)
    const feeds: Viewable[] = ['public', `user:${ada.handle}`, `tag:${tag}`]
    const views = await Promise.all(feeds.map((feed) => openView(anyone, feed)))
    const thread = anyone.client.viewThread(root.id, { autoShow: true })
    await eventually(() => thread.getSnapshot().live)
    await bob.client.posts.create(`reply #${tag}`, { replyTo: root.id })
    await ada.client.posts.create(`second #${tag}`)
    await eventually(() => {
      expect(shown(views[0] as FeedView).slice(0, 2)).to.deep.equal([`second #${tag}`, `root #${tag}`])
      expect(shown(views[1] as FeedView)).to.deep.equal([`second #${tag}`, `root #${tag}`])
      expect(shown(views[2] as FeedView)).to.deep.equal([`second #${tag}`, `reply #${tag}`, `root #${tag}`])
      expect(shown(thread)).to.deep.equal([`reply #${tag}`])
      expect(thread.getThread()?.post.id).to.equal(root.id)
    })
    for (const [index, feed] of feeds.entries()) {
      const loaded = idsOf(await loadFeed(anyone.client, feed, 2))
      expect(idsOf((views[index] as FeedView).getSnapshot().items).slice(0, loaded.length)).to.deep.equal(loaded)
    }
  })

  it('[SYS11] home and notifications are closed to somebody without an account', async () => {
    const anyone = openDevice(closing, { url: system.url })
    for (const feed of ['home', 'notifications'] as const) {
      const subscription = anyone.client.subscribe(feed)
      const refused = await subscription.ready.then(
        () => null,
        (error: unknown) => error,
      )
      expect(refused).to.include({ code: 'unauthenticated' })
    }
    const answer = await fetch(`${system.url}/v1/feeds/home`)
    expect(answer.status).to.equal(401)
  })

  it('[SYS12] notifications arrive live, and an undone like goes again', async () => {
    const view = ada.client.viewNotifications({ autoShow: true })
    await eventually(() => view.getSnapshot().live)
    const types = () => view.getSnapshot().items.map(({ type, actor }) => `${type} ${actor.handle}`)
    const post = await ada.client.posts.create('notice me')
    await cyd.client.posts.like(post.id, true)
    await cyd.client.posts.repost(post.id, true)
    await cyd.client.posts.create('indeed', { replyTo: post.id })
    await cyd.client.posts.create(`hi @${ada.handle}`)
    await cyd.client.posts.create('look', { quoteOf: post.id })
    const all = ['quote', 'mention', 'reply', 'repost', 'like'].map((type) => `${type} ${cyd.handle}`)
    await eventually(() => expect(types()).to.deep.equal([...all, `follow ${bob.handle}`]))
    await cyd.client.posts.like(post.id, false)
    await eventually(() => expect(types()).to.deep.equal([...all.slice(0, -1), `follow ${bob.handle}`]))
    const page = ada.client.viewNotifications()
    await eventually(() => page.getSnapshot().live)
    expect(idsOf(page.getSnapshot().items)).to.deep.equal(idsOf(view.getSnapshot().items))
    expect((await cyd.client.posts.get(post.id)).counts).to.deep.equal({ replies: 1, reposts: 1, quotes: 1, likes: 0 })
  })

  it('[SYS12] [INV7] what an edit names no more and what is deleted goes from notifications, whoever follows whom', async () => {
    const view = cyd.client.viewNotifications({ autoShow: true })
    await eventually(() => view.getSnapshot().live)
    const texts = () => view.getSnapshot().items.map(({ post }) => post?.text)
    const edited = await ada.client.posts.create(`one @${cyd.handle}`)
    const deleted = await ada.client.posts.create(`two @${cyd.handle}`)
    await eventually(() => expect(texts()).to.deep.equal([deleted.text, edited.text]))
    await ada.client.posts.edit(edited.id, 'one')
    await eventually(() => expect(texts()).to.deep.equal([deleted.text]))
    await ada.client.posts.delete(deleted.id)
    await eventually(() => expect(texts()).to.deep.equal([]))
  })

  it('[SYS13] [INV7] [INV9] a block silences both ways, at once, in every feed', async () => {
    await ada.client.users.follow(bob.handle, true)
    const view = await openView(bob, 'home')
    const notices = bob.client.viewNotifications({ autoShow: true })
    await ada.client.posts.create('before the block')
    await bob.client.posts.create('bob speaks')
    await showsOnly(view, 'bob speaks', 'before the block')
    await ada.client.users.block(bob.handle, true)
    await showsOnly(view, 'bob speaks')
    await ada.client.posts.create(`after the block @${bob.handle}`)
    await bob.client.posts.create('bob goes on')
    await showsOnly(view, 'bob goes on', 'bob speaks')
    await showsOnPage(bob, 'bob goes on', 'bob speaks')
    expect(textsOf(await loadFeed(ada.client, 'home'))).not.to.include('bob goes on')
    expect(textsOf(await loadFeed(bob.client, 'public', 10))).not.to.include('before the block')
    expect(notices.getSnapshot().items.filter(({ actor }) => actor.id === ada.id)).to.deep.equal([])
    const refused = await bob.client.users.follow(ada.handle, true).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'blocked' })
  })

  it('[SYS14] edits and deletes reach whoever holds the post', async () => {
    const home = await openView(bob, 'home')
    const user = await openView(cyd, `user:${ada.handle}`)
    const first = await ada.client.posts.create('frist')
    const second = await ada.client.posts.create('second')
    await showsOnly(home, 'second', 'frist')
    await ada.client.posts.edit(first.id, 'first')
    await showsOnly(home, 'second', 'first')
    await showsOnly(user, 'second', 'first')
    await ada.client.posts.delete(second.id)
    await showsOnly(home, 'first')
    await showsOnly(user, 'first')
    await showsOnPage(bob, 'first')
  })

  it('[SYS14] [INV7] edits and deletes reach the quotes of a post, wherever those stand', async () => {
    const tag = `quoting${count}`
    const quoted = await ada.client.posts.create('words')
    const root = await cyd.client.posts.create('a root')
    const quote = await cyd.client.posts.create(`look #${tag}`, { quoteOf: quoted.id, replyTo: root.id })
    await bob.client.posts.repost(quote.id, true)
    const anyone = openDevice(closing, { url: system.url })
    const views = await Promise.all(
      ([`user:${bob.handle}`, `tag:${tag}`] as const).map((feed) => openView(anyone, feed)),
    )
    const thread = anyone.client.viewThread(root.id, { autoShow: true })
    await eventually(() => thread.getSnapshot().live)
    const words = () =>
      [...views, thread].map((view) => {
        const { quote: shownQuote } = view.getSnapshot().items[0]?.post ?? {}
        return shownQuote !== undefined && 'text' in shownQuote ? shownQuote.text : null
      })
    expect(words()).to.deep.equal(['words', 'words', 'words'])
    await ada.client.posts.edit(quoted.id, 'other words')
    await eventually(() => expect(words()).to.deep.equal(['other words', 'other words', 'other words']))
    await ada.client.posts.delete(quoted.id)
    await eventually(() => expect(words()).to.deep.equal(['', '', '']))
  })

  it('[SYS15] a follow brings what was posted before, and an unfollow takes it away', async () => {
    await ada.client.posts.create('older')
    const view = await openView(cyd, 'home')
    expect(shown(view)).to.deep.equal([])
    await cyd.client.users.follow(ada.handle, true)
    await showsOnly(view, 'older')
    await ada.client.posts.create('newer')
    await showsOnly(view, 'newer', 'older')
    await cyd.client.users.follow(ada.handle, false)
    await showsOnly(view)
    await ada.client.posts.create('unheard')
    expect(await loadFeed(cyd.client, 'home')).to.deep.equal([])
  })
})
