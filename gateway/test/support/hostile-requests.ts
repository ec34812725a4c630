import type { AnyContractRouter } from '@orpc/contract'
import fc from 'fast-check'
import { contractRoutes, type ContractRoute } from './contract-routes.js'
import type { RawRequest } from './http-client.js'
import { validValue, type Shape } from './valid-value.js'

/** Who asks, and of whom. */
export interface HostileWorld {
  /** Where the contract's paths stand: `/v1`. */
  readonly basePath: string
  /** Valid ones, of anybody. */
  readonly goodTokens: readonly string[]
  readonly badTokens: readonly string[]
  /** Ids and handles of other people's things, to be put in addresses. */
  readonly foreign: readonly string[]
}

export interface HostileRequest extends RawRequest {
  readonly route: ContractRoute
  /** What was done to a valid request. */
  readonly tricks: readonly string[]
}

/** A request in pieces, so that one piece can be spoilt. */
type Draft = {
  readonly route: ContractRoute
  method: string
  readonly params: Record<string, string>
  readonly query: [name: string, value: string][]
  /** JSON texts by field: not values, so that `__proto__` is a field like any other. */
  readonly fields: [name: string, json: string][]
  body: string | Buffer | undefined
  readonly headers: Record<string, string>
}
type Trick = { readonly name: string; readonly apply: (draft: Draft) => void }

/**
 * Requests derived from a contract: each begins as one that the contract takes, and is spoilt once to three times. Any
 * contract in oRPC's plain-JSON form will do, over fakes as over a whole server.
 */
export function hostileRequests(contract: AnyContractRouter, world: HostileWorld): fc.Arbitrary<HostileRequest> {
  const routes = contractRoutes(contract)
  return fc
    .constantFrom(...routes)
    .chain((route) => fc.tuple(fc.constant(route), fc.array(trick(route, world), { minLength: 1, maxLength: 3 })))
    .map(([route, tricks]) => {
      const draft = validDraft(route, world)
      for (const { apply } of tricks) apply(draft)
      return shown({ ...finish(draft, world), route, tricks: tricks.map(({ name }) => name) })
    })
}

/** In reports: a line, not a contract. */
function shown(request: HostileRequest): HostileRequest {
  const { method, path, tricks } = request
  const line = `${method} ${path.slice(0, 200)} (${tricks.join('; ')})`
  return Object.defineProperty(request, fc.toStringMethod, { value: () => line, enumerable: false })
}

/** A request the contract takes, whoever sends it. */
export function validRequest(route: ContractRoute, world: HostileWorld): RawRequest {
  return finish(validDraft(route, world), world)
}

function validDraft(route: ContractRoute, world: HostileWorld): Draft {
  const { properties = {}, required = [] } = route.input
  const given = Object.entries(properties).filter(([name]) => required.includes(name) || route.params.includes(name))
  const values = given.map(([name, shape]) => [name, validValue(shape, name)] as const)
  const beside = values.filter(([name]) => !route.params.includes(name))
  return {
    route,
    method: route.method,
    params: Object.fromEntries(values.filter(([name]) => route.params.includes(name)).map(([k, v]) => [k, String(v)])),
    query: route.method === 'GET' ? beside.map(([name, value]) => [name, String(value)]) : [],
    fields: route.method === 'GET' ? [] : beside.map(([name, value]) => [name, JSON.stringify(value)]),
    body: undefined,
    headers: { authorization: `Bearer ${world.goodTokens[0] ?? ''}`, 'content-type': 'application/json' },
  }
}

function finish({ route, method, params, query, fields, body, headers }: Draft, world: HostileWorld): RawRequest {
  const path = route.template.replace(/\{(\w+)\}/g, (_whole, name: string) => params[name] ?? '')
  const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  const text = `{${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
  const sent = body ?? (fields.length === 0 ? undefined : text)
  return { method, path: `${world.basePath}${path}${search === '' ? '' : `?${search}`}`, headers, body: sent }
}

function trick(route: ContractRoute, world: HostileWorld): fc.Arbitrary<Trick> {
  const { properties = {} } = route.input
  const beside = Object.entries(properties).filter(([name]) => !route.params.includes(name))
  return fc.oneof(
    ...beside.map(([name, shape]) => spoiltField(route, name, shape)),
    ...beside.map(([name]) => fc.constant(without(name))),
    ...route.params.map((name) => spoiltParam(name, world)),
    extraField(route),
    strangeBody(),
    strangeHeaders(),
    strangeToken(world),
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND').map(asMethod),
  )
}

function spoiltField(route: ContractRoute, name: string, shape: Shape): fc.Arbitrary<Trick> {
  const long = 'x'.repeat((shape.maxLength ?? 500) + 1)
  const json = fc.oneof(
    wrongJson,
    fc.constant(JSON.stringify(long)),
    fc.string().map((text) => JSON.stringify(text)),
  )
  return json.map((text) => ({
    name: `${name} = ${text.slice(0, 40)}`,
    apply(draft) {
      if (route.method === 'GET') draft.query.push([name, text.slice(0, 4_000)])
      else replace(draft.fields, name, text)
    },
  }))
}

const wrongJson = fc.oneof(
  fc.constantFrom('null', 'true', '-1', '1e309', '0.5', '9007199254740993', '[]', '{}', '""', '" "'),
  fc.constantFrom('{"$gt":""}', '{"$ne":null}', '{"$where":"1"}', '[{"$regex":".*"}]', '{"__proto__":{"a":1}}'),
  fc.constantFrom('"\\u0000"', '"\\ud800"', '"\'; DROP TABLE users; --"', '"../../etc/passwd"', '"<script>1</script>"'),
  fc.integer({ min: 5, max: 9_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.integer({ min: 5, max: 5_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
)

function without(name: string): Trick {
  return {
    name: `without ${name}`,
    apply({ fields, query }) {
      for (const list of [fields, query]) list.splice(0, Infinity, ...list.filter(([key]) => key !== name))
    },
  }
}

const extraNames = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '$where',
    'role',
    'userId',
    'authorId',
    'isAdmin',
  ),
  fc.constantFrom('limit[$gt]', 'limit[]', '__proto__[role]', 'constructor[prototype][role]', 'a[b][c][d]', '[', ']'),
  fc.string({ maxLength: 30 }),
)

function extraField(route: ContractRoute): fc.Arbitrary<Trick> {
  return fc.tuple(extraNames, wrongJson, fc.boolean()).map(([name, json, isQuery]) => ({
    name: `with ${name}`,
    apply(draft) {
      if (isQuery || route.method === 'GET') draft.query.push([name, json.slice(0, 2_000)])
      else draft.fields.push([name, json])
    },
  }))
}

function spoiltParam(name: string, world: HostileWorld): fc.Arbitrary<Trick> {
  const value = fc.oneof(
    fc.constantFrom(
      '%',
      '%00',
      '%ff',
      '..',
      '.',
      '%2e%2e',
      '%2f',
      'a%2fb',
      '[object%20Object]',
      '__proto__',
      'null',
      '\\',
    ),
    fc.constantFrom(...world.foreign),
    fc.string({ minLength: 1, maxLength: 40 }).map(encodeURIComponent),
    fc.constant('x'.repeat(3_000)),
  )
  return value.map((text) => ({
    name: `${name} in the address = ${text.slice(0, 40)}`,
    apply: ({ params }) => void (params[name] = text),
  }))
}

function strangeBody(): fc.Arbitrary<Trick> {
  const body = fc.oneof(
    fc.constantFrom('', ' ', '{', '[', '[]', 'null', '"text"', '1', '{"a":1}{"b":2}', "{'a':1}", '\ufeff{}', 'a=1&b=2'),
    fc.constantFrom('{"__proto__":{"role":"operator"}}', '{"constructor":{"prototype":{"role":"operator"}}}'),
    fc.integer({ min: 1, max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    fc.integer({ min: 1, max: 9_000 }).map((depth) => '{"a":'.repeat(depth)),
    fc.integer({ min: 65_537, max: 300_000 }).map((size) => `{"text":"${'x'.repeat(size)}"}`),
    fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json(),
  )
  return body.map((sent) => ({ name: `body ${String(sent).slice(0, 40)}`, apply: (draft) => void (draft.body = sent) }))
}

function strangeHeaders(): fc.Arbitrary<Trick> {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    ';',
  ]
  return fc
    .oneof(
      fc.tuple(fc.constant('content-type'), fc.constantFrom(...types, 'application/json; charset=utf-16', '')),
      fc.tuple(fc.constant('content-encoding'), fc.constantFrom('gzip', 'br', 'nonsense')),
      fc.tuple(
        fc.constant('idempotency-key'),
        fc.constantFrom('', 'short', ' ', 'x'.repeat(65), 'a b c d e f g', '$ne'),
      ),
      fc.tuple(fc.constant('x-request-id'), fc.constantFrom('', 'x'.repeat(65), '../../', '<script>', 'good-id_1')),
      fc.tuple(fc.constant('traceparent'), fc.constantFrom('', '00-zz', 'x'.repeat(5_000))),
      fc.tuple(fc.constant('origin'), fc.constantFrom('null', 'https://evil.example', 'x'.repeat(1_000))),
      fc.tuple(fc.constant('x-forwarded-for'), fc.constantFrom('1.2.3.4', ',,,', 'x'.repeat(1_000))),
      fc.tuple(fc.constant('user-agent'), fc.constantFrom('', 'x'.repeat(8_000))),
      fc.tuple(fc.constant('last-event-id'), fc.constantFrom('1', '')),
    )
    .map(([name, value]) => ({
      name: `${name}: ${value.slice(0, 40)}`,
      apply: ({ headers }) => void (headers[name] = value),
    }))
}

function strangeToken({ goodTokens, badTokens }: HostileWorld): fc.Arbitrary<Trick> {
  const schemes = ['', 'Bearer', 'Bearer ', 'Basic Z3JleWxhZzpwYXNz', 'bearer', `Bearer ${goodTokens[0]} x`]
  return fc
    .constantFrom(
      null,
      ...schemes,
      ...badTokens.map((token) => `Bearer ${token}`),
      ...goodTokens.map((t) => `Bearer ${t}`),
    )
    .map((value) => ({
      name: `authorization: ${String(value).slice(0, 40)}`,
      apply({ headers }) {
        if (value === null) delete headers['authorization']
        else headers['authorization'] = value
      },
    }))
}

function asMethod(method: string): Trick {
  return { name: `by ${method}`, apply: (draft) => void (draft.method = method) }
}

function replace(list: [string, string][], name: string, value: string): void {
  const at = list.findIndex(([key]) => key === name)
  list.splice(at < 0 ? list.length : at, at < 0 ? 0 : 1, [name, value])
}
