import { expect } from 'chai'
import { eventually } from './support/eventually.js'
import { errorBody, FakeServer } from './support/fake-server.js'
import { openClient } from './support/open-client.js'

const keysOf = (server: FakeServer) =>
  server.calls.filter((c) => c.path === '/posts').map((c) => c.headers['idempotency-key'])

describe('posting', () => {
  it('[SDK40] a lost answer is asked for again with the same key: one post', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    let tries = 0
    server.fault = () => ((tries += 1) === 1 ? 'lose' : undefined)
    const post = await client.posts.create('once')
    expect(server.world.posts.size).to.equal(1)
    expect(post.text).to.equal('once')
    expect(new Set(keysOf(server)).size).to.equal(1)
    expect(keysOf(server)).to.have.length(2)
  })

  it('[SDK40] it is sent through an outage until it is acknowledged, and `delayed` is asked again', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    const port = await server.stop()
    const created = client.posts.create('patient')
    await new Promise((done) => setTimeout(done, 50))
    let tries = 0
    server.fault = () =>
      (tries += 1) === 1 ? { status: 503, body: errorBody('delayed', { retryAfterMs: 5 }) } : undefined
    await server.listen(port)
    expect((await created).text).to.equal('patient')
    expect(tries).to.be.greaterThan(1)
  })

  it('[SDK41] posts of one client go out one at a time, in order', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    let inFlight = 0
    let most = 0
    server.fault = async () => {
      most = Math.max(most, (inFlight += 1))
      await new Promise((done) => setTimeout(done, 5))
      inFlight -= 1
      return undefined
    }
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => client.posts.create(text)))
    expect(most).to.equal(1)
    expect([...server.world.posts.values()].map(({ text }) => text)).to.deep.equal(['a', 'b', 'c', 'd'])
  })

  it('[SDK42] a refused post rejects, stays as failed, and can be sent again or discarded', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    const view = client.view('home')
    await eventually(() => view.getSnapshot().status === 'ready')
    server.fault = ({ method }) => (method === 'POST' ? { status: 422, body: errorBody('limit_reached') } : undefined)
    const [first, second] = [client.posts.create('one'), client.posts.create('two')].map((p) =>
      p.catch((e: unknown) => e),
    )
    expect(await first).to.include({ code: 'limit_reached' })
    expect(await second).to.include({ code: 'limit_reached' })
    const { outgoing } = view.getSnapshot()
    expect(outgoing.map(({ text, state, error }) => [text, state, error?.code])).to.deep.equal([
      ['two', 'failed', 'limit_reached'],
      ['one', 'failed', 'limit_reached'],
    ])
    server.fault = () => undefined
    expect(client.posts.discard(outgoing[0]?.key ?? '')).to.equal('two')
    expect(client.posts.discard(outgoing[0]?.key ?? '')).to.equal(null)
    expect((await client.posts.retry(outgoing[1]?.key ?? '')).text).to.equal('one')
    expect(view.getSnapshot().outgoing).to.deep.equal([])
    expect(view.getSnapshot().items.map(({ post }) => post.text)).to.deep.equal(['one'])
  })

  it('[SDK43] with timeoutMs it gives up in time and keeps the words', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    const view = client.view('home')
    await eventually(() => view.getSnapshot().status === 'ready')
    server.fault = ({ method }) => (method === 'POST' ? 'drop' : undefined)
    const error = await client.posts.create('hurry', { timeoutMs: 200 }).catch((cause: unknown) => cause)
    expect(error).to.include({ retryable: true })
    expect(view.getSnapshot().outgoing.map(({ state }) => state)).to.deep.equal(['failed'])
  })

  it("[SDK43] an abort ends the trying with the signal's reason and the next post goes on", async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'me')
    server.fault = ({ body }) => (body['text'] === 'never' ? 'drop' : undefined)
    const controller = new AbortController()
    const never = client.posts.create('never', { signal: controller.signal }).catch((error: unknown) => error)
    const next = client.posts.create('next')
    const reason = new Error('no')
    await eventually(() => server.calls.length > 0)
    controller.abort(reason)
    expect(await never).to.equal(reason)
    expect((await next).text).to.equal('next')
  })

  it('[SDK44] the caller may name the key, so that another process can finish the post', async () => {
    await using server = await FakeServer.start()
    const storage = server.session('me')
    await using one = openClient(server, undefined, { storage: { load: () => storage, save: () => {} } })
    await using two = openClient(server, undefined, { storage: { load: () => storage, save: () => {} } })
    const posts = [
      await one.posts.create('same', { idempotencyKey: 'bot-2026-1' }),
      await two.posts.create('same', { idempotencyKey: 'bot-2026-1' }),
    ]
    expect(posts[0]?.id).to.equal(posts[1]?.id)
    expect(server.world.posts.size).to.equal(1)
  })
})
