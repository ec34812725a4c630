import { rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { rolldown } from 'rolldown'
import { fromRoot } from './repo-files.js'

let bundled: Promise<string> | undefined

/** One file of the `skein` command made from the present sources, because a process of many files is slow to start. */
export function bundledSkein(): Promise<string> {
  bundled ??= bundle()
  return bundled
}

async function bundle(): Promise<string> {
  const folder = fromRoot(`node_modules/.cache/skein-test-${process.pid}`)
  const file = `${folder}/bundle/skein.mjs`
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/package.json`, await readFile(fromRoot('apps/server/package.json')))
  const build = await rolldown({
    input: fromRoot('test/support/skein-process.ts'),
    platform: 'node',
    external: (id) => /^(?!@skein\/|@oxc-project\/)[^./\0]/.test(id),
    resolve: { conditionNames: ['source', 'import', 'node', 'default'] },
    transform: { target: 'node20' },
    logLevel: 'silent',
  })
  await build.write({ file, format: 'esm', codeSplitting: false })
  await build.close()
  return file
}
