import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@skein/client'
import { describeConfig, loadConfig } from '@skein/platform'
import { expect } from 'chai'
import { serverConfig } from '../src/config.js'
import { fillDemo } from '../src/demo/fill.js'
import { startEmbedded } from '../src/embedded.js'
import { main } from '../src/main.js'

type Said = { out: string; err: string; exitCode: number }

/** Runs the command in this process and gives what it printed. */
async function skein(...argv: string[]): Promise<Said> {
  const said: Said = { out: '', err: '', exitCode: 0 }
  const { log, error } = console
  console.log = (...words: unknown[]) => void (said.out += `${words.join(' ')}\n`)
  console.error = (...words: unknown[]) => void (said.err += `${words.join(' ')}\n`)
  try {
    await main(argv)
    return { ...said, exitCode: Number(process.exitCode ?? 0) }
  } finally {
    console.log = log
    console.error = error
    process.exitCode = 0
  }
}

const cheap = ['--auth-password-memory-ki-b', '8', '--auth-password-passes', '1']

describe('the skein command', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skein-command-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const settings = (...more: string[]) =>
    loadConfig(serverConfig, {
      env: {},
      argv: ['--data-dir', folder, '--port', '0', '--ops-port', '0', ...cheap, ...more],
    }).values

  it('[SRV1] names every wrong value at once, with exit code 78', async () => {
    const said = await skein('config', 'check', '--port', '99999', '--log-level', 'loud', '--nothing', '1')
    expect(said.exitCode).to.equal(78)
    for (const part of ['port: got 99999', 'log.level: got "loud"', '--nothing']) expect(said.err).to.include(part)
  })

  it('[SRV1] says so when the settings are fine', async () => {
    expect(await skein('config', 'check', '--port', '1234')).to.deep.include({ exitCode: 0, err: '' })
  })

  it('[SRV2] an unknown command and a missing argument are exit code 2 and point to the help', async () => {
    for (const argv of [['nope'], ['tail'], ['user', 'create']]) {
      const said = await skein(...argv)
      expect(said.exitCode, argv.join(' ')).to.equal(2)
      expect(said.err).to.include('skein help')
    }
  })

  it('[SRV3] help names every command and start --help every setting, uncoloured', async () => {
    const { out } = await skein('help')
    for (const command of ['start', 'demo', 'tail', 'user', 'token', 'config', 'doctor', 'version'])
      expect(out).to.include(command)
    const start = await skein('start', '--help')
    for (const item of serverConfig.items) expect(start.out).to.include(item.isSecret ? item.env : item.flag)
    expect(out + start.out).not.to.include('\u001B')
  })

  it('[SRV4] a taken port is one line with the remedy', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as AddressInfo
    const said = await skein('start', '--port', String(port), '--ops-port', '0', '--data-dir', folder, ...cheap)
    other.close()
    expect(said.exitCode).to.equal(78)
    expect(said.err.trim().split('\n')).to.have.length(1)
    expect(said.err).to.include(`Port ${port} is taken`).and.to.include('--port 8081')
  })

  it('[SRV4] a folder that cannot be made is one line with the remedy', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const said = await skein('start', '--port', '0', '--ops-port', '0', '--data-dir', join(file, 'below'), ...cheap)
    expect(said.exitCode).to.equal(78)
    expect(said.err.trim().split('\n')).to.have.length(1)
    expect(said.err).to.include('--data-dir')
  })

  it('[SRV5] people and tokens are made beside a running server, and the token signs a program in', async () => {
    const server = await startEmbedded(settings(), { version: 'test' })
    try {
      const made = await skein('user', 'create', 'robot', '--name', 'A robot', '--data-dir', folder, ...cheap)
      expect(made.out).to.match(/^@robot \(user\) was made\. Password: \S{16}\n$/)
      const promoted = await skein('user', 'promote', 'robot', '--data-dir', folder, ...cheap)
      expect(promoted.out).to.include('@robot is an operator')
      const token = await skein('token', 'create', 'robot', '--data-dir', folder, ...cheap)
      await using client = createClient({ url: `http://127.0.0.1:${server.port}` })
      const me = await client.auth.useRefreshToken(token.out.trim())
      expect(me).to.deep.include({ handle: 'robot', name: 'A robot', role: 'operator' })
    } finally {
      await server.close()
    }
  })

  it('[SRV6] demo fills an empty folder once, and leaves anyone else’s data alone', async () => {
    const server = await startEmbedded(settings(), { version: 'test' })
    try {
      expect(await fillDemo(server.core)).to.equal(true)
      const { port } = server
      await using client = createClient({ url: `http://127.0.0.1:${port}` })
      const count = async () => (await allOf(client.timeline('public', { limit: 100 }))).length
      const posts = await count()
      expect(posts).to.equal(172)
      expect(await fillDemo(server.core)).to.equal(true)
      expect(await count()).to.equal(posts)
    } finally {
      await server.close()
    }
  })

  it('[SRV6] a folder with other people gets no demo', async () => {
    await skein('user', 'create', 'somebody', '--data-dir', folder, ...cheap)
    const server = await startEmbedded(settings(), { version: 'test' })
    try {
      expect(await fillDemo(server.core)).to.equal(false)
    } finally {
      await server.close()
    }
  })

  it('[SRV7] production names what is missing and what is too weak', async () => {
    const said = await skein('config', 'check', '--mode', 'production', ...cheap)
    expect(said.exitCode).to.equal(78)
    expect(said.err).to.include('service.secret').and.to.include('auth.passwordMemoryKiB')
  })

  it('[SRV8] docs/configuration.md is up to date', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
    expect(page).to.include(describeConfig(serverConfig, 'markdown'))
  })
})

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
