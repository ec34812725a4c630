import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const texts = /\.(js|css|html|svg)$/

/**
 * Writes a `.gz` and a `.br` beside every text file of the build, prints their sizes, that of the script a page waits for
 * beside its limit, and that of all script together (gzip). @throws Error when the limit is passed
 */
export function precompress({ firstScriptMaxBytes }: { firstScriptMaxBytes: number }): Plugin {
  let outDir = 'dist'
  let say: (line: string) => void = () => {}
  return {
    name: 'skein-precompress',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir)
      say = (line) => config.logger.info(line)
    },
    async closeBundle() {
      const names = await readdir(outDir, { recursive: true })
      const page = await readFile(join(outDir, 'index.html'), 'utf8')
      const bytes = { first: 0, all: 0 }
      for (const name of names.filter((n) => texts.test(n)).sort()) {
        const gzipBytes = await compress(join(outDir, name), name, say)
        if (!name.endsWith('.js')) continue
        bytes.all += gzipBytes
        if (page.includes(`/${name}"`)) bytes.first += gzipBytes
      }
      say(
        `script the page waits for ${kB(bytes.first)} gzip (below ${kB(firstScriptMaxBytes)}), in all ${kB(bytes.all)}`,
      )
      if (bytes.first >= firstScriptMaxBytes) throw new Error('the page waits for more script than it may')
    },
  }
}

async function compress(file: string, name: string, say: (line: string) => void): Promise<number> {
  const bytes = await readFile(file)
  const gzip = gzipSync(bytes, { level: 9 })
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
  await Promise.all([writeFile(`${file}.gz`, gzip), writeFile(`${file}.br`, brotli)])
  say(`${name.padEnd(36)} ${kB(bytes.length)}  gzip ${kB(gzip.length)}  br ${kB(brotli.length)}`)
  return gzip.length
}

function kB(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`.padStart(9)
}
