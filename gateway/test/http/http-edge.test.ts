import { ErrorBody } from '@skein/contracts'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import type { RawRequest } from '../support/http-client.js'
import { createHttpWorld, type HttpWorld } from '../support/http-world.js'
import { someId } from '../support/valid-value.js'

const json = { 'content-type': 'application/json' }

describe('http: edges', () => {
  let world: HttpWorld
  before(async () => (world = await createHttpWorld({ origins: ['https://app.example'] })))
  after(() => world[Symbol.asyncDispose]())
  beforeEach(() => (world.lines.length = 0))

  const me = (): Record<string, string> => ({ ...json, authorization: `Bearer ${world.token}` })
  const body = (text: string | Buffer, headers: Record<string, string> = json): RawRequest => ({
    method: 'POST',
    path: '/v1/posts',
    headers: { ...me(), ...headers },
    body: text,
  })
  const read = (path: string): RawRequest => ({ method: 'GET', path, headers: me() })

  const refused: readonly (readonly [what: string, request: () => RawRequest, status: number, code: string])[] = [
    ['an unknown address', () => read('/v1/nothing'), 404, 'not_found'],
    ['the bare prefix', () => read('/v1'), 404, 'not_found'],
    ['an unknown address beside the API', () => read('/nothing'), 404, 'not_found'],
    ['an address below the docs', () => read('/docs/nothing'), 404, 'not_found'],
    ['an empty part of an address', () => ({ ...read('/v1/users//follow'), method: 'PUT' }), 404, 'not_found'],
    ['a dotted address', () => read('/v1/users/%2e%2e'), 404, 'not_found'],
    ['a dotted address that leads elsewhere', () => read('/v1/users/.'), 404, 'not_found'],
    ['half an escape in an address', () => read('/v1/users/%E0%A4%A'), 400, 'invalid'],
    [
      'a method the address does not take',
      () => ({ ...read('/v1/info'), method: 'DELETE' }),
      405,
      'method_not_allowed',
    ],
    ['a method nobody knows', () => ({ ...read('/v1/info'), method: 'PROPFIND' }), 405, 'method_not_allowed'],
    ['a write to the docs', () => ({ ...read('/docs'), method: 'POST' }), 405, 'method_not_allowed'],
    ['a whole body too many', () => body(`{"text":"${'x'.repeat(66_000)}"}`), 413, 'too_large'],
    ['a form', () => body('text=a', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'unsupported_media'],
    [
      'a multipart form',
      () => body('--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
      415,
      'unsupported_media',
    ],
    ['plain text', () => body('{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media'],
    [
      'another charset',
      () => body('{}', { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'unsupported_media',
    ],
    ['a compressed body', () => body('{}', { 'content-encoding': 'gzip' }), 415, 'unsupported_media'],
    ['half a body', () => body('{"text":'), 400, 'invalid'],
    ['a body that is not UTF-8', () => body(Buffer.from('{"text":"\u00ff"}', 'latin1')), 400, 'invalid'],
    ['a list for a body', () => body('[]'), 400, 'invalid'],
    ['a text for a body', () => body('"text"'), 400, 'invalid'],
    ['absurd depth', () => body('['.repeat(30_000) + ']'.repeat(30_000)), 400, 'invalid'],
    ['absurd depth inside', () => body(`{"text":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`), 400, 'invalid'],
    ['a prototype', () => body('{"text":"a","__proto__":{"role":"operator"}}'), 400, 'invalid'],
    ['a constructor', () => body('{"text":"a","constructor":{"prototype":{}}}'), 400, 'invalid'],
    ['an operator for a text', () => body('{"text":{"$gt":""}}'), 400, 'invalid'],
    ['a body on a GET', () => ({ ...read('/v1/info'), body: '{}' }), 400, 'invalid'],
    ['an operator in the query', () => read('/v1/users?prefix[$gt]=a'), 400, 'invalid'],
    ['a prototype in the query', () => read('/v1/users?prefix=a&__proto__[role]=operator'), 400, 'invalid'],
    [
      'basic authentication',
      () => ({ ...read('/v1/info'), headers: { authorization: 'Basic YTpi' } }),
      401,
      'unauthenticated',
    ],
  ]
  for (const [what, request, status, code] of refused)
    it(`[API10] ${what} is answered ${status} ${code}`, async () => {
      const answer = await world.send(request())
      expect(answer.status, answer.text).to.equal(status)
      const error = ErrorBody.strict().parse(answer.json)
      expect(error.code).to.equal(code)
      expect(error.requestId).to.equal(answer.headers['x-request-id'])
      expect(error.remedy).to.not.equal('')
      expect(answer.headers['content-type']).to.equal('application/json; charset=utf-8')
      expect(answer.headers['cache-control']).to.equal('no-store')
    })

  it('[API10] depth is refused as depth, before anything looks at the fields', async () => {
    for (const depth of [33, 5_000]) {
      const text = `{"text":"a","x":${'['.repeat(depth)}${']'.repeat(depth)}}`
      expect((await world.send(body(text))).json).to.have.property('message', 'The body nests deeper than 32.')
    }
    const flat = await world.send(body('{"text":"a","x":[[[[]]]]}'))
    expect(flat.json).to.have.nested.property('fields.x')
  })

  it('[API10] another method is told which ones the address takes', async () => {
    const allow = async (method: string, path: string) => (await world.send({ method, path })).headers['allow']
    expect(await allow('POST', '/v1/me')).to.equal('GET, HEAD, OPTIONS, PATCH')
    expect(await allow('DELETE', '/v1/sessions/refresh')).to.equal(undefined)
    expect(await allow('GET', `/v1/posts/${someId}/like`)).to.equal('DELETE, OPTIONS, PUT')
    expect(await allow('PUT', '/v1/openapi.json')).to.equal('GET, HEAD, OPTIONS')
  })

  it('[API10] a body that grows too large without a length is refused', async () => {
    const head = `POST /v1/posts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${world.token}\r\n`
    const chunk = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`
    const text = await world.raw(
      `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`,
    )
    expect(text)
      .to.match(/^HTTP\/1\.1 413 /)
      .and.contain('"code":"too_large"')
  })

  const misplaced: readonly (readonly [method: string, path: string, body: object | undefined, fields: string[]])[] = [
    ['GET', '/v1/feeds/public?limit=5&colour=red&size=9', undefined, ['colour', 'size']],
    ['GET', '/v1/feeds/public?limit=5&limit=6', undefined, ['limit']],
    ['GET', '/v1/feeds/public?limit=many', undefined, ['limit']],
    ['GET', '/v1/feeds/public?limit=5.5', undefined, ['limit']],
    ['GET', '/v1/feeds/users/greylag?handle=other', undefined, ['handle']],
    ['PUT', '/v1/users/greylag/follow?on=false', undefined, ['on']],
    ['PUT', '/v1/users/greylag/follow', { handle: 'other' }, ['handle']],
    ['PATCH', `/v1/posts/${someId}`, { text: 'a', authorId: someId }, ['authorId']],
    ['PATCH', '/v1/me', { role: 'operator' }, ['role']],
    ['POST', '/v1/accounts', { handle: 'Grey Lag', password: 'short' }, ['handle', 'name', 'password']],
  ]
  for (const [method, path, sent, fields] of misplaced)
    it(`[API11] ${method} ${path} ${JSON.stringify(sent) ?? ''} names ${fields.join(', ')}`, async () => {
      const text = sent === undefined ? undefined : JSON.stringify(sent)
      const answer = await world.send({ method, path, headers: me(), body: text })
      const error = ErrorBody.parse(answer.json)
      expect(error.code).to.equal('invalid')
      expect(Object.keys(error.fields ?? {}).toSorted()).to.deep.equal(fields)
    })

  it('[API11] numbers in a query are numbers', async () => {
    await world.send(read('/v1/feeds/public?limit=7'))
    expect(world.services.calls.at(-1)?.input).to.deep.equal({ limit: 7 })
  })

  it('[API13] a well-formed request id is kept, any other replaced', async () => {
    const idFor = async (id: string) =>
      (await world.send({ method: 'GET', path: '/nothing', headers: { 'x-request-id': id } })).headers['x-request-id']
    expect(await idFor('trace_7f3a-19c2')).to.equal('trace_7f3a-19c2')
    expect(await idFor('x'.repeat(65))).to.match(/^[0-9a-f]{32}$/)
    expect(await idFor('<script>')).to.match(/^[0-9a-f]{32}$/)
  })

  it('[API16] answers keep pages to themselves and set no cookie', async () => {
    for (const path of ['/v1/info', '/docs', '/nothing']) {
      const { headers } = await world.send({ method: 'GET', path })
      const policy = String(headers['content-security-policy'])
      expect(policy).to.contain("script-src 'self';").and.contain("connect-src 'self' ws: wss:")
      expect(policy).to.contain("frame-ancestors 'none'").and.not.contain('unsafe-inline')
      expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
      expect(headers).to.not.have.any.keys('set-cookie', 'x-powered-by', 'strict-transport-security')
    }
  })

  it('[API17] a listed origin may read answers, and its preflight is answered', async () => {
    const origin = 'https://app.example'
    const simple = await world.send({ method: 'GET', path: '/v1/info', headers: { origin } })
    expect(simple.headers['access-control-allow-origin']).to.equal(origin)
    expect(simple.headers['access-control-expose-headers']).to.contain('x-request-id')
    expect(simple.headers['vary']).to.contain('origin')
    const ask = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
    const preflight = await world.send({ method: 'OPTIONS', path: '/v1/posts', headers: ask })
    expect(preflight.status).to.equal(204)
    expect(preflight.headers['access-control-allow-headers']).to.contain('idempotency-key')
    expect(preflight.headers).to.not.have.property('access-control-allow-credentials')
  })

  it('[API17] no other origin may', async () => {
    for (const origin of ['https://app.example.evil', 'http://app.example', 'https://APP.example', 'null']) {
      const ask = { origin, 'access-control-request-method': 'POST' }
      for (const request of [
        { method: 'GET', path: '/v1/info', headers: { origin } },
        { method: 'OPTIONS', path: '/v1/posts', headers: ask },
      ])
        expect((await world.send(request)).headers).to.not.have.property('access-control-allow-origin')
    }
  })

  it('[API23] a request leaves one line without secrets', async () => {
    const secret = 'a long walk to the lake'
    const text = JSON.stringify({ handle: 'greylag', password: secret })
    await world.send({ method: 'POST', path: '/v1/sessions?x=in-the-query', headers: me(), body: text })
    await world.send({ method: 'POST', path: '/v1/sessions', headers: me(), body: text })
    await eventually(() => world.lines.length >= 2)
    expect(world.lines.map(({ level, message }) => `${level} ${message}`)).to.deep.equal([
      'info request answered',
      'info request answered',
    ])
    expect(world.lines[1]?.fields).to.include({ method: 'POST', route: '/v1/sessions', status: 201, userId: someId })
    const all = JSON.stringify(world.lines)
    for (const hidden of [secret, world.token, 'in-the-query']) expect(all).to.not.contain(hidden)
  })

  it('[API23] the cause of a fault is logged and not sent', async () => {
    world.services.answer('account.me.get', () => {
      throw new Error('the disk is on fire')
    })
    const answer = await world.send(read('/v1/me'))
    expect(answer.status).to.equal(500)
    expect(answer.json).to.include({ code: 'internal', message: 'Something broke on the server.' })
    expect(answer.text).to.not.contain('fire')
    const line = world.lines.find(({ level }) => level === 'error')
    expect(line?.fields['requestId']).to.equal(answer.headers['x-request-id'])
    expect(String(line?.fields['error'])).to.contain('the disk is on fire')
  })

  it('[API23] an answer that is not what the contract says is a fault', async () => {
    world.services.answer('timeline.trends', () => ({ items: [{ tag: 'x' }] }))
    const answer = await world.send(read('/v1/trends'))
    expect(answer.json).to.have.property('code', 'internal')
  })

  it('[API24] requests count by template, never by address', async () => {
    await using world = await createHttpWorld()
    for (const path of ['/v1/users/somebody_special', '/v1/users/somebody_special?x=1', '/nothing'])
      await world.send({ method: 'GET', path })
    const route = 'route="GET /v1/users/{handle}"'
    await eventually(async () => {
      const text = await world.metrics.read()
      expect(text).to.contain(`skein_http_requests_total{${route},status="2xx"} 1`)
      expect(text).to.contain(`skein_http_requests_total{${route},status="4xx"} 1`)
      expect(text).to.contain(`skein_http_request_seconds_count{${route}} 2`)
      expect(text).to.match(/requests_total\{route="unknown",status="4xx"\} [1-9]/)
      expect(text).to.not.contain('somebody_special')
    })
  })

  it('[API25] what is no HTTP request is answered by the table', async () => {
    const cases: [string, number, string][] = [
      ['nonsense\r\n\r\n', 400, 'invalid'],
      [`GET /v1/info HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 413, 'too_large'],
      [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 413, 'too_large'],
      ['GET /v1/info HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid'],
      ['GET /v1/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: a\0b\r\n\r\n', 400, 'invalid'],
      ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400, 'invalid'],
      ['GET http:// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400, 'invalid'],
      [
        'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
        400,
        'invalid',
      ],
    ]
    for (const [bytes, status, code] of cases) {
      const text = await world.raw(bytes)
      expect(text.split('\r\n')[0], bytes.slice(0, 40)).to.contain(String(status))
      const error = ErrorBody.strict().parse(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))))
      expect(error.code).to.equal(code)
      expect(text.toLowerCase()).to.contain(`x-request-id: ${error.requestId}`)
    }
  })

  it('[API26] HEAD answers as GET without a body, and OPTIONS tells the methods', async () => {
    for (const path of ['/v1/info', '/docs', '/v1/openapi.json']) {
      const [head, whole] = [await world.send({ method: 'HEAD', path }), await world.send({ method: 'GET', path })]
      expect(head.status).to.equal(200)
      expect(head.text).to.equal('')
      expect(head.headers['content-length']).to.equal(whole.headers['content-length'])
      const options = await world.send({ method: 'OPTIONS', path })
      expect([options.status, options.headers['allow']]).to.deep.equal([204, 'GET, HEAD, OPTIONS'])
    }
  })
})
