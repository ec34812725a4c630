import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = `${root}test/dist/real`
const texts = /\.(js|css|html|svg)$/
const firstScriptMaxBytes = 60_000

describe('the built page', function built() {
  this.timeout(60_000)
  let names: string[] = []
  before(async () => {
    await build({ configFile: `${root}vite.config.ts`, mode: 'production', logLevel: 'error', build: { outDir: out } })
    names = (await readdir(out, { recursive: true })).filter((name) => texts.test(name))
  })
  const read = (name: string) => readFile(`${out}/${name}`)

  it('[WEB53] waits for less than 60 kB of gzipped script; the screens behind the first one come after it', async () => {
    const html = (await read('index.html')).toString()
    const first = names.filter((name) => name.endsWith('.js') && html.includes(`/${name}"`))
    const sizes = await Promise.all(first.map(async (name) => (await read(`${name}.gz`)).length))
    expect(first.length).to.be.greaterThan(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.below(firstScriptMaxBytes)
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
