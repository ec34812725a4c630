import { ErrorBody } from '@skein/contracts'
import { expect } from 'chai'
import { createHttpWorld, type HttpWorld } from '../support/http-world.js'

const plenty = { points: 1_000, perMs: 60_000 }
const limits = { ip: plenty, user: plenty, signUp: plenty, signIn: plenty, refresh: plenty, post: plenty }
const two = { points: 2, perMs: 60_000 }
const json = { 'content-type': 'application/json' }

describe('http: limits', () => {
  const signIn = (world: HttpWorld, headers: Record<string, string> = {}) =>
    world.send({
      method: 'POST',
      path: '/v1/sessions',
      headers: { ...json, ...headers },
      body: JSON.stringify({ handle: 'greylag', password: 'x' }),
    })

  it('[API14] every answer says the limit, whatever it is', async () => {
    await using world = await createHttpWorld({ limits })
    const paths = [
      '/v1/info',
      '/v1/me',
      '/nothing',
      '/docs',
      '/docs/docs.css',
      '/v1/openapi.json',
      '/.well-known/jwks.json',
    ]
    let left = 1_000
    for (const path of paths) {
      const { headers } = await world.send({ method: 'GET', path })
      left -= 1
      expect(headers, path).to.include({ 'ratelimit-limit': '1000', 'ratelimit-remaining': String(left) })
      expect(Number(headers['ratelimit-reset'])).to.be.within(1, 60)
    }
  })

  it('[API14] above the limit of an address everything is refused until it starts again', async () => {
    await using world = await createHttpWorld({ limits: { ...limits, ip: { points: 2, perMs: 60_000 } } })
    await world.send({ method: 'GET', path: '/v1/info' })
    await world.send({ method: 'GET', path: '/docs' })
    const answer = await world.send({ method: 'GET', path: '/v1/info' })
    expect(answer.status).to.equal(429)
    const error = ErrorBody.strict().parse(answer.json)
    expect(error).to.include({ code: 'rate_limited', retryable: true })
    expect(error.retryAfterMs).to.be.within(1, 60_000)
    expect(Number(answer.headers['retry-after'])).to.be.within(1, 60)
    expect(answer.headers).to.include({ 'ratelimit-limit': '2', 'ratelimit-remaining': '0' })
    expect(await world.metrics.read()).to.contain('skein_http_rate_limited_total{limit="ip"} 1')
    expect(world.services.calls).to.have.length(1)
  })

  it('[API14] sign-in has a limit of its own, and the headers tell of it', async () => {
    await using world = await createHttpWorld({ limits: { ...limits, signIn: two } })
    const first = await signIn(world)
    expect(first.headers).to.include({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1' })
    await signIn(world)
    expect((await signIn(world)).status).to.equal(429)
    expect((await world.send({ method: 'GET', path: '/v1/info' })).status).to.equal(200)
  })

  it('[API14] sign-up, refresh and posting have limits of their own', async () => {
    await using world = await createHttpWorld({ limits: { ...limits, signUp: two, refresh: two, post: two } })
    const signedUp = { handle: 'greylag', name: 'Greylag', password: 'a long walk to the lake' }
    const mine = { authorization: `Bearer ${world.token}` }
    const cases: [string, object, Record<string, string>][] = [
      ['/v1/accounts', signedUp, {}],
      ['/v1/sessions/refresh', { refreshToken: 'x' }, {}],
      ['/v1/posts', { text: 'Heading south.' }, mine],
    ]
    for (const [path, body, headers] of cases) {
      const request = { method: 'POST', path, headers: { ...json, ...headers }, body: JSON.stringify(body) }
      const statuses = [await world.send(request), await world.send(request), await world.send(request)]
      expect(
        statuses.map(({ status }) => status),
        path,
      ).to.deep.equal([201, 201, 429])
    }
  })

  it('[API14] a person is counted, whatever their address', async () => {
    await using world = await createHttpWorld({ limits: { ...limits, user: two }, trustProxy: true })
    const from = (address: string) =>
      world.send({
        method: 'GET',
        path: '/v1/me',
        headers: { authorization: `Bearer ${world.token}`, 'x-forwarded-for': address },
      })
    await from('192.0.2.1')
    await from('192.0.2.2')
    expect((await from('192.0.2.3')).status).to.equal(429)
  })

  it('[API14] addresses of one IPv6 network count as one', async () => {
    await using world = await createHttpWorld({ limits: { ...limits, signIn: two }, trustProxy: true })
    const from = async (address: string) => (await signIn(world, { 'x-forwarded-for': address })).status
    expect([await from('2001:db8:0:1::1'), await from('2001:db8:0:1:ffff::2')]).to.deep.equal([201, 201])
    expect(await from('2001:db8::1:9:9:9:9')).to.equal(429)
    expect(await from('2001:db8:0:2::1')).to.equal(201)
    expect([await from('192.0.2.1'), await from('::ffff:192.0.2.1'), await from('192.0.2.1')]).to.deep.equal([
      201, 201, 429,
    ])
  })

  it('[API18] an address told by the caller does not count without a trusted proxy', async () => {
    await using world = await createHttpWorld({ limits: { ...limits, signIn: two } })
    const from = async (address: string) => (await signIn(world, { 'x-forwarded-for': address })).status
    expect([await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.3')]).to.deep.equal([201, 201, 429])
  })
})
