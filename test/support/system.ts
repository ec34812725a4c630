import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@skein/platform/testing'
import { loadConfig } from '@skein/platform'
import { serverConfig, startEmbedded, type Embedded, type ServerConfig } from '@skein/server'
import { bundledSkein } from './bundle.js'
import { clusterStores, startClusterSystem, type ClusterStores, type ClusterSystem } from './cluster-system.js'

export type Settings = Partial<ServerConfig>

export interface SystemOptions {
  readonly settings?: Settings
  /** The folder of the built page. */
  readonly webRoot?: string
}

/**
 * The whole system in this process, over data of its own, which goes with it: embedded over one file, or, with
 * `SKEIN_TEST_WIRING=cluster`, two of each role over Redis and MongoDB.
 */
export interface System extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Stops it; the folder stays. */
  stop(): Promise<void>
  /** Starts it again over the same folder on the same port. */
  start(): Promise<void>
}

/** The whole system as a process of its own, to be killed. */
export interface Spawned extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly opsPort: number
  readonly dataDir: string
  /** Of the replicated wiring: where its data is. */
  readonly stores: ClusterStores | undefined
  readonly pid: number
  /** What it wrote to stderr so far, over all runs. */
  readonly errors: string
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM. Resolves to the exit code. */
  stop(): Promise<number | null>
  start(): Promise<void>
}

/** Passwords that cost nothing and rates that no test reaches. */
const fast: Settings = {
  'auth.passwordMemoryKiB': 8,
  'auth.passwordPasses': 1,
  'limits.ipPerMinute': 10_000_000,
  'limits.userPerMinute': 10_000_000,
  'limits.postsPerMinute': 10_000_000,
  'limits.signInsPer5Minutes': 10_000_000,
  'limits.signUpsPerHour': 10_000_000,
  'live.drainGraceMs': 100,
  'log.level': 'error',
}

function flagsOf(settings: Settings): string[] {
  const byKey = new Map(serverConfig.items.map((item) => [item.key, item.flag]))
  return Object.entries(settings).map(([key, value]) => {
    const flag = byKey.get(key)
    if (flag === undefined) throw new Error(`no setting ${key}`)
    return `${flag}=${String(value)}`
  })
}

export function configOf(settings: Settings): ServerConfig {
  return loadConfig(serverConfig, { env: {}, argv: flagsOf({ ...fast, ...settings }) }).values
}

/** A new folder, in memory where the machine has such: for tests that say nothing about the disk. */
function newFolder(): Promise<string> {
  return mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'skein-test-'))
}

export const isCluster = process.env['SKEIN_TEST_WIRING'] === 'cluster'

/**
 * How long a page of home may be behind the sockets: a stored one until its reader goes to the database instead (2 s), one
 * that is always read from the database not at all.
 */
export const homeLagMs = isCluster ? 3_000 : 0

export async function startSystem({ settings = {}, webRoot }: SystemOptions = {}): Promise<System> {
  const dataDir = await newFolder()
  const web = webRoot === undefined ? {} : { webRoot }
  const system = isCluster
    ? await startClusterSystem({ settings: configOf(settings), ...web })
    : await startEmbeddedSystem({ ...settings, dataDir, 'ops.port': 0 }, web)
  return {
    url: `http://127.0.0.1:${system.port}`,
    port: system.port,
    stop: () => system.stop(),
    start: () => system.start(),
    async [Symbol.asyncDispose]() {
      await system.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function startEmbeddedSystem(settings: Settings, web: { readonly webRoot?: string }): Promise<ClusterSystem> {
  const run = (port: number) => startEmbedded(configOf({ ...settings, port }), { version: '0.0.0-test', ...web })
  let server: Embedded | undefined = await run(0)
  const { port } = server
  async function stop(): Promise<void> {
    const running = server
    server = undefined
    await running?.close()
  }
  return {
    port,
    stop,
    start: async () => {
      server = await run(port)
    },
    close: stop,
  }
}

export async function spawnSystem(settings: Settings = {}, where: 'memory' | 'disk' = 'memory'): Promise<Spawned> {
  const stores = isCluster ? await clusterStores() : undefined
  const dataDir = where === 'memory' ? await newFolder() : await mkdtemp(join(tmpdir(), 'skein-test-'))
  let port = 0
  let opsPort = 0
  let errors = ''
  let child: ChildProcess | undefined
  async function start(): Promise<void> {
    const argv = flagsOf({ ...fast, ...settings, dataDir, port, 'ops.port': 0 })
    const own = spawn(process.execPath, [await bundledSkein(), 'start', ...argv], {
      cwd: dataDir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...childEnvironment(), ...stores?.env },
    })
    child = own
    own.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    ;[port, opsPort] = await readyPorts(own, () => errors)
  }
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const own = child
    if (own === undefined || own.exitCode !== null || own.signalCode !== null) return own?.exitCode ?? null
    const gone = once(own, 'exit')
    own.kill(signal)
    await gone
    return own.exitCode
  }
  await start()
  return {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    get port() {
      return port
    },
    get opsPort() {
      return opsPort
    },
    dataDir,
    stores,
    get pid() {
      return child?.pid ?? 0
    },
    get errors() {
      return errors
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    start,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Without the flags of the test runner, which would reach the child too. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SKEIN_')))
}

/** The ports it says it listens on, once it says that it is ready. */
async function readyPorts(child: ChildProcess, errors: () => string): Promise<[number, number]> {
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  return await eventually(() => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${errors()}`)
    const [port, opsPort] = [...said.matchAll(/[a-z0-9.]+:(\d+)(?:,|\n)/g)].map((found) => Number(found[1]))
    if (!said.includes(' ready in ') || port === undefined || opsPort === undefined)
      throw new Error(`not ready: ${said}`)
    return [port, opsPort]
  }, 15_000)
}

/** One figure of what the process measures of itself, its labels summed. */
export async function readMetric(opsPort: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  const values = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  if (values.length === 0) throw new Error(`no metric ${name}`)
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Whether anything takes connections there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
