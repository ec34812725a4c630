// `npm start`: everything a fresh clone needs to run, each step only when it is needed.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Skein needs Node 20.19 or later; this is ${process.version}. Install a newer Node from https://nodejs.org and run npm start again.`,
  )
  process.exit(78)
}

function run(what, command, args) {
  const started = Date.now()
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error(`${what} failed (${command} ${args.join(' ')}). Its own message is above.`)
    process.exit(status ?? 1)
  }
  console.log(`${what} ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

const lock = join(root, 'package-lock.json')
const installed = join(root, 'node_modules', '.package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  run('Packages installed', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
}
run('Built', process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-changed'])

const { main } = await import(new URL('../apps/server/dist/main.js', import.meta.url).href)
await main(['start', '--demo', ...process.argv.slice(2)])
