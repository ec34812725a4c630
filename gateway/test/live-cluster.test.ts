import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { silentLogger } from '@skein/platform'
import { eventually } from '@skein/platform/testing'
import { requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import { expect } from 'chai'
import { Server } from 'socket.io'
import { createClusterAdapter } from '../../apps/server/src/cluster-adapter.js'
import { entry, posted, user } from './live/support.js'
import { openCluster, openTestClient, sessionEnded, sessionOf, type TestClient } from './live-cluster-support.js'

const soon = 10_000

describe('several gateways and the adapter', function () {
  this.timeout(60_000)
  let redis: TestRedis

  before(async function () {
    requireRedis(this)
    redis = await startRedis()
  })
  after(() => redis?.[Symbol.asyncDispose]())

  const rejections: unknown[] = []
  const onRejection = (reason: unknown) => void rejections.push(reason)
  beforeEach(() => {
    rejections.length = 0
    process.on('unhandledRejection', onRejection)
  })
  afterEach(() => {
    process.off('unhandledRejection', onRejection)
    expect(rejections).to.deep.equal([])
  })

  /** From here on messages cross: the adapter does not say when it is subscribed. */
  async function openJoined(options: Parameters<typeof openCluster>[0] = {}) {
    const cluster = await openCluster({ redisUrl: redis.url, ...options })
    await crosses(cluster)
    return cluster
  }

  async function crosses({ a, b }: Awaited<ReturnType<typeof openCluster>>): Promise<void> {
    const [atA, atB] = [await a.client(9), await b.client(9)]
    for (const client of [atA, atB]) await client.subscribe('public')
    await eventually(() => {
      a.gateway.notice('of a')
      b.gateway.notice('of b')
      expect(atA.of('notice').map((event) => event['text'])).to.include('of b')
      expect(atB.of('notice').map((event) => event['text'])).to.include('of a')
    }, 20_000)
    for (const { socket } of [atA, atB]) socket.close()
  }

  it('[ADP1] a sign-out at one closes the session’s sockets at both, while the other does not hear the log', async () => {
    await using cluster = await openJoined({ hears: ['soon', 'deaf'] })
    const { a, b } = cluster
    const [atA, atB, other] = [await a.client(1), await b.client(1), await b.client(3)]
    for (const client of [atA, atB, other]) await client.subscribe('home')
    expect((await a.request(1, 'DELETE', '/sessions/current')).status).to.equal(200)
    await eventually(() => expect([atA.gone, atB.gone]).to.deep.equal(Array(2).fill('io server disconnect')), soon)
    expect(atB.of('close').map((event) => event['reason'])).to.deep.equal([4200])
    const again = openTestClient(b.port, 1)
    await eventually(() => expect(again.refusal).to.equal('session_ended'), soon)
    expect(other.gone).to.equal(null)
  })

  it('[ADP1] a sign-out that the account service refuses closes nothing', async () => {
    await using cluster = await openJoined({ hears: ['soon', 'deaf'] })
    const { a, b, services } = cluster
    const client = await b.client(1)
    services.answer('account.sessions.end', () => {
      throw new Error('no')
    })
    expect((await a.request(1, 'DELETE', '/sessions/current')).status).to.equal(500)
    b.gateway.notice('after')
    await client.subscribe('home')
    expect(client.gone).to.equal(null)
  })

  for (const how of ['kill', 'pause'] as const) {
    it(`[ADP2] with Redis cut off (${how}) they close within 2 s of the event, by the log`, async () => {
      await using own = await startRedis()
      await using cluster = await openJoined({ redisUrl: own.url })
      const { a, b, services } = cluster
      const clients = [await a.client(1), await b.client(1)]
      let endedAtMs = 0
      services.answer('account.sessions.end', async () => {
        await cluster.append(sessionEnded(1))
        endedAtMs = Date.now()
        return { done: true }
      })
      await own[how]()
      expect((await a.request(1, 'DELETE', `/sessions/${sessionOf(1)}`)).status).to.equal(200)
      await eventually(() => expect(clients.map(({ gone }) => gone)).to.not.include(null), soon)
      expect(Date.now() - endedAtMs).to.be.below(2_000)
      own.resume()
    })
  }

  it('[ADP3] a read marker crosses to the person’s other devices alone', async () => {
    await using cluster = await openJoined()
    const { a, b, services } = cluster
    const [atA, atB, other] = [await a.client(1), await b.client(1), await b.client(3)]
    for (const client of [atA, atB, other]) await client.subscribe('home')
    services.answer('account.me.readNotifications', () => ({ upTo: entry(7) }))
    const answer = await a.request(1, 'PUT', '/feeds/notifications/read', { upTo: entry(7) })
    expect(answer.status).to.equal(200)
    await eventually(() => expect([atA, atB].map((c) => c.of('read'))).to.deep.equal([[read], [read]]), soon)
    b.gateway.notice('later')
    await eventually(() => expect(other.of('notice')).to.have.length(1), soon)
    expect(other.of('read')).to.deep.equal([])
  })
  const read = { type: 'read', upTo: entry(7) }

  it('[ADP4] a notice crosses to everyone with a subscription, signed in or not, once', async () => {
    await using cluster = await openJoined()
    const clients = [await cluster.a.client(1), await cluster.b.client(3), await cluster.b.client(null)]
    for (const client of clients) await client.subscribe('public')
    cluster.a.gateway.notice('Back at noon.')
    const seen = [{ type: 'notice', text: 'Back at noon.' }]
    await eventually(() => expect(clients.map((c) => c.of('notice'))).to.deep.equal([seen, seen, seen]), soon)
  })

  it('[ADP5] Redis away for 3 s closes no socket and raises nothing; posts go on, and afterwards messages cross again', async () => {
    await using own = await startRedis()
    await using cluster = await openJoined({ redisUrl: own.url })
    const { a, b } = cluster
    const clients = [await a.client(1), await b.client(3)]
    for (const client of clients) await client.subscribe('home')
    await own.kill()
    const backAtMs = Date.now() + 3_000
    const texts: string[] = []
    for (let n = 1; Date.now() < backAtMs; n++) {
      a.gateway.notice(`lost ${n}`)
      await cluster.append(posted(n, 2))
      texts.push(`post ${n}`)
      await eventually(() => expect(clients.map((client) => client.texts().length)).to.deep.equal([n, n]), soon)
    }
    await own.start()
    await crosses(cluster)
    expect(clients.map((client) => client.texts())).to.deep.equal([texts, texts])
    expect(clients.map(({ gone }) => gone)).to.deep.equal([null, null])
    expect((await a.request(3, 'DELETE', '/sessions/current')).status).to.equal(200)
    await eventually(() => expect(clients[1]?.gone).to.equal('io server disconnect'), soon)
  })

  it('[ADP6] Redis gone for good: gateways go on sending, lose and count it, and close', async () => {
    const own = await startRedis()
    const cluster = await openJoined({ redisUrl: own.url })
    await own[Symbol.asyncDispose]()
    const { a } = cluster
    const client = await a.client(1)
    await client.subscribe('home')
    for (let n = 0; n < 200; n++) a.gateway.notice(`notice ${n}`)
    await eventually(() => expect(client.of('notice')).to.have.length(200), soon)
    await eventually(async () => {
      const lost = /adapter_messages_total\{result="lost"\} (\d+)/.exec(await a.metrics.read())?.[1]
      expect(Number(lost)).to.be.at.least(199)
    }, soon)
    expect(client.gone).to.equal(null)
    await cluster[Symbol.asyncDispose]()
  })

  it('[ADP7] posts, connects and subscriptions cost no message; a notice, a read marker and a sign-out one each', async () => {
    await using cluster = await openJoined()
    const { a, b } = cluster
    const probe = openRedis({ url: redis.url, name: 'probe', log: silentLogger, whenAway: 'wait' })
    await whenRedisReady(probe, soon)
    const published = async () => callsOf(await probe.info('commandstats'), 'publish')
    const before = await published()
    const clients: TestClient[] = []
    for (const who of [1, 3, 4]) clients.push(await a.client(who), await b.client(who))
    for (const client of clients) for (const feed of ['home', 'public', 'tag:geese']) await client.subscribe(feed)
    for (let n = 1; n <= 50; n++) await cluster.append(posted(n, 2))
    await eventually(() => expect(clients.map((c) => c.texts().length)).to.deep.equal(Array(6).fill(50)), soon)
    expect((await published()) - before).to.equal(0)
    a.gateway.notice('hello')
    cluster.services.answer('account.me.readNotifications', () => ({ upTo: entry(7) }))
    await a.request(1, 'PUT', '/feeds/notifications/read', { upTo: entry(7) })
    await b.request(3, 'DELETE', '/sessions/current')
    await eventually(() => expect(clients.filter(({ gone }) => gone !== null)).to.have.length(2), soon)
    await eventually(() => expect(clients.filter((c) => c.of('read').length > 0)).to.have.length(2), soon)
    expect((await published()) - before).to.equal(3)
    probe.disconnect()
  })

  it('[ADP8] messages that this version does not know are ignored, and the next one is heard', async () => {
    await using cluster = await openJoined({ hears: ['soon'] })
    const client = await cluster.a.client(1)
    await client.subscribe('home')
    const foreign = await createClusterAdapter({ redisUrl: redis.url, prefix: 'test', log: silentLogger })
    const stranger = new Server({ adapter: foreign.adapter })
    const odd = [
      null,
      5,
      {},
      { type: 'later' },
      { type: 'read' },
      { type: 'notice', text: 5 },
      { type: 'session-ended' },
    ]
    for (const message of odd) stranger.serverSideEmit('gateway', message)
    stranger.serverSideEmit('gateway')
    stranger.serverSideEmit('other', { type: 'notice', text: 'no' })
    stranger.serverSideEmit('gateway', { type: 'session-ended', userId: user(3), sessionId: sessionOf(1), untilMs: 1 })
    stranger.serverSideEmit('gateway', { type: 'notice', text: 'known', and: 'more' })
    await eventually(() => expect(client.of('notice')).to.have.length(1), soon)
    expect(client.events).to.deep.equal([{ type: 'notice', text: 'known' }])
    expect(client.gone).to.equal(null)
    await foreign.close()
  })

  it('[ADP12] a Redis that lost the log of three lanes: no socket closes, everyone hears gap, posts go on at both', async () => {
    await using own = await startRedis()
    await using cluster = await openJoined({ redisUrl: own.url, logInRedis: true, lanes: 3 })
    const { a, b } = cluster
    const clients = [await a.client(1), await b.client(3)]
    for (const client of clients) await client.subscribe('home')
    await cluster.append(posted(1, 2))
    await eventually(() => expect(clients.map((c) => c.texts())).to.deep.equal([['post 1'], ['post 1']]), soon)
    await own.kill()
    await own.start()
    await eventually(async () => {
      await cluster.append(posted(2, 2))
    }, soon)
    await eventually(() => expect(clients.map((c) => c.of('gap').length > 0)).to.deep.equal([true, true]), soon)
    await eventually(async () => {
      await cluster.append(posted(100 + tries++, 2))
      for (const client of clients) expect(client.texts().at(-1)).to.match(/post 1\d\d/)
    }, soon)
    const gaps = clients.map((client) => client.of('gap').length)
    expect(Math.max(...gaps), 'no more than one a lane').to.be.below(4)
    expect(clients.map(({ gone }) => gone)).to.deep.equal([null, null])
  })
  let tries = 0

  it('[ADP14] an adapter whose Redis does not answer is an error, not a gateway that hears nobody', async () => {
    const nobody = { redisUrl: 'redis://127.0.0.1:1', prefix: 'test', log: silentLogger, readyTimeoutMs: 200 }
    const failure: unknown = await createClusterAdapter(nobody).catch((error: unknown) => error)
    expect(failure).to.include({ code: 'unavailable' })
  })
})

function callsOf(stats: string, command: string): number {
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
}
