import { expect } from 'chai'
import { realEnv } from '../src/timing.js'
import type { FeedEvent } from '../src/types.js'
import { eventually } from './support/eventually.js'
import { errorBody, FakeServer } from './support/fake-server.js'
import { openClient } from './support/open-client.js'

function textsOf(events: FeedEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'post' ? [event.item.post.text] : []))
}

describe('connection and subscriptions', () => {
  it('[SDK20] posts arrive in order, each once, through a lost connection', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const events: FeedEvent[] = []
    const subscription = client.subscribe('public')
    for (const type of ['post', 'caught-up', 'gap'] as const) subscription.on(type, (event) => events.push(event))
    await subscription.ready
    server.world.post('ann', 'one')
    await eventually(() => events.length === 1)
    server.cut()
    server.world.post('ann', 'two')
    await eventually(() => events.length === 3)
    server.world.post('ann', 'three')
    await eventually(() => events.length === 4)
    expect(textsOf(events)).to.deep.equal(['one', 'two', 'three'])
    expect(events.map(({ type }) => type)).to.deep.equal(['post', 'post', 'caught-up', 'post'])
    expect(server.asked.filter(({ event }) => event === 'subscribe').map(({ from }) => from)).to.deep.equal([
      undefined,
      's1.e1-1',
    ])
  })

  it('[SDK20] a saved cursor resumes in another client', async () => {
    await using server = await FakeServer.start()
    await using first = openClient(server)
    const subscription = first.subscribe('public')
    await subscription.ready
    server.world.post('ann', 'one')
    for await (const event of subscription) {
      expect(event.type).to.equal('post')
      break
    }
    const { cursor } = subscription
    server.world.post('ann', 'two')
    await using second = openClient(server)
    const texts: string[] = []
    for await (const event of second.subscribe('public', { from: cursor ?? '' })) {
      if (event.type === 'caught-up') break
      if (event.type === 'post') texts.push(event.item.post.text)
    }
    expect(texts).to.deep.equal(['two'])
  })

  it('[SDK21] a cursor out of the window is told as a gap, and the subscription lives on', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    for (let n = 0; n < 5; n += 1) server.world.post('ann', `lost ${n}`)
    server.forgetWindow()
    const events: FeedEvent[] = []
    const subscription = client.subscribe('public', { from: 's1.e1-1' })
    for (const type of ['post', 'gap'] as const) subscription.on(type, (event) => events.push(event))
    await eventually(() => events.length === 1)
    server.world.post('ann', 'next')
    await eventually(() => events.length === 2)
    expect(events[0]).to.include({ type: 'gap', reason: 'expired' })
    expect(textsOf(events)).to.deep.equal(['next'])
  })

  it('[SDK21] a cursor that the server cannot read counts as a gap', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const subscription = client.subscribe('public', { from: 'nonsense' })
    const iterator = subscription[Symbol.asyncIterator]()
    expect((await iterator.next()).value).to.include({ type: 'gap', cursor: 's1.e1-0' })
  })

  it('[SDK22] two subscribers of a feed share one subscription on the server, each with its own queue', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const a: FeedEvent[] = []
    const b: FeedEvent[] = []
    const first = client.subscribe('public')
    first.on('post', (event) => a.push(event))
    await first.ready
    const second = client.subscribe('public')
    second.on('post', (event) => b.push(event))
    await second.ready
    server.world.post('ann', 'one')
    await eventually(() => a.length === 1 && b.length === 1)
    expect(server.asked).to.have.length(1)
    await first.close()
    server.world.post('ann', 'two')
    await eventually(() => b.length === 2)
    expect(a).to.have.length(1)
    expect(server.subscribed('public')).to.equal(1)
    await second.close()
    await eventually(() => server.subscribed('public') === 0)
  })

  it('[SDK22] one that joins further back gets what it missed and the others nothing twice', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const a: FeedEvent[] = []
    const b: FeedEvent[] = []
    const first = client.subscribe('public')
    first.on('post', (event) => a.push(event))
    first.on('caught-up', (event) => a.push(event))
    await first.ready
    first.on('delete', (event) => a.push(event))
    for (const text of ['one', 'two', 'three']) server.world.post('ann', text)
    server.world.delete(server.world.post('ann', 'gone').id)
    await eventually(() => a.length === 5)
    const second = client.subscribe('public', { from: 's1.e1-1' })
    second.on('post', (event) => b.push(event))
    await eventually(() => b.length === 2)
    server.world.post('ann', 'four')
    await eventually(() => b.length === 3)
    expect(textsOf(b)).to.deep.equal(['two', 'three', 'four'])
    expect(textsOf(a)).to.deep.equal(['one', 'two', 'three', 'gone', 'four'])
    expect(a.map(({ type }) => type).filter((type) => type !== 'post')).to.deep.equal(['delete'])
  })

  it('[SDK22] a gap of one that was far behind loses nothing for the others', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const a: FeedEvent[] = []
    const b: FeedEvent[] = []
    server.world.post('ann', 'zero')
    const first = client.subscribe('public')
    for (const type of ['post', 'gap'] as const) first.on(type, (event) => a.push(event))
    await first.ready
    server.world.post('ann', 'one')
    await eventually(() => a.length === 1)
    server.world.windowStart = 1
    const second = client.subscribe('public', { from: 's1.e1-0' })
    for (const type of ['post', 'gap'] as const) second.on(type, (event) => b.push(event))
    server.world.post('ann', 'two')
    await eventually(() => a.length === 2 && b.some(({ type }) => type === 'gap'))
    server.world.post('ann', 'three')
    await eventually(() => a.length === 3)
    expect(textsOf(a)).to.deep.equal(['one', 'two', 'three'])
    expect(a.every(({ type }) => type === 'post')).to.equal(true)
  })

  it('[SDK22] one that stands in an older epoch is told its gap, the others go on, and the server is not asked without end', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const a: FeedEvent[] = []
    const b: FeedEvent[] = []
    server.world.post('ann', 'zero')
    const first = client.subscribe('public')
    for (const type of ['post', 'gap'] as const) first.on(type, (event) => a.push(event))
    await first.ready
    server.world.post('ann', 'one')
    await eventually(() => a.length === 1)
    const second = client.subscribe('public', { from: 's1.e0-5' })
    for (const type of ['post', 'gap'] as const) second.on(type, (event) => b.push(event))
    await eventually(() => b.some(({ type }) => type === 'gap'))
    server.world.post('ann', 'two')
    await eventually(() => a.length === 2 && b.length === 2)
    expect(textsOf(a)).to.deep.equal(['one', 'two'])
    expect(textsOf(b)).to.deep.equal(['two'])
    expect(server.asked.length).to.be.lessThan(6)
  })

  it('[SDK23] a slow consumer is paused by position and loses nothing', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const subscription = client.subscribe('public', { buffer: 10 })
    await subscription.ready
    for (let n = 0; n < 100; n += 1) server.world.post('ann', `${n}`)
    await eventually(() => server.subscribed('public') === 0)
    const texts: string[] = []
    for await (const event of subscription) {
      if (event.type === 'post') texts.push(event.item.post.text)
      if (texts.length === 100) break
    }
    expect(texts).to.deep.equal(Array.from({ length: 100 }, (_, n) => `${n}`))
  })

  it('[SDK24] repeated events are handed out once; a newer revision of a line comes as an edit', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const events: FeedEvent[] = []
    const subscription = client.subscribe('public')
    for (const type of ['post', 'edit'] as const) subscription.on(type, (event) => events.push(event))
    await subscription.ready
    const post = server.world.post('ann', 'one')
    const item = { id: post.id, post }
    const again = { type: 'post', feeds: ['public'], cursor: server.world.cursor(), replayed: true }
    server.push([
      { ...again, item },
      { ...again, item: { ...item, post: { ...post, rev: 2 } } },
      { ...again, item },
    ])
    server.push([{ type: 'edit', feeds: ['public'], cursor: server.world.cursor(), post: { ...post, rev: 2 } }])
    server.world.post('ann', 'two')
    await eventually(() => events.length === 3)
    expect(events.map(({ type }) => type)).to.deep.equal(['post', 'edit', 'post'])
  })

  it('[SDK24] events of an unknown type are ignored', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const notices: string[] = []
    client.on('notice', ({ text }) => notices.push(text))
    await client.subscribe('public').ready
    server.push([{ type: 'confetti', feeds: ['public'], cursor: 'x' }, { type: 'toString' }, null, 7, { type: 'post' }])
    server.push([{ type: 'notice', text: 'hello' }])
    await eventually(() => notices.length === 1)
    expect(client.connection).to.deep.equal({ status: 'live' })
  })

  it('[SDK25] the connection says how it stands: idle, connecting, live, offline with the time of the next try, closed', async () => {
    await using server = await FakeServer.start()
    const client = openClient(server, undefined, { reconnect: { minMs: 30, maxMs: 60 } })
    const seen: string[] = []
    client.on('connection', (state) => seen.push(state.status))
    expect(client.connection).to.deep.equal({ status: 'idle' })
    await client.subscribe('public').ready
    const port = await server.stop()
    await eventually(() => {
      const { connection } = client
      return connection.status === 'offline' && connection.retryAtMs !== null && connection.reason !== ''
    })
    await server.listen(port)
    await eventually(() => client.connection.status === 'live')
    await client.close()
    expect([...new Set(seen)]).to.deep.equal(['connecting', 'live', 'offline', 'closed'])
    expect(seen.at(-1)).to.equal('closed')
  })

  it('[SDK26] reconnectNow does not wait for the next try', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, undefined, { reconnect: { minMs: 60_000, maxMs: 60_000 } })
    await client.subscribe('public').ready
    const port = await server.stop()
    await eventually(() => client.connection.status === 'offline')
    await server.listen(port)
    await eventually(() => {
      client.reconnectNow()
      return client.connection.status === 'live'
    })
  })

  it('[SDK27] a handshake refused for its token is repeated at once with a fresh one', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'ann', { reconnect: { minMs: 60_000, maxMs: 60_000 } })
    await client.ready()
    server.expireTokens()
    await client.subscribe('home').ready
    expect(server.connects.map(({ accessToken }) => accessToken === undefined)).to.deep.equal([false, false])
    expect(server.calls.map(({ path }) => path)).to.deep.equal(['/sessions/refresh'])
  })

  it('[SDK27] a handshake refused for load waits as long as it is told', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const times: number[] = []
    server.refuse = () => {
      times.push(Date.now())
      return times.length === 1 ? errorBody('overloaded', { retryAfterMs: 200 }) : undefined
    }
    await client.subscribe('public').ready
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.at.least(195)
  })

  it('[SDK28] close reasons: 4000s come back after the hint, 4100s with another token, 4200s stop', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'ann')
    await client.subscribe('home').ready
    server.closeAll(4_000, 20)
    await eventually(() => server.connects.length === 2 && client.connection.status === 'live')
    server.closeAll(4_100)
    await eventually(() => server.connects.length === 3 && client.connection.status === 'live')
    expect(server.connects[2]).to.not.deep.equal(server.connects[1])
    const reasons: string[] = []
    client.on('signed-out', ({ reason }) => reasons.push(reason))
    server.endSessions()
    server.closeAll(4_200)
    await eventually(() => reasons.length === 1)
    expect(client.me).to.equal(null)
    await eventually(() => client.connection.status === 'idle')
  })

  it('[SDK28] a protocol refusal ends every subscription with an error', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const subscription = client.subscribe('public')
    await subscription.ready
    const next = subscription[Symbol.asyncIterator]().next()
    server.closeAll(4_201)
    const error = await next.catch((cause: unknown) => cause)
    expect(error).to.include({ name: 'SkeinError', retryable: false })
    expect(client.connection.status).to.equal('closed')
  })

  it('[SDK29] a subscribe that gets no answer counts as a lost connection', async () => {
    await using server = await FakeServer.start()
    const hasty = { ...realEnv, after: (ms: number, run: () => void) => realEnv.after(ms === 10_000 ? 100 : ms, run) }
    await using client = openClient(server, undefined, {}, hasty)
    let asked = 0
    server.socketFault = (event) => (event === 'subscribe' && (asked += 1) === 1 ? 'silent' : undefined)
    await client.subscribe('public').ready
    expect(server.connects).to.have.length(2)
  })

  it('[SDK30] a feed that the server refuses ends its own subscription only', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const bad = client.subscribe('home')
    const good = client.subscribe('public')
    expect(await bad.ready.catch((error: unknown) => error)).to.include({ code: 'unauthenticated' })
    await good.ready
    expect(client.connection.status).to.equal('live')
  })

  it('[SDK30] a subscribe refused for load is asked again', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    let asked = 0
    server.socketFault = () => ((asked += 1) === 1 ? errorBody('overloaded', { retryAfterMs: 10 }) : undefined)
    await client.subscribe('public').ready
    expect(asked).to.equal(2)
  })

  it("[SDK31] an abort ends a subscription with the signal's reason, close ends it quietly", async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const controller = new AbortController()
    const reason = new Error('enough')
    const aborted = client.subscribe('public', { signal: controller.signal })
    const next = aborted[Symbol.asyncIterator]().next()
    controller.abort(reason)
    expect(await next.catch((error: unknown) => error)).to.equal(reason)
    const closed = client.subscribe('public')
    const last = closed[Symbol.asyncIterator]().next()
    await closed.close()
    expect(await last).to.deep.equal({ done: true, value: undefined })
  })

  it('[SDK32] a heartbeat moves the cursor of a quiet subscription', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const subscription = client.subscribe('public')
    await subscription.ready
    server.push([{ type: 'cursor', feeds: ['public'], cursor: 's1.e1-zz' }])
    await eventually(() => subscription.cursor === 's1.e1-zz')
  })
})
