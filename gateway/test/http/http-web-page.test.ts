import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { createHttpWorld, type HttpWorld } from '../support/http-world.js'

const page = '<!doctype html><title>Skein</title>'

describe('http: the web page', () => {
  let webRoot: string
  let world: HttpWorld
  before(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'skein-web-'))
    await mkdir(join(webRoot, 'assets'))
    await writeFile(join(webRoot, 'index.html'), page)
    await writeFile(join(webRoot, 'mark.svg'), '<svg/>')
    await writeFile(join(webRoot, 'assets', 'app-4f3a19c2.js'), 'console.log(1)')
    await writeFile(join(webRoot, 'assets', 'app-4f3a19c2.js.gz'), gzipSync('console.log(1)'))
    world = await createHttpWorld({ webRoot })
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await rm(webRoot, { recursive: true })
  })

  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  const get = (path: string, headers: Record<string, string> = {}) => world.send({ method: 'GET', path, headers })

  it('[API21] the entry is asked for again, and answered by 304 when it is the same', async () => {
    const first = await get('/', html)
    expect(first.text).to.equal(page)
    expect(first.headers).to.include({ 'cache-control': 'no-cache', 'content-type': 'text/html;charset=utf-8' })
    const again = await get('/', { ...html, 'if-none-match': String(first.headers['etag']) })
    expect(again.status).to.equal(304)
    expect(again.headers).to.have.property('ratelimit-limit')
  })

  it('[API21] hashed files are kept for ever, and sent compressed to who takes it', async () => {
    const packed = await get('/assets/app-4f3a19c2.js', { 'accept-encoding': 'gzip' })
    expect(packed.headers).to.include({
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript',
    })
    expect(packed.headers['vary']).to.match(/accept-encoding/i)
    const plain = await get('/assets/app-4f3a19c2.js')
    expect(plain.text).to.equal('console.log(1)')
    expect(plain.headers).to.not.have.property('content-encoding')
  })

  it('[API21] every other page address gets the entry', async () => {
    for (const path of ['/home', '/@greylag', '/posts/01KDVCC1C0D6E8B4QZ3M5N7P9R?from=home'])
      expect((await get(path, html)).text, path).to.equal(page)
  })

  it('[API21] what is no page is not made one', async () => {
    for (const path of ['/v1/nothing', '/docs/nothing', '/socket.io/nothing', '/.well-known/nothing']) {
      const answer = await get(path, html)
      expect([answer.status, path]).to.deep.equal([404, path])
      expect(answer.json).to.have.property('code', 'not_found')
    }
    expect((await get('/assets/old.js', { accept: '*/*' })).status).to.equal(404)
    expect((await world.send({ method: 'POST', path: '/home', headers: html })).status).to.equal(404)
  })

  it('[API21] nothing outside the folder is served, and no range breaks an answer', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/assets/%00', '/%'])
      expect((await get(path)).status, path).to.equal(404)
    expect((await get('/mark.svg', { range: 'bytes=9-2' })).text).to.equal('<svg/>')
  })

  it('[API21] without a built page there is only the API', async () => {
    await using bare = await createHttpWorld({ webRoot: join(webRoot, 'nothing') })
    expect(bare.lines.map(({ level }) => level)).to.deep.equal(['warn'])
    expect((await bare.send({ method: 'GET', path: '/', headers: html })).status).to.equal(404)
  })
})
