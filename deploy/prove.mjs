/*
 * Runs both compositions on a real Docker engine and checks what docs/spec/packaging.md promises of them. Prints each check, then
 * `N passed, N failed`. Needs: root (to kill processes of containers), `npm run build`, and the port SKEIN_PORT (8080).
 *
 *   node deploy/prove.mjs [development|production]
 *
 * Works in a project of its own, and takes it away at the end. Where MongoDB cannot be a member of a set: MONGO_REPLICA_SET= before it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startLoad } from './prove-load.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const project = 'skein-prove'
const port = process.env.SKEIN_PORT ?? '8080'
const url = `http://127.0.0.1:${port}`
const hardOpenFiles = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()) || 131_072
const openFiles = Math.min(131_072, hardOpenFiles)
const env = {
  OPEN_FILES: String(openFiles),
  BALANCER_CONNECTIONS: String(Math.min(20_000, Math.floor(openFiles / 2) - 1_000)),
  ...process.env,
}

const kinds = ['gateway', 'account', 'post', 'timeline', 'redis', 'accounts-db', 'posts-db', 'balancer']
let passed = 0
let failed = 0
async function check(title, prove) {
  try {
    const said = await prove()
    passed++
    console.log(`ok   ${title}${typeof said === 'string' ? `: ${said}` : ''}`)
  } catch (thrown) {
    failed++
    console.log(`FAIL ${title}: ${thrown.message}`)
  }
}
function equal(got, wanted) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`wanted ${b}, got ${a}`)
}
async function eventually(ask, seconds) {
  for (const until = Date.now() + seconds * 1_000; ; await wait(250)) {
    try {
      return await ask()
    } catch (thrown) {
      if (Date.now() > until) throw thrown
    }
  }
}

/** On a connection of its own: an earlier one may be of a system that is gone. */
const statusOf = async (path) => (await fetch(url + path, { headers: { connection: 'close' } })).status

function docker(...words) {
  const { status, stdout, stderr } = spawnSync('docker', words, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`docker ${words.slice(0, 8).join(' ')}: ${stderr.trim().split('\n').at(-1)}`)
  return stdout.trim()
}
const inspect = (container, format) => docker('inspect', '-f', format, container)

function composition(files) {
  const flags = ['compose', '-p', project, ...files.flatMap((file) => ['-f', file])]
  const compose = (...words) => docker(...flags, ...words)
  const containers = (service) =>
    compose('ps', '-q', ...(service === undefined ? [] : [service]))
      .split('\n')
      .filter(Boolean)
  return { compose, containers, exec: (service, ...words) => compose('exec', '-T', service, ...words) }
}

const connect = (host, to) => `
  const socket = require('net').connect({ host: '${host}', port: ${to}, timeout: 2000 })
  const say = (word) => { console.log(word); process.exit() }
  socket.on('connect', () => say('open')).on('timeout', () => say('closed')).on('error', () => say('closed'))`

function addressOf(container, network) {
  return inspect(container, `{{(index .NetworkSettings.Networks "${project}_${network}").IPAddress}}`)
}

async function proveParts({ compose, containers }, services) {
  await check('every service is healthy', () =>
    eventually(
      () =>
        equal(
          compose('ps', '--format', '{{.Health}}')
            .split('\n')
            .filter((of) => of !== 'healthy'),
          [],
        ),
      60,
    ),
  )
  await check('[PKG2] only the balancer`s port is published', () => {
    const format = '{{range $inner, $b := .NetworkSettings.Ports}}{{range $b}}{{.HostPort}} {{end}}{{end}}'
    const ports = containers().flatMap((id) => inspect(id, format).split(' ').filter(Boolean))
    equal([...new Set(ports)], [port])
  })
  for (const service of services) {
    const [id] = containers(service)
    await check(`[PKG4] ${service}: no root, no capability, no new privilege, read-only`, () => {
      const status = docker(
        'exec',
        id,
        'sh',
        '-c',
        "grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs):' /proc/1/status",
      ).replaceAll('\t', ' ')
      if (/^Uid: 0 /m.test(status)) throw new Error('runs as root')
      equal(
        [...status.matchAll(/^Cap\w+: (\w+)/gm)].map(([, bits]) => bits),
        ['0000000000000000', '0000000000000000'],
      )
      equal(/^NoNewPrivs: 1$/m.test(status), true)
      const touched = spawnSync('docker', ['exec', '-u', '0', id, 'sh', '-c', 'touch /x'], { encoding: 'utf8' })
      equal(touched.stderr.includes('Read-only'), true)
    })
  }
}

async function proveSegments({ containers, exec }) {
  const [redis, accounts, posts, account] = ['redis', 'accounts-db', 'posts-db', 'account'].map(
    (of) => containers(of)[0],
  )
  const from = (service, host, to) => exec(service, 'node', '-e', connect(host, to))
  await check('[PKG3] a gateway reaches Redis and account', () => {
    equal([from('gateway', 'redis', 6379), from('gateway', 'account', 7000)], ['open', 'open'])
  })
  await check('[PKG3] a gateway reaches no database, by name or by address', () => {
    equal(from('gateway', 'accounts-db', 27_017), 'closed')
    equal(from('gateway', addressOf(accounts, 'accounts-db'), 27_017), 'closed')
    equal(from('gateway', addressOf(posts, 'posts-db'), 27_017), 'closed')
  })
  await check('[PKG3] account reaches its database and not the other', () => {
    equal(
      [from('account', 'accounts-db', 27_017), from('account', addressOf(posts, 'posts-db'), 27_017)],
      ['open', 'closed'],
    )
  })
  await check('[PKG3] the balancer reaches neither Redis nor a service', () => {
    for (const [container, network, to] of [
      [redis, 'log', 6379],
      [account, 'app', 7000],
    ]) {
      const address = addressOf(container, network)
      equal(
        exec(
          'balancer',
          'bash',
          '-c',
          `timeout 2 bash -c ': < /dev/tcp/${address}/${to}' 2>/dev/null && echo open || echo closed`,
        ),
        'closed',
      )
    }
  })
  await check('[PKG3] a gateway has no way out', () => equal(from('gateway', '192.0.2.1', 80), 'closed'))
  await check('[PKG10] 8080 answers people, and nobody else', async () => {
    equal(await statusOf('/'), 200)
    for (const path of ['/metrics', '/readyz', '/livez', '/rpc/account']) equal(await statusOf(path), 404)
  })
}

async function proveRepair({ containers }, kinds) {
  for (const kind of kinds)
    await check(`[PKG5] ${kind} killed under load comes back`, async () => {
      const [id] = containers(kind)
      const before = Number(inspect(id, '{{.RestartCount}}'))
      process.kill(Number(inspect(id, '{{.State.Pid}}')), 'SIGKILL')
      const began = Date.now()
      await eventually(
        () =>
          equal(
            [Number(inspect(id, '{{.RestartCount}}')) > before, inspect(id, '{{.State.Health.Status}}')],
            [true, 'healthy'],
          ),
        120,
      )
      return `${((Date.now() - began) / 1_000).toFixed(1)} s`
    })
}

async function proveScaling({ compose, containers }, back) {
  for (const count of [5, back])
    await check(`scaled to ${count} gateways under load`, async () => {
      compose('up', '-d', '--no-recreate', '--no-build', '--scale', `gateway=${count}`)
      await eventually(
        () =>
          equal(
            containers('gateway').map((id) => inspect(id, '{{.State.Health.Status}}')),
            Array(count).fill('healthy'),
          ),
        90,
      )
    })
}

async function proveSecrets({ containers, exec }) {
  await check('[PKG6] no secret stands in an environment or a command', () => {
    const folder = join(root, 'secrets')
    const values = readdirSync(folder)
      .filter((of) => of !== 'redis_users')
      .map((of) => readFileSync(join(folder, of), 'utf8'))
    for (const id of containers()) {
      const text = inspect(id, '{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}}')
      equal(
        values.filter((value) => text.includes(value)),
        [],
      )
    }
  })
  await check('[PKG6] Redis lets nobody in without a name', () =>
    equal(exec('redis', 'redis-cli', 'get', 'x').includes('NOAUTH'), true),
  )
  await check('[PKG6] MongoDB lets nobody in without a password', () => {
    const ask = `import('mongoose').then(({ default: { mongo } }) => new mongo.MongoClient('mongodb://accounts-db:27017/accounts', { directConnection: true }).db().collection('users').findOne())
      .then(() => console.log('open'), (error) => console.log(error.code)).finally(() => process.exit())`
    equal(exec('account', 'node', '-e', ask), '13')
  })
}

async function proveBackups({ compose, exec }, load) {
  await check('a backup is made, and restores', () => {
    exec('backup', 'node', 'apps/server/bin/skein.mjs', 'backup', 'now')
    return exec('backup', 'node', 'apps/server/bin/skein.mjs', 'backup', 'verify')
  })
  await check('a restore as the runbook says it brings everything back', async () => {
    compose('stop', 'balancer', 'gateway', 'post', 'account', 'timeline', 'backup')
    compose('run', '--rm', 'restore', 'latest', '--replace', '--yes')
    compose('up', '-d', '--no-build', '--wait')
    await load.readAnew()
  })
}

async function proveRotation({ compose }, load) {
  await check('[PKG8] after a rotation of the secrets everything works with the new ones', async () => {
    execFileSync(process.execPath, ['scripts/secrets.mjs', '--rotate'], { cwd: root })
    compose('up', '-d', '--no-build', '--force-recreate', '--wait')
    await load.readAnew()
  })
}

async function prove(title, files, isOurs) {
  console.log(`\n${title}`)
  const it = composition(files)
  it.compose('--profile', '*', 'down', '-v', '--remove-orphans')
  const began = Date.now()
  await check('up -d --wait', () => {
    it.compose('up', '-d', '--build', '--wait')
    return `${((Date.now() - began) / 1_000).toFixed(0)} s`
  })
  try {
    await proveParts(it, [
      'balancer',
      'gateway',
      'account',
      'post',
      'timeline',
      'redis',
      'accounts-db',
      'posts-db',
      'backup',
    ])
    await proveSegments(it)
    if (files.length > 1) await proveSecrets(it)
    const gateways = it.containers('gateway').length
    const load = await startLoad(url)
    await proveScaling(it, gateways)
    await proveRepair(it, kinds)
    await check(
      'what was acknowledged meanwhile is there, once, live and on the page, in the order of its author',
      () => load.settle(),
    )
    await proveBackups(it, load)
    if (isOurs) await proveRotation(it, load)
  } catch (thrown) {
    failed++
    console.log(`FAIL ${title} could not go on: ${thrown.message}`)
  } finally {
    if (process.env.SKEIN_PROVE_KEEP !== '1') {
      it.compose('--profile', '*', 'down', '-v', '--remove-orphans')
      await check('down leaves nothing', () => {
        const label = `label=com.docker.compose.project=${project}`
        equal(
          [
            docker('ps', '-aq', '--filter', label),
            docker('network', 'ls', '-q', '--filter', label),
            docker('volume', 'ls', '-q', '--filter', label),
          ],
          ['', '', ''],
        )
      })
    }
  }
}

const [only] = process.argv.slice(2)
if (only !== 'production') await prove('development', ['docker-compose.yml'], false)
if (only !== 'development') {
  const isOurs = !existsSync(join(root, 'secrets'))
  if (isOurs) execFileSync(process.execPath, ['scripts/secrets.mjs'], { cwd: root })
  await prove('production', ['docker-compose.yml', 'docker-production.yml'], isOurs)
  if (isOurs) rmSync(join(root, 'secrets'), { recursive: true })
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
