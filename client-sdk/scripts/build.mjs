// Builds client-sdk/dist: index.js (ESM), index.cjs, skein.global.js (one file for a script tag, socket.io-client in it),
// and the declarations, which import nothing. Prints what it all weighs.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { printSizes } from './sizes.mjs'

const room = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(room, 'dist')
const require = createRequire(import.meta.url)

/** @param {string} platform @param {string[]} external @param {object[]} outputs */
async function bundle(platform, external, outputs) {
  const build = await rolldown({
    input: join(room, 'src/index.ts'),
    platform,
    external,
    treeshake: true,
    resolve: { conditionNames: ['source', 'import', 'default'] },
  })
  for (const output of outputs) await build.write(output)
  await build.close()
}

/** The declarations that index.d.ts reaches, once for `import` and once for `require`. */
function copyDeclarations(name, seen = new Set()) {
  if (seen.has(name)) return
  seen.add(name)
  const text = readFileSync(join(dist, 'types', `${name}.d.ts`), 'utf8')
  writeFileSync(join(dist, `${name}.d.ts`), text)
  writeFileSync(join(dist, `${name}.d.cts`), text.replaceAll(/(['"])\.\/([\w-]+)\.js\1/g, '$1./$2.cjs$1'))
  for (const [, next] of text.matchAll(/['"]\.\/([\w-]+)\.js['"]/g)) copyDeclarations(next, seen)
}

for (const old of ['types', 'types.tsbuildinfo']) rmSync(join(dist, old), { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
execFileSync(process.execPath, [tsc, '-b', '--force', room], { stdio: 'inherit' })
copyDeclarations('index')

const socketIo = ['socket.io-client']
await bundle('neutral', socketIo, [
  { file: join(dist, 'index.js'), format: 'esm', sourcemap: true },
  { file: join(dist, 'index.cjs'), format: 'cjs', sourcemap: true, exports: 'named' },
])
await bundle('browser', [], [{ file: join(dist, 'skein.global.js'), format: 'iife', name: 'skein', minify: true }])
await printSizes(room)
