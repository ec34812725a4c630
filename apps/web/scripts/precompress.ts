import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

const texts = /\.(js|css|html|svg)$/

/**
 * Writes a `.gz` and a `.br` beside every text file of the build and prints their sizes, and of every page what script it
 * waits for (gzip): the first script, its own, and what that one needs. @throws Error when a page passes the limit
 */
export function precompress({ pageScriptMaxBytes }: { pageScriptMaxBytes: number }): Plugin {
  let outDir = 'dist'
  let say: (line: string) => void = () => {}
  return {
    name: 'skein-precompress',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir)
      say = (line) => config.logger.info(line)
    },
    writeBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const bytesOf = new Map<string, number>()
        const names = await readdir(outDir, { recursive: true })
        for (const name of names.filter((n) => texts.test(n)).sort())
          bytesOf.set(name, await compress(join(outDir, name), name, say))
        const html = await readFile(join(outDir, 'index.html'), 'utf8')
        const first = [...bytesOf.keys()].filter((name) => name.endsWith('.js') && html.includes(`/${name}"`))
        for (const [page, scripts] of scriptsOfPages(bundle, first)) {
          const bytes = [...scripts].reduce((sum, name) => sum + (bytesOf.get(name) ?? 0), 0)
          say(`${page.padEnd(36)} waits for ${kB(bytes)} of script, gzip`)
          if (bytes >= pageScriptMaxBytes) throw new Error(`the page ${page} waits for more script than it may`)
        }
      },
    },
  }
}

/** Of every page, the names of the scripts it cannot stand without. */
export function scriptsOfPages(bundle: Rolldown.OutputBundle, first: readonly string[]): Map<string, Set<string>> {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const addWithImports = (name: string, to: Set<string>): Set<string> => {
    if (to.has(name)) return to
    to.add(name)
    for (const needed of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) addWithImports(needed, to)
    return to
  }
  const withFirst = (name?: string) =>
    [...first, ...(name === undefined ? [] : [name])].reduce((to, one) => addWithImports(one, to), new Set<string>())
  return new Map([
    ['home', withFirst()],
    ...chunks.filter((chunk) => chunk.isDynamicEntry).map((c) => [c.name, withFirst(c.fileName)] as const),
  ])
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
