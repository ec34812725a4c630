import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, type Cluster, type ClusterPlan, type EngineProgram } from '../src/cluster/index.js'

/** Reads nothing but its variables; writes when it began and ended, so that orders can be seen. */
const roleProgram = `
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
const { SKEIN_ROLE: role, SKEIN_OPS_PORT: ops, SKEIN_PORT: port, SKEIN_RPC_PORT: rpc, JOURNAL, BROKEN } = process.env
const note = (word) => appendFileSync(JOURNAL, word + ' ' + role + '\\n')
if (BROKEN === role) { console.error('the setting of ' + role + ' is wrong'); process.exit(78) }
const ready = createServer((request, response) => {
  response.statusCode = 200
  response.end(request.url === '/metrics' ? 'skein_ws_connections 3\\n' : '')
})
ready.on('listening', () => note('ready'))
const own = createServer((request, response) => response.end(JSON.stringify({ pid: process.pid, argv: process.argv.slice(2), secret: process.env.SKEIN_SERVICE_SECRET, account: process.env.SKEIN_SERVICES_ACCOUNT })))
own.listen(Number(port ?? rpc), '127.0.0.1', () => ready.listen(Number(ops), '127.0.0.1'))
process.on('SIGTERM', () => { note('ended'); process.exit(0) })
`

const engineProgram = `
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'
const [name, port, journal] = process.argv.slice(2)
const note = (word) => appendFileSync(journal, word + ' ' + name + '\\n')
const server = createServer((socket) => { socket.on('error', () => {}); socket.on('data', () => socket.end('+PONG\\r\\n')) })
setTimeout(() => server.listen(Number(port), '127.0.0.1', () => note('ready')), 200)
process.on('SIGTERM', () => { note('ended'); process.exit(0) })
`

/** A folder with programs that only pretend, and clusters of them. */
export class Fakes implements AsyncDisposable {
  readonly dir: string
  readonly journal: string
  readonly #clusters: Cluster[] = []

  private constructor(dir: string) {
    this.dir = dir
    this.journal = join(dir, 'journal')
  }

  static async make(): Promise<Fakes> {
    const dir = await mkdtemp(join(tmpdir(), 'skein-cluster-'))
    await writeFile(join(dir, 'role.mjs'), roleProgram)
    await writeFile(join(dir, 'engine.mjs'), engineProgram)
    return new Fakes(dir)
  }

  plan(over: Partial<ClusterPlan> = {}): ClusterPlan {
    const { NODE_OPTIONS: _, ...env } = process.env
    return {
      dataDir: join(this.dir, 'data'),
      port: 0,
      haproxy: false,
      skein: { command: process.execPath, args: [join(this.dir, 'role.mjs')] },
      env: { ...env, JOURNAL: this.journal },
      programs: { redis: this.#engine('redis'), mongo: this.#engine('mongo') },
      ...over,
    }
  }

  async start(over: Partial<ClusterPlan> = {}): Promise<Cluster> {
    const cluster = await startCluster(this.plan(over))
    this.#clusters.push(cluster)
    return cluster
  }

  #engine(name: string): EngineProgram {
    return {
      command: process.execPath,
      argsFor: (port) => [join(this.dir, 'engine.mjs'), name, String(port), this.journal],
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cluster of this.#clusters) await cluster.close()
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** Whether it runs: one that ended and whose parent has not asked for its end yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isEnded(pid)
  } catch {
    return false
  }
}

function isEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
