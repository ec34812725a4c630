import { AppError, apiContract, PostRecord } from '@skein/contracts'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { z } from 'zod'
import { anonymousRoutes } from '../../src/auth/anonymous-routes.js'
import { contractRoutes } from '../support/contract-routes.js'
import { validRequest } from '../support/hostile-requests.js'
import { actor, createHttpWorld, type HttpWorld } from '../support/http-world.js'
import { someId } from '../support/valid-value.js'

const post = {
  id: someId,
  author: { id: someId, handle: 'greylag', name: 'Greylag' },
  rev: 1,
  text: 'Heading south.',
  entities: [],
  createdAtMs: 1,
  path: [],
  tags: [],
  counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
}
const record = PostRecord.parse({
  ...post,
  authorId: someId,
  mentions: [],
})

describe('http: routes', () => {
  let world: HttpWorld
  beforeEach(async () => (world = await createHttpWorld()))
  afterEach(() => world[Symbol.asyncDispose]())

  const asMe = (): Record<string, string> => ({
    authorization: `Bearer ${world.token}`,
    'content-type': 'application/json',
  })
  const get = (path: string) => world.send({ method: 'GET', path, headers: asMe() })
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    world.send({
      method,
      path,
      headers: { ...asMe(), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  const asked = (method: string) => world.services.calls.filter((call) => call.method === method)

  it('[API1] every method answers what its contract says', async () => {
    const hostile = { basePath: '/v1', goodTokens: [world.token], badTokens: [], foreign: [] }
    for (const route of contractRoutes(apiContract)) {
      const answer = await world.send(validRequest(route, hostile))
      expect(answer.status, `${route.name}: ${answer.text}`).to.equal(
        route.name === 'posts.create' ? 201 : route.status,
      )
      if (!(route.outputSchema instanceof z.ZodType)) throw new Error('no schema')
      expect(route.outputSchema.safeParse(answer.json).success, route.name).to.equal(true)
    }
  })

  it('[API1] marks, edges and the current session reach the services as they were meant', async () => {
    await send('PUT', '/v1/users/greylag/follow')
    await send('DELETE', '/v1/users/greylag/mute')
    await send('DELETE', '/v1/sessions/current')
    await send('POST', '/v1/sessions', { handle: 'greylag', password: 'x' }, { 'user-agent': 'Tests/1' })
    expect(asked('account.edges.follow')[0]?.input).to.deep.equal({ handle: 'greylag', on: true })
    expect(asked('account.edges.mute')[0]?.input).to.deep.equal({ handle: 'greylag', on: false })
    expect(asked('account.sessions.end')[0]?.input).to.deep.equal({ id: 'current' })
    expect(asked('account.sessions.signIn')[0]?.input).to.deep.include({ client: 'Tests/1' })
  })

  it('[API2] a profile has the number of posts', async () => {
    world.services.answer('post.posts.countBy', () => ({ posts: 42 }))
    const { json } = await get('/v1/users/greylag')
    expect(json).to.have.nested.property('counts.posts', 42)
  })

  it('[API3] the same key answers 200 with the first post, a malformed key is refused', async () => {
    let made = 0
    world.services.answer('post.posts.create', () => ({ post: record, created: ++made === 1 }))
    world.services.answer('timeline.posts', () => ({ items: [post] }))
    world.services.answer('account.users.cards', () => ({ items: [post.author] }))
    const key = { 'idempotency-key': 'draft-7f3a19c2' }
    const first = await send('POST', '/v1/posts', { text: 'Heading south.' }, key)
    const again = await send('POST', '/v1/posts', { text: 'Heading south.' }, key)
    expect([first.status, again.status]).to.deep.equal([201, 200])
    expect(first.json).to.deep.equal(again.json)
    expect(asked('post.posts.create')[1]?.input).to.deep.equal({
      text: 'Heading south.',
      idempotencyKey: 'draft-7f3a19c2',
    })
    const bad = await send('POST', '/v1/posts', { text: 'x' }, { 'idempotency-key': 'a b' })
    expect(bad.json).to.have.nested.property('fields.Idempotency-Key')
  })

  it('[API4] a changed post is shown as the reader may see it', async () => {
    world.services.answer('post.posts.like', () => ({ post: record }))
    world.services.answer('timeline.posts', () => ({ items: [{ ...post, quote: { id: someId, hidden: true } }] }))
    const { json } = await send('PUT', `/v1/posts/${someId}/like`)
    expect(json).to.have.nested.property('quote.hidden', true)
    expect(asked('post.posts.like')[0]?.input).to.deep.equal({ id: someId, on: true })
  })

  it('[API4] a changed post that may not be seen comes without its text', async () => {
    world.services.answer('post.posts.bookmark', () => ({
      post: { ...record, quoteOf: { id: someId, authorId: someId } },
    }))
    world.services.answer('timeline.posts', () => ({ items: [] }))
    world.services.answer('account.users.cards', () => ({ items: [post.author] }))
    const { status, json } = await send('DELETE', `/v1/posts/${someId}/bookmark`)
    expect(status).to.equal(200)
    expect(json).to.include({ id: someId, text: '' }).and.not.have.property('quote')
  })

  it('[API5] not_found, gone and blocked are told apart', async () => {
    const cases: [PostRecord[], number, string][] = [
      [[], 404, 'not_found'],
      [[{ ...record, deletedAtMs: 2 }], 410, 'gone'],
      [[record], 403, 'blocked'],
    ]
    world.services.answer('timeline.posts', () => ({ items: [] }))
    for (const [items, status, code] of cases) {
      world.services.answer('post.posts.byIds', () => ({ items }))
      const one = await get(`/v1/posts/${someId}`)
      const history = await get(`/v1/posts/${someId}/history`)
      expect([one.status, history.status]).to.deep.equal([status, status])
      expect(one.json).to.have.property('code', code)
    }
    expect(asked('post.posts.history')).to.have.length(0)
  })

  it('[API5] several posts are asked for at once, each once', async () => {
    await get(`/v1/posts?ids=${someId},${someId},01KDVCC1C0D6E8B4QZ3M5N7P9Z`)
    expect(asked('timeline.posts')[0]?.input).to.deep.equal({ ids: [someId, '01KDVCC1C0D6E8B4QZ3M5N7P9Z'] })
    const bad = await get('/v1/posts?ids=nonsense')
    expect(bad.json).to.have.nested.property('fields.ids')
  })

  it('[API6] people and tags come with the first page alone', async () => {
    await get('/v1/search?q=Sou')
    await get('/v1/search?q=%40grey')
    await get('/v1/search?q=%23Migr')
    await get('/v1/search?q=two%20words')
    await get('/v1/search?q=sou&before=p1.x')
    expect(asked('account.users.search').map(({ input }) => input)).to.deep.equal([
      { prefix: 'sou', limit: 5 },
      { prefix: 'grey', limit: 5 },
    ])
    expect(asked('post.tags.search').map(({ input }) => input)).to.deep.equal([
      { prefix: 'sou', limit: 5 },
      { prefix: 'migr', limit: 5 },
    ])
    expect(asked('timeline.feeds.search')).to.have.length(5)
  })

  it('[API7] a call carries the request id, the token, the trace and a deadline', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const before = Date.now()
    await world.send({ method: 'GET', path: '/v1/me', headers: { ...asMe(), 'x-request-id': 'req-1', traceparent } })
    const context = asked('account.me.get')[0]?.context
    expect(context).to.include({ requestId: 'req-1', accessToken: world.token, traceparent })
    expect(context?.deadlineAtMs).to.be.within(before + 10_000, Date.now() + 10_000)
  })

  it('[API7] a call is aborted when its caller leaves', async () => {
    let signal: AbortSignal | undefined
    world.services.answer('account.me.get', () => new Promise(() => undefined))
    const caller = new AbortController()
    world.services.onCall = (given) => {
      signal = given
      caller.abort()
    }
    await fetch(`http://127.0.0.1:${world.port}/v1/me`, { headers: asMe(), signal: caller.signal }).catch(
      () => undefined,
    )
    await eventually(() => signal?.aborted === true)
    await eventually(() => world.lines.some(({ fields }) => fields['status'] === 499))
    expect(world.lines.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('[API9] without a token, routes that need a person refuse and the others answer', async () => {
    const hostile = { basePath: '/v1', goodTokens: [], badTokens: [], foreign: [] }
    for (const route of contractRoutes(apiContract)) {
      const { headers, ...request } = validRequest(route, hostile)
      world.services.calls.length = 0
      const answer = await world.send({ ...request, headers: { 'content-type': headers?.['content-type'] ?? '' } })
      expect(answer.status === 401, route.name).to.equal(!anonymousRoutes.has(route.name))
      if (answer.status === 401) expect(world.services.calls).to.deep.equal([])
    }
  })

  it('[API15] an error that says when to come back says it as a header too', async () => {
    world.services.answer('account.sessions.signIn', () => {
      throw new AppError('rate_limited', { retryAfterMs: 12_300 })
    })
    const answer = await send('POST', '/v1/sessions', { handle: 'greylag', password: 'x' })
    expect(answer.status).to.equal(429)
    expect(answer.json).to.include({ code: 'rate_limited', retryAfterMs: 12_300, retryable: true })
    expect(answer.headers['retry-after']).to.equal('13')
  })

  it('[API22] the public keys are there for anyone', async () => {
    const { status, json, headers } = await world.send({ method: 'GET', path: '/.well-known/jwks.json' })
    expect(status).to.equal(200)
    expect(json).to.have.property('keys').that.is.an('array')
    expect(headers['cache-control']).to.equal('public, max-age=300')
  })

  it('[API27] a closed server takes nobody new', async () => {
    await using closed = await createHttpWorld({ signUpOpen: false })
    const body = JSON.stringify({ handle: 'greylag', name: 'Greylag', password: 'a long walk to the lake' })
    const headers = { 'content-type': 'application/json' }
    const answer = await closed.send({ method: 'POST', path: '/v1/accounts', headers, body })
    expect(answer.json).to.have.property('code', 'forbidden')
    const info = await closed.send({ method: 'GET', path: '/v1/info' })
    expect(info.json).to.include({ signUpOpen: false, name: 'Skein', version: '1.2.3', postMaxGraphemes: 1_000 })
  })

  it('[API28] a moved read marker is told to other devices', async () => {
    world.services.answer('account.me.readNotifications', ({ upTo }: { upTo: string }) => ({ upTo }))
    await send('PUT', '/v1/feeds/notifications/read', { upTo: someId })
    expect(world.read).to.deep.equal([{ userId: actor.userId, upTo: someId }])
    world.failToTell()
    const answer = await send('PUT', '/v1/feeds/notifications/read', { upTo: someId })
    expect(answer.status).to.equal(200)
    expect(world.lines.some(({ level }) => level === 'warn')).to.equal(true)
  })
})
