import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

const room = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(room, 'dist')
const names = ['SkeinError', 'browserStorage', 'createClient', 'memoryStorage']

function newest(folder: string): number {
  return Math.max(...readdirSync(join(room, folder)).map((name) => statSync(join(room, folder, name)).mtimeMs))
}

describe('the built package', () => {
  before(async function () {
    this.timeout(60_000)
    const built = join(dist, 'index.js')
    if (existsSync(built) && statSync(built).mtimeMs > Math.max(newest('src'), newest('scripts'))) return
    await promisify(execFile)(process.execPath, [join(room, 'scripts/build.mjs')])
  })

  it('[SDK82] it imports as ESM and as CommonJS, with the same names', async () => {
    const esm: Record<string, unknown> = (await import(pathToFileURL(join(dist, 'index.js')).href)) as Record<
      string,
      unknown
    >
    const cjs: Record<string, unknown> = createRequire(import.meta.url)(join(dist, 'index.cjs')) as Record<
      string,
      unknown
    >
    expect(Object.keys(esm).sort()).to.deep.equal(names)
    expect(Object.keys(cjs).sort()).to.deep.equal(names)
  })

  it('[SDK82] one file for a script tag holds everything', () => {
    const text = readFileSync(join(dist, 'skein.global.js'), 'utf8')
    expect(text).to.match(/^var skein=/)
    expect(text).to.not.match(/\bimport\s*[{(]|require\(/)
  })

  it('[SDK83] it imports nothing but socket.io-client, and its declarations import nothing at all', () => {
    for (const file of ['index.js', 'index.cjs']) {
      const text = readFileSync(join(dist, file), 'utf8')
      const imported = [...text.matchAll(/(?:^import .*? from |require\()["']([^"']+)["']/gm)].map(([, name]) => name)
      expect(new Set(imported)).to.deep.equal(new Set(['socket.io-client']))
      expect(text).to.not.include('zod')
    }
    const declarations = readdirSync(dist).filter((name) => /\.d\.c?ts$/.test(name))
    expect(declarations).to.include.members(['index.d.ts', 'index.d.cts'])
    for (const file of declarations) {
      const text = readFileSync(join(dist, file), 'utf8')
      for (const [, name] of text.matchAll(/from ['"]([^'"]+)['"]/g)) expect(name).to.match(/^\.\//)
    }
  })

  it('[SDK83] package.json names what is there, types first, and no side effects', () => {
    const file: unknown = JSON.parse(readFileSync(join(room, 'package.json'), 'utf8'))
    expect(file).to.have.property('sideEffects', false)
    expect(file).to.have.deep.property('dependencies', { 'socket.io-client': '4.8.4' })
    const paths = [...JSON.stringify(file).matchAll(/"(\.\/dist\/[^"*]+)"/g)].map(([, path]) => path ?? '')
    for (const path of paths) expect(existsSync(join(room, path)), path).to.equal(true)
    expect(JSON.stringify(file)).to.match(/"import":\{"types".*"require":\{"types"/)
  })
})
