// What a page pays for @skein/client: minified, gzip -9. Run it alone, or as the end of the build.
import { gzipSync } from 'node:zlib'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const goalKb = 18

/** @param {object} input */
async function weigh(input) {
  const build = await rolldown({
    platform: 'browser',
    resolve: { conditionNames: ['source', 'import', 'browser', 'default'] },
    ...input,
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  const code = output.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk.code] : [])).join('')
  return { min: code.length, gzip: gzipSync(code, { level: 9 }).length }
}

export async function printSizes(room) {
  const index = join(room, 'src/index.ts')
  const own = await weigh({ input: index, external: ['socket.io-client'] })
  const all = await weigh({ input: index })
  const row = (what, { min, gzip }) =>
    console.log(
      `${what.padEnd(34)} ${(min / 1000).toFixed(1).padStart(6)} kB min ${(gzip / 1000).toFixed(1).padStart(6)} kB gzip`,
    )
  row('@skein/client without socket.io', own)
  row('socket.io-client (the rest)', { min: all.min - own.min, gzip: all.gzip - own.gzip })
  row(`in all (goal ${goalKb} kB)`, all)
  return { own, all }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await printSizes(dirname(dirname(process.argv[1])))
