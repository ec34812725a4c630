import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { build, type Rolldown } from 'vite'
import { scriptsOfPages } from '../../scripts/precompress.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = `${root}test/dist/real`
const texts = /\.(js|css|html|svg)$/
const pageScriptMaxBytes = 60_000

describe('the built page', function built() {
  this.timeout(60_000)
  let names: string[] = []
  let bundle: Rolldown.OutputBundle = {}
  before(async () => {
    const built = await build({
      configFile: `${root}vite.config.ts`,
      mode: 'production',
      logLevel: 'error',
      build: { outDir: out },
    })
    bundle = Object.fromEntries((built as Rolldown.RolldownOutput).output.map((file) => [file.fileName, file]))
    names = (await readdir(out, { recursive: true })).filter((name) => texts.test(name))
  })
  const read = (name: string) => readFile(`${out}/${name}`)

  it('[WEB53] waits for less than 60 kB of gzipped script, whatever the page', async () => {
    const html = (await read('index.html')).toString()
    const first = names.filter((name) => name.endsWith('.js') && html.includes(`/${name}"`))
    const pages = scriptsOfPages(bundle, first)
    expect([...pages.keys()]).to.include.members(['home', 'door', 'thread', 'profile', 'settings'])
    for (const [page, scripts] of pages) {
      const sizes = await Promise.all([...scripts].map(async (name) => (await read(`${name}.gz`)).length))
      expect(sizes.length, page).to.be.greaterThan(page === 'home' ? 1 : 2)
      expect(
        sizes.reduce((sum, size) => sum + size, 0),
        page,
      ).to.be.below(pageScriptMaxBytes)
    }
  })

  it('[WEB53] has a gzip and a brotli neighbour of the same content beside every text file', async () => {
    expect(names.length).to.be.greaterThan(4)
    for (const name of names) {
      const whole = await read(name)
      expect(gunzipSync(await read(`${name}.gz`)).equals(whole), name).to.equal(true)
      expect(brotliDecompressSync(await read(`${name}.br`)).equals(whole), name).to.equal(true)
    }
  })

  it('[WEB53] has nothing inline that a strict content policy would refuse', async () => {
    const html = (await read('index.html')).toString()
    expect(html).not.to.match(/<script(?![^>]*\ssrc=)/)
    expect(html).not.to.match(/<style|\sstyle=|\son\w+=/)
  })

  it('[WEB53] has nothing of the fake client in it', async () => {
    for (const name of names) expect((await read(name)).toString(), name).not.to.match(/harbour\.example|pink-footed/)
  })
})
