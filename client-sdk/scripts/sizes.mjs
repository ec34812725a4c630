// What a page pays for @skein/client: minified, gzip -9, and which part of it costs what. Run alone or by the build.
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const goalKb = 18
const parts = {
  'views: page and live joined, threads, notifications, marks': [
    'feed-view view-state view-kind view-snapshot view-reads view-port post-merge other-views views',
    'read-range hydrator marks collapse',
  ],
  'connection, subscriptions, cursors': ['channels connection socket subscription seen cursor wire'],
  'calls, lists, errors': ['http api pages errors timing emitter client core create-client index'],
  'sessions and storage': ['sessions storage'],
  'posting through outages': ['outbox'],
}

/** @param {object} input */
async function weigh(input) {
  const build = await rolldown({
    platform: 'browser',
    resolve: { conditionNames: ['source', 'import', 'browser', 'default'] },
    ...input,
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  const [chunk] = output
  const modules = Object.entries(chunk.modules).map(([id, { renderedLength }]) => [basename(id, '.ts'), renderedLength])
  return { min: chunk.code.length, gzip: gzipSync(chunk.code, { level: 9 }).length, modules }
}

function row(what, gzip, min) {
  const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(6)
  console.log(`${what.padEnd(60)}${kb(gzip)} kB gzip${min === undefined ? '' : `${kb(min)} kB min`}`)
}

export async function printSizes(room) {
  const input = join(room, 'src/index.ts')
  const own = await weigh({ input, external: ['socket.io-client'] })
  const all = await weigh({ input })
  row('@skein/client', own.gzip, own.min)
  const total = own.modules.reduce((sum, [, length]) => sum + length, 0)
  for (const [part, lists] of Object.entries(parts)) {
    const names = new Set(lists.join(' ').split(' '))
    const length = own.modules.reduce((sum, [name, size]) => sum + (names.has(name) ? size : 0), 0)
    row(`  ${part}`, (own.gzip * length) / total)
  }
  row('socket.io-client', all.gzip - own.gzip, all.min - own.min)
  row(`in all (goal ${goalKb} kB)`, all.gzip, all.min)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await printSizes(dirname(dirname(process.argv[1])))
