import { expect } from 'chai'
import type { FeedItem, FeedSnapshot } from '../src/types.js'
import { eventually } from './support/eventually.js'
import { errorBody, FakeServer } from './support/fake-server.js'
import { openClient } from './support/open-client.js'

const texts = (items: readonly FeedItem[]) => items.map(({ post }) => post.text)
interface Shown {
  getSnapshot(): FeedSnapshot
}
const live = (view: { getSnapshot(): { live: boolean } }) => eventually(() => view.getSnapshot().live)
const shown = (view: Shown) => texts(view.getSnapshot().items)

describe('views of a client', () => {
  it('[SDK70] page and live join without a hole, through a restart of the server', async () => {
    await using server = await FakeServer.start()
    server.world.follow('me', 'ann')
    server.world.post('ann', 'before')
    await using client = openClient(server, 'me')
    const view = client.view('home', { autoShow: true })
    await live(view)
    const port = await server.stop()
    await eventually(() => !view.getSnapshot().live)
    server.world.post('ann', 'meanwhile')
    await server.listen(port)
    await live(view)
    server.world.post('ann', 'after')
    await eventually(() => view.getSnapshot().items.length === 3)
    expect(shown(view)).to.deep.equal(['after', 'meanwhile', 'before'])
    expect(view.getSnapshot().caughtUp?.posts).to.equal(1)
  })

  it('[SDK70] a post between the page and the subscription is not lost', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    server.socketFault = (event) => {
      if (event === 'subscribe' && server.world.posts.size === 0) server.world.post('ann', 'just then')
      return undefined
    }
    const view = client.view('public', { autoShow: true })
    await eventually(() => view.getSnapshot().items.length === 1)
    expect(shown(view)).to.deep.equal(['just then'])
  })

  it('[SDK71] a like shows at once in every view, is put back when refused, and follows the last press', async () => {
    await using server = await FakeServer.start()
    server.world.follow('me', 'ann')
    const post = server.world.post('ann', 'nice')
    await using client = openClient(server, 'me')
    const views = [client.view('home'), client.view('public')]
    for (const view of views) await live(view)
    const liked = () =>
      views.map((view) => view.getSnapshot().items[0]?.post).map((p) => [p?.viewer?.liked, p?.counts.likes])
    const done = client.posts.like(post.id, true)
    expect(liked()).to.deep.equal([
      [true, 1],
      [true, 1],
    ])
    await done
    expect(liked()).to.deep.equal([
      [true, 1],
      [true, 1],
    ])
    server.fault = ({ method }) => (method === 'DELETE' ? { status: 403, body: errorBody('forbidden') } : undefined)
    const refused = client.posts.like(post.id, false).catch((error: unknown) => error)
    expect(liked()[0]).to.deep.equal([false, 0])
    expect(await refused).to.include({ code: 'forbidden' })
    expect(liked()[0]).to.deep.equal([true, 1])
    server.fault = () => undefined
    await Promise.all([
      client.posts.like(post.id, false),
      client.posts.like(post.id, true),
      client.posts.like(post.id, false),
    ])
    expect(liked()[0]).to.deep.equal([false, 0])
    expect(server.world.likes.size).to.equal(0)
  })

  it('[SDK72] an own post is outgoing until its answer, then the first item, and is shown once if the push comes first', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    const view = client.view('home')
    await live(view)
    let let1: () => void = () => {}
    const held = new Promise<void>((done) => (let1 = done))
    server.fault = async ({ method, headers, body }) => {
      if (method !== 'POST' || headers['x-late'] !== undefined) return undefined
      // The server has made and pushed the post, and its answer is lost: the same key gets it at the next try.
      if (body['text'] === 'mine' && server.calls.filter((c) => c.method === 'POST').length === 1) return 'lose'
      await held
      return undefined
    }
    const created = client.posts.create('mine')
    expect(view.getSnapshot().outgoing.map(({ text, state }) => [text, state])).to.deep.equal([['mine', 'sending']])
    await eventually(() => view.getSnapshot().items.length === 1)
    expect(view.getSnapshot().outgoing).to.deep.equal([])
    expect(view.getSnapshot().pending).to.deep.equal([])
    let1()
    const post = await created
    expect(shown(view)).to.deep.equal(['mine'])
    expect(server.world.posts.size).to.equal(1)
    expect(view.getSnapshot().items[0]?.id).to.equal(post.id)
  })

  it('[SDK72] a reply is outgoing in its thread and lands there', async () => {
    await using server = await FakeServer.start()
    const root = server.world.post('ann', 'root')
    await using client = openClient(server, 'me')
    const thread = client.viewThread(root.id)
    await live(thread)
    const created = client.posts.create('answer', { replyTo: root.id })
    expect(thread.getSnapshot().outgoing).to.have.length(1)
    await created
    expect(shown(thread)).to.deep.equal(['answer'])
    expect(thread.getSnapshot().outgoing).to.deep.equal([])
  })

  it('[SDK73] a thread holds its post and what is above it, kept true by edits, counts and deletes', async () => {
    await using server = await FakeServer.start()
    const root = server.world.post('ann', 'root')
    const reply = server.world.post('bob', 'reply', { replyTo: root.id })
    await using client = openClient(server, 'me')
    const thread = client.viewThread(reply.id, { autoShow: true })
    expect(thread.getThread()).to.equal(null)
    await live(thread)
    expect(thread.getThread()?.ancestors.map(({ text }) => text)).to.deep.equal(['root'])
    expect(thread.getThread()).to.equal(thread.getThread())
    server.world.edit(root.id, 'root, edited')
    server.push([{ type: 'stats', postId: reply.id, counts: { replies: 3, reposts: 0, quotes: 0, likes: 5 } }])
    await eventually(() => thread.getThread()?.ancestors[0]?.text === 'root, edited')
    await eventually(() => thread.getThread()?.post.counts.likes === 5)
    server.world.delete(reply.id)
    await eventually(() => thread.getThread()?.post.deletedAtMs !== undefined)
    server.world.post('cem', 'below', { replyTo: reply.id })
    await eventually(() => shown(thread).length === 1)
  })

  it('[SDK74] notifications arrive, go when undone, and are read up to what is shown', async () => {
    await using server = await FakeServer.start()
    const mine = server.world.post('me', 'mine')
    server.world.post('ann', 'first reply', { replyTo: mine.id })
    await using client = openClient(server, 'me')
    const view = client.viewNotifications({ autoShow: true })
    await live(view)
    expect(view.getRead()).to.deep.equal({ upTo: null, unread: 1 })
    server.world.like('bob', mine.id)
    await eventually(() => view.getSnapshot().items.length === 2)
    expect(view.getSnapshot().items.map(({ type }) => type)).to.deep.equal(['like', 'reply'])
    expect(view.getRead().unread).to.equal(2)
    server.world.like('bob', mine.id, false)
    await eventually(() => view.getSnapshot().items.length === 1)
    expect(view.getRead().unread).to.equal(1)
    await view.markRead()
    expect(view.getRead()).to.deep.equal({ upTo: view.getSnapshot().items[0]?.id, unread: 0 })
  })

  it('[SDK74] reading on another device is heard, and the mentions alone leave the rest out', async () => {
    await using server = await FakeServer.start()
    const mine = server.world.post('me', 'mine')
    await using client = openClient(server, 'me')
    const view = client.viewNotifications({ autoShow: true, only: 'mentions' })
    await live(view)
    const reads: string[] = []
    client.on('read', ({ upTo }) => reads.push(upTo))
    server.world.like('bob', mine.id)
    const reply = server.world.post('ann', 'reply', { replyTo: mine.id })
    await eventually(() => view.getSnapshot().items.length === 1)
    expect(view.getRead().unread).to.equal(2)
    server.push([{ type: 'read', upTo: reply.id }])
    await eventually(() => view.getRead().unread === 0)
    expect(reads).to.deep.equal([reply.id])
  })

  it('[SDK75] edits and deletes reach every open view, whichever feed they came through', async () => {
    await using server = await FakeServer.start()
    const post = server.world.post('ann', 'hello')
    await using client = openClient(server, 'me')
    const view = client.view('user:ann')
    await live(view)
    const cursor = server.world.cursor()
    server.push([{ type: 'edit', feeds: ['elsewhere'], cursor, post: { ...post, rev: 2, text: 'edited' } }])
    await eventually(() => shown(view)[0] === 'edited')
    await client.posts.delete(post.id)
    expect(shown(view)).to.deep.equal([])
  })

  it('[SDK76] signing in reads open views again as that person; signing out ends them', async () => {
    await using server = await FakeServer.start()
    server.world.post('ann', 'from ann')
    await using client = openClient(server)
    await client.auth.signUp({ handle: 'me', name: 'Me', password: 'long enough' })
    await client.auth.signOut()
    const view = client.view('public')
    const subscription = client.subscribe('public')
    await live(view)
    expect(view.getSnapshot().items[0]?.post.viewer).to.equal(undefined)
    await client.auth.signIn({ handle: 'me', password: 'long enough' })
    await eventually(() => view.getSnapshot().items[0]?.post.viewer !== undefined)
    await live(view)
    await client.auth.signOut()
    expect(view.getSnapshot().status).to.equal('failed')
    let end: unknown = null
    try {
      for await (const _event of subscription);
    } catch (error) {
      end = error
    }
    expect(end).to.include({ code: 'session_ended' })
    expect(client.me).to.equal(null)
  })
})
