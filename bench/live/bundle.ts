import { cp, mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = new URL('../../', import.meta.url)
const names = ['seed-child', 'server-child', 'load-child'] as const

export interface Bundles extends AsyncDisposable {
  /** Files of the child processes. */
  readonly files: Readonly<Record<(typeof names)[number], string>>
}

/**
 * The child processes made from the present sources as plain JavaScript: a loader that compiles as it goes adds a call to
 * every closure, which is 5 to 10% of the server's time.
 */
export async function bundleChildren(): Promise<Bundles> {
  const folder = fileURLToPath(new URL(`node_modules/.cache/skein-bench-${process.pid}`, root))
  await mkdir(`${folder}/bundle`, { recursive: true })
  // The server reads its version from one folder above its code.
  await cp(new URL('apps/server/package.json', root), `${folder}/package.json`)
  const build = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, fileURLToPath(new URL(`${name}.ts`, import.meta.url))])),
    platform: 'node',
    external: (id) => /^(?!@skein\/|@oxc-project\/)[^./\0]/.test(id),
    resolve: { conditionNames: ['source', 'import', 'node', 'default'] },
    transform: { target: 'node20' },
    logLevel: 'silent',
  })
  await build.write({
    dir: `${folder}/bundle`,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  })
  await build.close()
  const file = (name: (typeof names)[number]): string => `${folder}/bundle/${name}.mjs`
  return {
    files: {
      'seed-child': file('seed-child'),
      'server-child': file('server-child'),
      'load-child': file('load-child'),
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
