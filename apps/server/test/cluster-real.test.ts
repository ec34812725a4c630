import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@skein/platform/testing'
import { requireRedis } from '@skein/platform/testing/redis'
import { findMongod } from '@skein/platform/mongo'
import { expect } from 'chai'
import { bundledSkein } from '../../../test/support/bundle.js'
import { collect, type Collected } from '../../../test/support/collect.js'
import { Closing, signUpAll, type Person } from '../../../test/support/people.js'
import { startCluster, type Cluster } from '../src/cluster/index.js'
import { isAlive } from './cluster-fakes.js'

const patientMs = 40_000
const hasHaproxy = spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status === 0

describe(`a cluster with redis-server, MongoDB and HAProxy`, function () {
  this.timeout(180_000)
  let dir: string
  let cluster: Cluster | undefined
  let closing: Closing
  let author: Person
  let reader: Person
  let heard: Collected

  before(async function () {
    requireRedis(this)
    if (!hasHaproxy || (await findMongod()) === null) {
      const message = 'haproxy or a MongoDB was not found: install them to run this suite'
      if (process.env['SKEIN_REQUIRE_ENGINES'] === '1') throw new Error(message)
      process.stdout.write(`      skipped: ${message}\n`)
      this.skip()
    }
    const { NODE_OPTIONS: _, ...env } = process.env
    dir = await mkdtemp(join(tmpdir(), 'skein-cluster-'))
    cluster = await startCluster({
      dataDir: dir,
      port: 0,
      skein: { command: process.execPath, args: [await bundledSkein()] },
      env: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SKEIN_'))),
      settings: {
        all: { 'auth.passwordMemoryKiB': 8, 'auth.passwordPasses': 1, 'live.drainGraceMs': 100 },
        gateway: { 'limits.signUpsPerHour': 1_000 },
      },
    })
    closing = new Closing()
    const [one, two] = await signUpAll(closing, cluster.url, ['ada', 'rea'])
    if (one === undefined || two === undefined) throw new Error('nobody signed up')
    author = one
    reader = two
    await reader.client.users.follow('ada', true)
    heard = await collect(reader.client, 'home')
  })

  after(async () => {
    await closing?.[Symbol.asyncDispose]()
    await cluster?.close()
    if (dir !== undefined) await rm(dir, { recursive: true, force: true })
  })

  const running = (): Cluster => {
    if (cluster === undefined) throw new Error('no cluster')
    return cluster
  }
  /** With what any test wrote before. */
  const written: string[] = []
  const post = async (text: string): Promise<void> => {
    written.push(text)
    await author.client.posts.create(text)
  }
  const allHeard = () => eventually(() => heard.texts().length >= written.length, patientMs)

  it('[CLU1] [CLU11] two of each run; a post written through the one address arrives live', async () => {
    expect(
      running()
        .parts()
        .filter(({ state }) => state !== 'ready'),
    ).to.deep.equal([])
    expect(running().parts().length).to.equal(11)
    await post('hello')
    await allHeard()
    expect(heard.texts()).to.deep.equal(written)
  })

  it('[CLU4] [CLU11] each gateway is killed in turn: the client comes back, nothing is missed, nothing twice', async () => {
    for (const name of ['gateway-1', 'gateway-2']) {
      await running().kill(name)
      for (let n = 0; n < 5; n += 1) await post(`${name} was killed, ${n}`)
      await allHeard()
      await eventually(
        () =>
          running()
            .parts()
            .every(({ state }) => state === 'ready'),
        patientMs,
      )
    }
    expect(heard.texts()).to.deep.equal(written)
    expect(heard.of('gap')).to.deep.equal([])
  })

  it('[CLU12] what is internal is not there for people, and they are sent only where it is ready', async () => {
    for (const path of ['/metrics', '/readyz', '/rpc/x', '//livez', '/%72eadyz'])
      expect((await fetch(running().url + path)).status, path).to.equal(404)
    await running().stop('gateway-1')
    for (let n = 0; n < 10; n += 1)
      expect((await fetch(`${running().url}/v1/feeds/public`, { headers: { connection: 'close' } })).status).to.equal(
        200,
      )
    await running().start('gateway-1')
  })

  it('[CLU3] [CLU9] no secret stands in a command line; closing leaves no process', async () => {
    const parts = running().parts()
    const pids = parts.map(({ pid }) => pid)
    if (process.platform === 'linux')
      for (const pid of pids)
        expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.to.match(/[0-9a-f]{64}|redis:\/\//)
    await closing[Symbol.asyncDispose]()
    await running().pause('account-1')
    await running().close()
    expect(pids.filter(isAlive)).to.deep.equal([])
  })
})
