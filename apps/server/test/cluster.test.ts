import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { askCluster, startCluster, type Cluster, type Part } from '../src/cluster/index.js'
import { createPartsView, tableOf } from '../src/cluster/table.js'
import { Fakes, isAlive } from './cluster-fakes.js'

const patientMs = 15_000

function partOf(cluster: Cluster, name: string): Part {
  const part = cluster.parts().find((own) => own.name === name)
  if (part === undefined) throw new Error(`no part ${name}`)
  return part
}

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
  throw new Error('it did not fail')
}

async function visit(url: string): Promise<{ pid: number; argv: string[]; secret: string; account: string }> {
  const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) })
  return (await answer.json()) as { pid: number; argv: string[]; secret: string; account: string }
}

describe('a cluster of processes that only pretend', function () {
  this.timeout(60_000)
  let fakes: Fakes
  beforeEach(async () => (fakes = await Fakes.make()))
  afterEach(() => fakes[Symbol.asyncDispose]())

  const journal = async (): Promise<string[]> => (await readFile(fakes.journal, 'utf8')).trim().split('\n')
  /** What kind each line is about, runs of one kind being one. */
  const groupsOf = (lines: readonly string[], word: string): string[] =>
    lines
      .filter((line) => line.startsWith(word))
      .map((line) => {
        const name = line.split(' ')[1] ?? ''
        return name === 'gateway' ? name : name === 'redis' || name === 'mongo' ? 'engine' : 'service'
      })
      .filter((kind, i, all) => kind !== all[i - 1])

  it('[CLU1] [CLU2] starts two of each role behind one address, engines first and gateways last', async () => {
    const cluster = await fakes.start()
    const names = cluster.parts().map(({ name }) => name)
    expect(names).to.deep.equal(
      ['gateway', 'account', 'post', 'timeline'].flatMap((role) => [`${role}-1`, `${role}-2`]).concat('redis', 'mongo'),
    )
    expect(cluster.parts().filter(({ state, pid }) => state !== 'ready' || !isAlive(pid))).to.deep.equal([])
    expect(groupsOf(await journal(), 'ready')).to.deep.equal(['engine', 'service', 'gateway'])
    const pids = [await visit(cluster.url), await visit(cluster.url)].map(({ pid }) => pid)
    expect(pids).to.have.members([partOf(cluster, 'gateway-1').pid, partOf(cluster, 'gateway-2').pid])
  })

  it('[CLU2] [CLU9] ends gateways first and engines last, leaves no process, and closes once', async () => {
    const cluster = await fakes.start()
    const pids = cluster.parts().map(({ pid }) => pid)
    await cluster.pause('gateway-2')
    await Promise.all([cluster.close(), cluster.close()])
    expect(pids.filter(isAlive)).to.deep.equal([])
    expect(groupsOf(await journal(), 'ended')).to.deep.equal(['gateway', 'service', 'engine'])
    expect(await failure(visit(cluster.url))).to.contain('fetch failed')
  })

  it('[CLU3] settings and the secret come as variables, the same secret for all, and no argument tells it', async () => {
    const cluster = await fakes.start({ replicas: { account: 3 } })
    const [one, two] = [await visit(cluster.url), await visit(cluster.url)]
    expect(one.argv).to.deep.equal(['start'])
    expect(one.secret)
      .to.match(/^[0-9a-f]{64}$/)
      .and.to.equal(two.secret)
    const accounts = cluster.parts().filter(({ name }) => name.startsWith('account-'))
    expect(one.account).to.equal(accounts.map(({ port }) => `127.0.0.1:${port}`).join(','))
  })

  it('[CLU4] a part that is killed comes back by itself, and is counted', async () => {
    const cluster = await fakes.start()
    const { pid } = partOf(cluster, 'post-1')
    await cluster.kill('post-1')
    expect(isAlive(pid)).to.equal(false)
    await eventually(() => partOf(cluster, 'post-1').state === 'ready', patientMs)
    expect(partOf(cluster, 'post-1').restarts).to.equal(1)
    expect(partOf(cluster, 'post-1').pid).not.to.equal(pid)
  })

  it('[CLU4] with restart off it stays away until it is started', async () => {
    const cluster = await fakes.start({ restart: false })
    await cluster.kill('gateway-1')
    await eventually(() => partOf(cluster, 'gateway-1').state === 'stopped', patientMs)
    const other = partOf(cluster, 'gateway-2').pid
    expect([(await visit(cluster.url)).pid, (await visit(cluster.url)).pid]).to.deep.equal([other, other])
    await cluster.start('gateway-1')
    expect(partOf(cluster, 'gateway-1')).to.include({ state: 'ready', restarts: 0 })
  })

  it('[CLU5] a stopped part stays away, a paused one holds its process and gets nobody', async () => {
    const cluster = await fakes.start()
    await cluster.stop('gateway-1')
    expect(partOf(cluster, 'gateway-1')).to.include({ state: 'stopped', pid: 0 })
    await cluster.start('gateway-1')
    const before = partOf(cluster, 'gateway-2').pid
    await cluster.pause('gateway-2')
    const own = partOf(cluster, 'gateway-1').pid
    expect([(await visit(cluster.url)).pid, (await visit(cluster.url)).pid]).to.deep.equal([own, own])
    await cluster.resume('gateway-2')
    await eventually(() => partOf(cluster, 'gateway-2').state === 'ready', patientMs)
    expect(partOf(cluster, 'gateway-2').pid).to.equal(before)
    expect(await failure(cluster.kill('gateway-9')))
      .to.contain('gateway-9')
      .and.contain('account-1')
  })

  it('[CLU6] a part that ends while the cluster starts is named with its last words, and nothing is left', async () => {
    const plan = fakes.plan()
    const message = await failure(startCluster({ ...plan, env: { ...plan.env, BROKEN: 'timeline' } }))
    expect(message)
      .to.match(/timeline-[12] ended with 78/)
      .and.contain('the setting of timeline is wrong')
    const lines = await journal()
    expect(lines.filter((line) => line.startsWith('ended')).length).to.equal(
      lines.filter((line) => line.startsWith('ready')).length,
    )
  })

  it('[CLU6] a taken port and a missing HAProxy are said with the remedy, before anything is started', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await failure(startCluster(fakes.plan({ port }))))
      .to.contain(`Port ${port}`)
      .and.contain('--port')
    other.close()
    const { programs = {}, ...plan } = fakes.plan({ haproxy: true })
    const message = await failure(startCluster({ ...plan, programs: { ...programs, haproxy: 'no-such-haproxy' } }))
    expect(message).to.contain('no-such-haproxy').and.contain('--no-haproxy')
    expect(await failure(readFile(fakes.journal))).to.contain('ENOENT')
  })

  it('[CLU7] a second process sees the parts and acts on them, if it can read the token', async () => {
    const cluster = await fakes.start()
    const { dataDir } = fakes.plan()
    expect((await askCluster(dataDir)).map(({ name }) => name)).to.deep.equal(cluster.parts().map(({ name }) => name))
    const parts = await askCluster(dataDir, { action: 'stop', name: 'account-2' })
    expect(parts.find(({ name }) => name === 'account-2')?.state).to.equal('stopped')
    expect(await failure(askCluster(dataDir, { action: 'kill', name: 'nobody' }))).to.contain('no part nobody')
    expect(await failure(askCluster(dataDir, { action: 'kill', name: 'post-1', signal: 'LOUD' }))).to.contain(
      'no signal',
    )
    const file = join(dataDir, 'cluster.json')
    expect((await stat(file)).mode & 0o077).to.equal(0)
    const { control } = JSON.parse(await readFile(file, 'utf8')) as { control: { port: number } }
    const refused = await fetch(`http://127.0.0.1:${control.port}/stop/post-1`, { method: 'POST' })
    expect(refused.status).to.equal(401)
    expect(partOf(cluster, 'post-1').state).to.equal('ready')
    await cluster.close()
    expect(await failure(askCluster(dataDir))).to.contain('No cluster runs')
  })

  it('[CLU8] what a killed supervisor left is ended by the next start; a living one is not disturbed', async () => {
    const { programs: _, ...plan } = fakes.plan()
    const script = fileURLToPath(new URL('cluster-supervisor.ts', import.meta.url))
    const asked = JSON.stringify({ plan, engine: join(fakes.dir, 'engine.mjs'), journal: fakes.journal })
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', script, asked], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    const pids = JSON.parse(said.toString()) as number[]
    expect(await failure(startCluster(fakes.plan()))).to.contain(`process ${child.pid}`)
    expect(pids.filter(isAlive)).to.deep.equal(pids)
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    const cluster = await fakes.start()
    expect(pids.filter(isAlive)).to.deep.equal([])
    expect(cluster.leftovers.length).to.equal(pids.length)
  })

  it('[CLU8] a number that is another process by now is not ended', async () => {
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' })
    const { dataDir } = fakes.plan()
    await mkdir(dataDir, { recursive: true })
    const gone = { name: 'supervisor', pid: bystander.pid, bornAt: '1' }
    const content = { supervisor: gone, control: { port: 1, token: 'x' }, parts: [{ ...gone, name: 'redis' }] }
    await writeFile(join(dataDir, 'cluster.json'), JSON.stringify(content))
    const cluster = await fakes.start()
    expect(cluster.leftovers).to.deep.equal([])
    expect(bystander.exitCode ?? bystander.signalCode).to.equal(null)
    bystander.kill('SIGKILL')
  })

  it('[CLU10] the table has a line a part with its connections; elsewhere each change of a state is a line', async () => {
    const cluster = await fakes.start()
    await eventually(() => partOf(cluster, 'gateway-1').connections === 3, patientMs)
    const line = tableOf(cluster.parts()).find((text) => text.includes('gateway-1')) ?? ''
    const { pid, port } = partOf(cluster, 'gateway-1')
    expect(line.trim().split(/ +/)).to.deep.equal(['gateway-1', String(pid), String(port), 'ready', '0', '3'])
    let plain = ''
    const view = createPartsView(
      { isTTY: false, write: (text: unknown) => Boolean((plain += String(text))) },
      () => new Date(0),
    )
    view(cluster.parts())
    plain = ''
    await cluster.stop('post-2')
    view(cluster.parts())
    view(cluster.parts())
    expect(plain).to.equal('1970-01-01T00:00:00.000Z post-2 stopped\n')
  })
})
