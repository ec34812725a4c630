import { apiContract, errorTable, isErrorCode } from '@skein/contracts'
import { expect } from 'chai'
import { z } from 'zod'
import { anonymousRoutes } from '../../src/auth/anonymous-routes.js'
import { ApiDocument, type JsonSchema, type Operation } from '../../src/http/docs/api-document.js'
import { routeGroups, routeNotes } from '../../src/http/docs/route-notes.js'
import { contractRoutes, type ContractRoute } from '../support/contract-routes.js'
import { createHttpWorld } from '../support/http-world.js'

describe('http: docs', () => {
  const routes = contractRoutes(apiContract)
  const codes = Object.keys(errorTable).filter(isErrorCode)
  let document: ApiDocument
  let text: string
  let page: string
  let style: string
  before(async () => {
    await using world = await createHttpWorld()
    const read = async (path: string) => (await world.send({ method: 'GET', path })).text
    text = await read('/v1/openapi.json')
    page = await read('/docs')
    style = await read('/docs/docs.css')
    document = ApiDocument.parse(JSON.parse(text))
  })

  function operationOf({ template, method }: ContractRoute): Operation {
    const operation = Object.entries(document.paths[template] ?? {}).find(
      ([name]) => name === method.toLowerCase(),
    )?.[1]
    if (operation === undefined) throw new Error(`${method} ${template} is not in the document`)
    return operation
  }

  it('[API19] it is OpenAPI 3.1 with every route of the contract and no other', () => {
    expect(document.openapi).to.match(/^3\.1\./)
    expect(document.info).to.include({ title: 'Skein API', version: '1.2.3' })
    expect(document['servers']).to.deep.equal([{ url: '/v1' }])
    const held = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    expect(held.map((operation) => operation?.operationId).toSorted()).to.deep.equal(
      routes.map(({ name }) => name).toSorted(),
    )
  })

  it('[API19] every reference leads somewhere', () => {
    const parsed: unknown = JSON.parse(text)
    const refs = [...new Set(Array.from(text.matchAll(/"\$ref":"#\/([^"]+)"/g), (match) => match[1] ?? ''))]
    expect(refs.length).to.be.greaterThan(20)
    for (const ref of refs) {
      const target = ref.split('/').reduce<unknown>((at, key) => z.looseObject({}).parse(at)[key], parsed)
      expect(target, ref).to.be.an('object')
    }
  })

  it('[API19] the parameters of an address are its own, the others stand in one place', () => {
    for (const route of routes) {
      const { parameters = [], requestBody } = operationOf(route)
      const inPath = parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => name).toSorted(), route.name).to.deep.equal(route.params.toSorted())
      expect(inPath.every(({ required }) => required === true)).to.equal(true)
      const beside = Object.keys(route.input.properties ?? {}).filter((name) => !route.params.includes(name))
      const inQuery = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
      const inBody = Object.keys(requestBody?.content['application/json'].schema.properties ?? {})
      expect(route.method === 'GET' ? inQuery : inBody, route.name).to.have.members(beside)
      expect(route.method === 'GET' ? inBody : inQuery, route.name).to.deep.equal([])
    }
    const create = Object.values(document.paths['/posts'] ?? {}).find((one) => one?.operationId === 'posts.create')
    expect(create?.parameters?.map(({ name }) => name)).to.deep.equal(['Idempotency-Key'])
  })

  it('[API19] every route tells its success, its errors and whether it needs a token', () => {
    for (const route of routes) {
      const { responses, security, tags } = operationOf(route)
      expect(responses, route.name).to.include.keys(String(route.status), '400', '401', '429', '500', '503')
      const isOpen = security?.some((choice) => Object.keys(choice).length === 0) === true
      expect(isOpen, route.name).to.equal(anonymousRoutes.has(route.name))
      expect(tags).to.have.length(1)
    }
    expect(Object.keys(document.paths['/posts']?.post?.responses ?? {})).to.include.members(['200', '201'])
  })

  it('[API19] every error code stands in a reply, with its remedy', () => {
    for (const code of codes) {
      const reply = document.components.responses?.[String(errorTable[code].status)]
      expect(reply?.description, code).to.contain(`\`${code}\``).and.contain(errorTable[code].remedy)
    }
    expect(document.components.schemas['Error']?.properties?.['code']?.enum).to.deep.equal(codes)
  })

  it('[API19] every example fits its schema', () => {
    for (const route of routes) {
      const { requestBody, responses } = operationOf(route)
      const answer = responses[String(route.status)]?.content?.['application/json']
      expect(answer?.example, route.name).to.not.equal(undefined)
      check(route.outputSchema, answer?.example, `the answer of ${route.name}`)
      const sent = requestBody?.content['application/json'].example
      if (sent === undefined) continue
      const ids = Object.fromEntries(route.params.map((name) => [name, name === 'handle' ? 'greylag' : someUlid]))
      check(route.inputSchema, { ...z.looseObject({}).parse(sent), ...ids }, `the body of ${route.name}`)
    }
  })

  it('[API19] notes and groups name routes that exist, and every route has both', () => {
    const names = routes.map(({ name }) => name)
    expect(Object.keys(routeNotes).toSorted()).to.deep.equal(names.toSorted())
    expect(Object.keys(routeGroups).toSorted()).to.deep.equal(
      [...new Set(names.map((name) => name.replace(/\..*/, '')))].toSorted(),
    )
  })

  it('[API20] the page shows every route, model and error code', () => {
    for (const { name } of routes) expect(page).to.contain(`id="op-${name}"`)
    for (const name of Object.keys(document.components.schemas)) expect(page).to.contain(`id="model-${name}"`)
    for (const code of codes) expect(page).to.contain(`id="error-${code}"`)
  })

  it('[API20] every link of the page leads to a place in it, and ids are used once', () => {
    const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), (match) => match[1] ?? '')
    expect(new Set(ids).size).to.equal(ids.length)
    const targets = new Set(Array.from(page.matchAll(/href="#([^"]+)"/g), (match) => match[1] ?? ''))
    for (const target of targets) expect(ids, target).to.include(target)
  })

  it('[API20] the page needs no script, inline style or other server', () => {
    expect(page).to.not.match(/<script|<style|\sstyle=|\son\w+=/i)
    const sources = Array.from(page.matchAll(/(?:src|href)="([^"#][^"]*)"/g), (match) => match[1] ?? '')
    for (const source of sources) expect(source).to.match(/^(?:\/(?!\/)|data:image\/svg\+xml,)/)
    expect(style).to.not.match(/@import|url\(/)
    expect(page).to.contain('<html lang="en">').and.contain('name="viewport"')
  })

  it('[API20] what the document says is text on the page, never markup', () => {
    const patterns = Object.values(document.components.schemas).flatMap(({ pattern }: JsonSchema) => pattern ?? [])
    expect(patterns).to.not.deep.equal([])
    expect(page).to.contain('&quot;handle&quot;: &quot;greylag&quot;')
  })
})

const someUlid = '01KDVCC1C0D6E8B4QZ3M5N7P9R'

function check(schema: unknown, value: unknown, what: string): void {
  if (!(schema instanceof z.ZodType)) throw new Error('no schema')
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new Error(`${what}: ${z.prettifyError(parsed.error)}`)
}
