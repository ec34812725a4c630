import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { findMongod } from '@skein/platform/mongo'
import { serveControl, type ControlServer } from './control.js'
import { redisServer, specifyParts, type PartSpecs } from './part-specs.js'
import type { Cluster, ClusterPlan, EngineProgram, Part, PartControl } from './plan.js'
import { assertFree, freePorts } from './ports.js'
import { describeProcess, endLeftovers, removeRunFile, writeRunFile } from './run-file.js'
import { Supervised } from './supervised.js'
import { startTcpBalancer, type TcpBalancer } from './tcp-balancer.js'

const lookEveryMs = 500

/**
 * Starts the replicated system on this machine: Redis and MongoDB, then the services, then the gateways, then the balancer;
 * each group when all before it are ready. Resolves when people can come. When it fails, nothing is left running.
 * @throws Error naming the part and the end of its log, or the missing program and the remedy
 */
export async function startCluster(given: ClusterPlan): Promise<Cluster> {
  const plan = { ...given, dataDir: resolve(given.dataDir) }
  mkdirSync(plan.dataDir, { recursive: true, mode: 0o700 })
  const leftovers = await endLeftovers(plan.dataDir)
  const port = await takePort(plan.port ?? 8080)
  const programs = await findPrograms(plan)
  const specs = await specifyParts(plan, { ...programs, port })
  const supervisor = new Supervisor(plan, specs, port)
  const stop = (): void => void supervisor.close()
  plan.signal?.addEventListener('abort', stop, { once: true })
  try {
    await supervisor.start()
  } catch (thrown) {
    await supervisor.close()
    throw thrown
  } finally {
    plan.signal?.removeEventListener('abort', stop)
  }
  return supervisor.cluster({ leftovers, mongoKind: programs.mongoKind })
}

async function takePort(asked: number): Promise<number> {
  if (asked === 0) return (await freePorts(1))[0] ?? 0
  await assertFree(asked)
  return asked
}

interface Programs {
  readonly redis: EngineProgram
  readonly mongo: EngineProgram
  readonly mongoKind: string
  readonly haproxy: string | null
}

/** All that is missing is named at once. */
async function findPrograms({ programs = {}, haproxy = true, aof = 'no' }: ClusterPlan): Promise<Programs> {
  const redis = programs.redis ?? (isInstalled('redis-server', '--version') ? redisServer(aof) : null)
  const found = programs.mongo === undefined ? await findMongod() : { ...programs.mongo, kind: 'given' }
  const proxy = programs.haproxy ?? 'haproxy'
  const hasProxy = !haproxy || isInstalled(proxy, '-v')
  const missing = [
    ...(redis === null ? ['redis-server (Debian: apt-get install redis-server; macOS: brew install redis)'] : []),
    ...(found === null ? ['MongoDB (install mongod, or python3-venv for the stand-in)'] : []),
    ...(hasProxy
      ? []
      : [`${proxy} (Debian: apt-get install haproxy; macOS: brew install haproxy; or give --no-haproxy)`]),
  ]
  if (redis === null || found === null || missing.length > 0)
    throw new Error(`A cluster on this machine needs what was not found: ${missing.join('; ')}`)
  return { redis, mongo: found, mongoKind: found.kind, haproxy: haproxy ? proxy : null }
}

function isInstalled(command: string, flag: string): boolean {
  return spawnSync(command, [flag], { stdio: 'ignore' }).status === 0
}

class Supervisor implements PartControl {
  readonly #plan: ClusterPlan
  readonly #port: number
  readonly #groups: Readonly<Record<keyof PartSpecs, readonly Supervised[]>>
  readonly #all: readonly Supervised[]
  readonly #token = randomBytes(32).toString('hex')
  #control: ControlServer | undefined
  #balancer: TcpBalancer | undefined
  #looking: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #recorded = ''
  #isStarted = false

  constructor(plan: ClusterPlan, specs: PartSpecs, port: number) {
    this.#plan = plan
    this.#port = port
    const options = {
      restart: plan.restart ?? true,
      readyTimeoutMs: plan.readyTimeoutMs ?? 60_000,
      stopTimeoutMs: plan.stopTimeoutMs ?? 20_000,
      onChange: () => this.#changed(),
    }
    const watch = (group: keyof PartSpecs) => specs[group].map((spec) => new Supervised(spec, options))
    this.#groups = {
      engines: watch('engines'),
      services: watch('services'),
      gateways: watch('gateways'),
      balancers: watch('balancers'),
    }
    const { engines, services, gateways, balancers } = this.#groups
    this.#all = [...balancers, ...gateways, ...services, ...engines]
  }

  async start(): Promise<void>
  async start(name: string): Promise<void>
  async start(name?: string): Promise<void> {
    if (name !== undefined) return this.#named(name).start()
    this.#control = await serveControl(this, () => this.#parts(), this.#token)
    const { engines, services, gateways, balancers } = this.#groups
    const begin = async (group: readonly Supervised[]): Promise<void> => {
      if (this.#closing !== undefined || this.#plan.signal?.aborted === true)
        throw new Error('The cluster was told to stop while it started.')
      await all(group, (part) => part.start())
    }
    for (const group of [engines, services, gateways]) await begin(group)
    if (balancers.length === 0) this.#balancer = await startTcpBalancer(this.#port, () => this.#readyGateways())
    await begin(balancers)
    this.#isStarted = true
    this.#look()
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#named(name).kill(signal)
  }

  async stop(name: string): Promise<void> {
    await this.#named(name).stop()
  }

  async pause(name: string): Promise<void> {
    this.#named(name).pause()
  }

  async resume(name: string): Promise<void> {
    this.#named(name).resume()
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  cluster(facts: Pick<Cluster, 'leftovers' | 'mongoKind'>): Cluster {
    return {
      ...facts,
      url: `http://127.0.0.1:${this.#port}`,
      parts: () => this.#parts(),
      kill: (name, signal) => this.kill(name, signal),
      start: (name) => this.start(name),
      stop: (name) => this.stop(name),
      pause: (name) => this.pause(name),
      resume: (name) => this.resume(name),
      close: () => this.close(),
    }
  }

  async #end(): Promise<void> {
    clearTimeout(this.#looking)
    await this.#control?.close()
    const { engines, services, gateways, balancers } = this.#groups
    for (const group of [gateways, balancers, services, engines]) {
      await all(group, (part) => part.stop())
      if (group === gateways) await this.#balancer?.close()
    }
    clearTimeout(this.#looking)
    removeRunFile(this.#plan.dataDir)
  }

  #parts(): Part[] {
    return this.#all.map((part) => part.part())
  }

  #readyGateways(): number[] {
    return this.#groups.gateways
      .map((part) => part.part())
      .flatMap(({ state, port }) => (state === 'ready' ? [port] : []))
  }

  #named(name: string): Supervised {
    const found = this.#all.find((part) => part.spec.name === name)
    if (this.#closing !== undefined) throw new Error('The cluster is closing.')
    if (!this.#isStarted) throw new Error('The cluster is still starting: try again in a few seconds.')
    if (found === undefined)
      throw new Error(`There is no part ${name}. The parts: ${this.#all.map(({ spec }) => spec.name).join(', ')}`)
    return found
  }

  #look(): void {
    const again = (): void => {
      if (this.#closing === undefined) this.#look()
    }
    this.#looking = setTimeout(() => {
      void Promise.all(this.#all.map((part) => part.look())).then(again, again)
    }, lookEveryMs)
  }

  /** Written before anything else learns of it, so that the next start finds what this one left. */
  #changed(): void {
    const running = this.#parts().filter(({ pid }) => pid > 0)
    const now = running.map(({ name, pid }) => `${name} ${pid}`).join()
    if (now !== this.#recorded) {
      this.#recorded = now
      writeRunFile(this.#plan.dataDir, {
        supervisor: describeProcess('supervisor', process.pid),
        control: { port: this.#control?.port ?? 0, token: this.#token },
        parts: running.map(({ name, pid }) => describeProcess(name, pid)),
      })
    }
    this.#plan.onChange?.()
  }
}

/** Waits for all, then throws what the first that failed threw. */
async function all(parts: readonly Supervised[], act: (part: Supervised) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(parts.map(act))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
