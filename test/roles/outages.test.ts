import { createSecretKey } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Post } from '@skein/contracts'
import { createServiceTokens, systemClock } from '@skein/platform'
import { eventually } from '@skein/platform/testing'
import { requireRedis } from '@skein/platform/testing/redis'
import { expect } from 'chai'
import type { FeedView } from '@skein/client'
import { collect, type Collected } from '../support/collect.js'
import { doubled, idsOf, loadFeed, textsOf } from '../support/feeds.js'
import { startParts, type PartRole, type Parts } from '../support/parts.js'
import { Closing, signUpAll, type Person } from '../support/people.js'
import { ask, expectRetryable, type Answer } from '../support/raw-http.js'
import { readinessOf, sumOfMetric } from '../support/readings.js'

const patientMs = 40_000
const awayMs = 5_000

describe('every role over Redis and MongoDB, with parts away', function () {
  this.timeout(180_000)
  let parts: Parts
  let closing: Closing
  let author: Person
  let reader: Person
  let heard: Collected[]
  let view: FeedView
  let count = 0

  before(async function () {
    requireRedis(this)
    parts = await startParts()
    closing = new Closing()
    const [ada, rea] = (await signUpAll(closing, gatewayUrl(0), ['ada', 'rea'])) as [Person, Person]
    author = ada
    reader = rea
    await reader.client.users.follow('ada', true)
    const other = await reader.device({ url: gatewayUrl(1) })
    heard = [await collect(reader.client, 'home'), await collect(other.client, 'home')]
    view = other.client.view('home', { autoShow: true })
    await eventually(() => view.getSnapshot().live, patientMs)
  })
  /** What the last test took away. */
  let mendAfter: () => Promise<unknown> = async () => undefined
  afterEach(async () => {
    await mendAfter()
    mendAfter = async () => undefined
  })
  after(async () => {
    await closing?.[Symbol.asyncDispose]()
    await parts?.[Symbol.asyncDispose]()
  })

  const gatewayUrl = (n: number): string => parts.urls[n] ?? ''
  const opsPorts = (...roles: readonly PartRole[]): number[] => parts.of(...roles).map(({ opsPort }) => opsPort)
  const closedSockets = () => sumOfMetric(opsPorts('gateway'), 'skein_ws_connections_closed_total')
  const tokenOf = (person: Person): string => person.session().accessToken
  const send = (text: string, key: string): Promise<Answer> =>
    ask(`${gatewayUrl(0)}/v1/posts`, { method: 'POST', token: tokenOf(author), key, body: { text } })
  const readHome = (n = 0): Promise<Answer> => ask(`${gatewayUrl(n)}/v1/feeds/home`, { token: tokenOf(reader) })
  const nextText = (): string => `post ${(count += 1)}`

  /** The same request until it is done, which it then is once. */
  async function completes(text: string, key: string): Promise<void> {
    const done = await eventually(async () => {
      const answer = await send(text, key)
      expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 201)
      return Post.parse(answer.body)
    }, patientMs)
    expect(Post.parse((await send(text, key)).body).id).to.equal(done.id)
    expect(textsOf(await loadFeed(author.client, 'user:ada')).filter((own) => own === text)).to.have.length(1)
  }

  /**
   * Posts are heard at both gateways and stand once where somebody looks. One that is written while a log begins anew may be
   * told of as a gap instead: then the next one is heard.
   */
  async function works(): Promise<void> {
    const text = await eventually(async () => {
      const next = nextText()
      await completes(next, `working-${count}`)
      await eventually(() => heard.every(({ texts }) => texts().includes(next)), 5_000)
      return next
    }, patientMs)
    await eventually(() => textsOf(view.getSnapshot().items).filter((own) => own === text).length === 1, patientMs)
  }

  const nobodyHeardTwice = (): void => {
    for (const { of } of heard) expect(doubled(idsOf(of('post').map(({ item }) => item)))).to.deep.equal([])
  }

  describe('[ROL3] calls to a service', () => {
    const anonymous = { account: 'users/count', post: 'tags/search', timeline: 'trends' } as const
    const inputs = { account: {}, post: { prefix: 'a', limit: 1 }, timeline: { limit: 1 } } as const
    const ofUser = { account: 'me/get', post: 'posts/like', timeline: 'feeds/home' } as const
    const services = ['account', 'post', 'timeline'] as const

    async function call(service: (typeof services)[number], path: string, headers: Record<string, string>) {
      const [one] = parts.of(service)
      const response = await fetch(`http://127.0.0.1:${one?.port}/rpc/${service}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(inputs[service]),
      })
      const body = (await response.json()) as { code?: string }
      return response.status === 200 ? 'answered' : (body.code ?? '')
    }
    const mint = (audience: string, secret = parts.secret): Record<string, string> => ({
      'x-service-token': createServiceTokens({
        secret: createSecretKey(Buffer.from(secret)),
        caller: 'gateway',
        clock: systemClock,
      }).mint(audience),
    })

    for (const service of services) {
      // A fault of the installation, which no user could mend: so it is `internal`, with the cause in the log.
      it(`[ROL3] ${service} refuses who has no service token, another's, or a user's alone`, async () => {
        const other = service === 'account' ? 'post' : 'account'
        const path = anonymous[service]
        const user = { authorization: `Bearer ${tokenOf(author)}` }
        expect(await call(service, path, {})).to.equal('internal')
        expect(await call(service, path, user)).to.equal('internal')
        expect(await call(service, path, mint(other))).to.equal('internal')
        expect(await call(service, path, mint(service, 'x'.repeat(64)))).to.equal('internal')
        expect(await call(service, path, { 'x-service-token': tokenOf(author) })).to.equal('internal')
      })

      it(`[ROL3] ${service} answers a service without a user only what is open to that`, async () => {
        expect(await call(service, anonymous[service], mint(service))).to.equal('answered')
        expect(await call(service, ofUser[service], mint(service))).to.equal('unauthenticated')
      })
    }
  })

  it('[ROL7] recounted numbers reach the sockets of every gateway', async () => {
    const post = await author.client.posts.create(nextText())
    const isHeard = ({ of }: Collected): boolean => of('post').some(({ item }) => item.post.id === post.id)
    await eventually(() => heard.every(isHeard), patientMs)
    await reader.client.posts.like(post.id, true)
    const isCounted = ({ of }: Collected): boolean =>
      of('stats').some(({ postId, counts }) => postId === post.id && counts.likes === 1)
    await eventually(() => heard.every(isCounted), patientMs)
  })

  describe('Redis away', () => {
    const faults = {
      killed: [() => parts.redis.kill(), () => parts.redis.start()],
      paused: [async () => parts.redis.pause(), async () => parts.redis.resume()],
    } as const
    for (const [how, [cut, mend]] of Object.entries(faults))
      it(`[ROL4] [ROL6] ${how} for 5 s: no socket closes, a post is delayed and completes, reading works on`, async () => {
        await works()
        const closedBefore = await closedSockets()
        const [text, key] = [nextText(), `redis-${how}-1`]
        await cut()
        mendAfter = mend
        const untilMs = Date.now() + awayMs
        expectRetryable(await send(text, key), 'delayed')
        while (Date.now() < untilMs) {
          for (const n of parts.urls.keys()) {
            const page = await readHome(n)
            expect(page.status, JSON.stringify(page)).to.equal(200)
          }
          for (const port of opsPorts()) {
            const { status, away } = await readinessOf(port)
            expect({ status, isTold: away.includes('redis') }).to.deep.equal({ status: 200, isTold: true })
          }
          await wait(100)
        }
        await mend()
        mendAfter = async () => undefined
        await completes(text, key)
        await eventually(() => textsOf(view.getSnapshot().items).filter((own) => own === text).length === 1, patientMs)
        await works()
        nobodyHeardTwice()
        expect(await closedSockets()).to.equal(closedBefore)
      })
  })

  describe('MongoDB away', () => {
    const faults = {
      killed: [() => parts.mongo.kill(), () => parts.mongo.start()],
      paused: [async () => parts.mongo.pause(), async () => parts.mongo.resume()],
    } as const
    for (const [how, [cut, mend]] of Object.entries(faults))
      it(`[ROL5] [ROL6] ${how}: what needs it is unavailable, is told, and works again by itself`, async function () {
        if (parts.mongo.kind === 'given') return this.skip()
        await works()
        const closedBefore = await closedSockets()
        const [text, key] = [nextText(), `mongo-${how}-1`]
        await cut()
        mendAfter = mend
        expectRetryable(await send(text, key), 'unavailable', 'deadline', 'delayed')
        expectRetryable(await readHome(), 'unavailable', 'deadline')
        expectRetryable(await signIn(), 'unavailable', 'deadline')
        for (const port of opsPorts('account', 'post')) {
          const { status, away } = await readinessOf(port)
          expect({ status, isTold: away.includes('database') }).to.deep.equal({ status: 200, isTold: true })
        }
        for (const port of opsPorts('gateway', 'timeline')) expect((await readinessOf(port)).status).to.equal(200)
        await mend()
        mendAfter = async () => undefined
        await completes(text, key)
        await works()
        nobodyHeardTwice()
        expect(await closedSockets()).to.equal(closedBefore)
      })
  })

  function signIn(): Promise<Answer> {
    const { handle, password } = author
    const body = { handle, password }
    return ask(`${gatewayUrl(0)}/v1/sessions`, { method: 'POST', body })
  }

  describe('a service away', () => {
    const needs: Record<Exclude<PartRole, 'gateway'>, () => Promise<Answer>> = {
      account: signIn,
      post: () => send(nextText(), `service-${count}-away`),
      timeline: () => readHome(),
    }
    for (const [service, need] of Object.entries(needs) as [keyof typeof needs, () => Promise<Answer>][])
      it(`[ROL5] [ROL6] ${service}: what needs it is unavailable, gateways tell and stay ready, all works again`, async () => {
        const closedBefore = await closedSockets()
        await parts.close(service)
        mendAfter = () => parts.start(service)
        expectRetryable(await need(), 'unavailable', 'deadline', 'delayed')
        for (const port of opsPorts('gateway')) {
          const { status, away } = await readinessOf(port)
          expect({ status, isTold: away.includes(service) }).to.deep.equal({ status: 200, isTold: true })
        }
        await parts.start(service)
        await eventually(async () => expect((await need()).status).to.be.within(200, 201), patientMs)
        await works()
        nobodyHeardTwice()
        expect(await closedSockets()).to.equal(closedBefore)
      })
  })
})
