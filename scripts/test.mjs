// `npm test`: every suite, from sources; the web page is built first because browser tests open the built page.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const suites = ['packages/*/test', 'services/*/test', 'gateway/test', 'client-sdk/test', 'apps/*/test', 'test'].map(
  (folder) => `${folder}/**/*.test.ts`,
)

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(join(root, 'node_modules', '.package-lock.json')))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
run(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-changed'])
const asked = process.argv.slice(2)
run('npx', ['mocha', ...(asked.length > 0 ? asked : suites)])
