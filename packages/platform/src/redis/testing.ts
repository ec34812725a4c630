import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServerProcess, type ServerProcess } from '../testing/server-process.js'

/** A real redis-server of one's own on a free port of this machine, over a folder of its own, which goes with it. */
export interface TestRedis extends ServerProcess {
  readonly url: string
  readonly port: number
  readonly dir: string
}

export interface TestRedisOptions {
  /** Append-only file: `no` when absent. */
  readonly aof?: 'no' | 'everysec' | 'always'
  readonly port?: number
  readonly args?: readonly string[]
}

/** Whether this machine has a redis-server; suites that need one say so when it has not. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0

/**
 * For the top of a suite: the suite is skipped on a machine without redis-server, and says so.
 * @throws there when SKEIN_REQUIRE_ENGINES=1, so that nobody takes a skipped suite for a passed one
 */
export function requireRedis(suite: { skip(): void }): void {
  if (hasRedis()) return
  const message = 'redis-server was not found: install it (Debian: redis-server) to run this suite'
  if (process.env['SKEIN_REQUIRE_ENGINES'] === '1') throw new Error(message)
  process.stdout.write(`      skipped: ${message}\n`)
  suite.skip()
}

export async function startRedis({ aof = 'no', port, args = [] }: TestRedisOptions = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'skein-redis-'))
  const own = port ?? (await freePort())
  const persistence = aof === 'no' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', aof]
  const base = ['--port', String(own), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--loglevel', 'warning']
  const server = createServerProcess({
    command: 'redis-server',
    args: [...base, ...persistence, ...args],
    dir,
    answers: () => answers(own),
    readyTimeoutMs: 10_000,
  })
  await server.start()
  return Object.assign(server, { url: `redis://127.0.0.1:${own}`, port: own, dir })
}

function answers(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(500, () => socket.destroy(new Error('no answer')))
    socket.once('data', (data) => {
      socket.destroy()
      if (data.toString().startsWith('+PONG')) done()
      else fail(new Error(data.toString()))
    })
    socket.once('error', fail)
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
