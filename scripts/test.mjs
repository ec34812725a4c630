// `npm test`: every suite, from sources; the web page is built first because browser tests open the built page. Then the
// suites of the whole system once more over Redis and MongoDB. With arguments: mocha with these, over the embedded wiring.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const suites = ['packages/*/test', 'services/*/test', 'gateway/test', 'client-sdk/test', 'apps/*/test', 'test'].map(
  (folder) => `${folder}/**/*.test.ts`,
)
const systemSuites = ['test/*.test.ts']
/** Random sequences of the model test over the second wiring: each costs several times one over the first. */
const clusterSequences = '25'

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

/** Shows what mocha says, and resolves to its counts. */
function mocha(args, env = {}) {
  return new Promise((done) => {
    const child = spawn('npx', ['mocha', ...args], {
      cwd: root,
      stdio: ['inherit', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
      env: { ...process.env, ...env },
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text)
      said = (said + text).slice(-100_000)
    })
    child.on('close', (status) => {
      const count = (word) => Number([...said.matchAll(new RegExp(`^ +(\\d+) ${word}`, 'gm'))].at(-1)?.[1] ?? 0)
      const failed = count('failing')
      done({ passed: count('passing'), failed: status === 0 ? failed : Math.max(1, failed) })
    })
  })
}

const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0

if (!existsSync(join(root, 'node_modules', '.package-lock.json')))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
run(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-changed'])
const asked = process.argv.slice(2)
const results = [await mocha(asked.length > 0 ? asked : suites)]
if (asked.length === 0) {
  if (hasRedis() || process.env.SKEIN_REQUIRE_ENGINES === '1') {
    console.log('\n  The whole system over Redis and MongoDB\n')
    results.push(await mocha(systemSuites, { SKEIN_TEST_WIRING: 'cluster', SEQUENCES: clusterSequences }))
  } else console.log('Skipped: the whole system over Redis and MongoDB, because this machine has no redis-server.')
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exit(sum('failed') === 0 ? 0 : 1)
