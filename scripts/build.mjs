// `npm run build`: TypeScript to dist, the SDK's bundles, the web page. `--if-changed`: only what is older than its sources.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const onlyChanged = process.argv.includes('--if-changed')
const skipped = new Set(['node_modules', 'dist', 'test', 'screenshots'])

function newest(folder) {
  if (!existsSync(folder)) return 0
  const times = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .map((entry) =>
      entry.isDirectory() ? newest(join(folder, entry.name)) : statSync(join(folder, entry.name)).mtimeMs,
    )
  return Math.max(0, ...times)
}

function step(target, sources, command, args) {
  const built = existsSync(join(root, target)) ? statSync(join(root, target)).mtimeMs : 0
  if (onlyChanged && built > Math.max(...sources.map((source) => newest(join(root, source))))) return
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', onlyChanged ? 'ignore' : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const code = ['packages', 'services', 'gateway', 'client-sdk', 'apps/server']
step('apps/server/dist/main.js', code, 'npx', ['tsc', '-b'])
step('client-sdk/dist/index.js', ['client-sdk/src', 'client-sdk/scripts'], process.execPath, [
  'client-sdk/scripts/build.mjs',
])
step('apps/web/dist/index.html', ['apps/web', 'client-sdk/src', 'packages/visibility/src'], 'npm', [
  'run',
  '--silent',
  'build',
  '-w',
  'apps/web',
])
