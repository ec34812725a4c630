import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverConfig, type ServerConfig } from '../config.js'
import { haproxyConfig } from './haproxy-config.js'
import type { ClusterPlan, EngineProgram } from './plan.js'
import { freePorts } from './ports.js'
import { httpProbe, readGauge, tcpProbe } from './probes.js'
import { partRoles, type PartRole } from './roles.js'
import type { PartSpec } from './supervised.js'

export interface SpecDeps {
  readonly redis: EngineProgram
  readonly mongo: EngineProgram
  /** null: no such part. */
  readonly haproxy: string | null
  /** Of people. */
  readonly port: number
}

/** Everything that runs, by when it is started; a group after the other. */
export interface PartSpecs {
  readonly engines: readonly PartSpec[]
  readonly services: readonly PartSpec[]
  readonly gateways: readonly PartSpec[]
  readonly balancers: readonly PartSpec[]
}

interface Place {
  readonly role: PartRole
  readonly name: string
  readonly port: number
  readonly opsPort: number
}

/** Gives every part its ports, folder and settings. Secrets are made here and stand in variables alone. */
export async function specifyParts(plan: ClusterPlan, deps: SpecDeps): Promise<PartSpecs> {
  const names = partRoles.flatMap((role) =>
    Array.from({ length: plan.replicas?.[role] ?? 2 }, (_, i) => ({ role, name: `${role}-${i + 1}` })),
  )
  const ports = await freePorts(names.length * 2 + 3)
  const take = (): number => ports.pop() ?? 0
  const places = names.map((named) => ({ ...named, port: take(), opsPort: take() }))
  const redis = engineSpec(plan, 'redis', take(), deps.redis)
  const mongo = engineSpec(plan, 'mongo', take(), deps.mongo)
  const shared = sharedSettings(places, redis.port, mongo.port)
  const proxies = deps.haproxy === null ? 0 : 1
  const specs = places.map((place) =>
    skeinSpec(plan, place, settingsFor(plan, place, { ...shared, 'http.trustedProxies': proxies })),
  )
  const isGateway = ({ name }: PartSpec): boolean => name.startsWith('gateway-')
  return {
    engines: [redis, mongo],
    services: specs.filter((spec) => !isGateway(spec)),
    gateways: specs.filter(isGateway),
    balancers:
      deps.haproxy === null ? [] : [haproxySpec(plan, deps.haproxy, deps.port, take(), specs.filter(isGateway))],
  }
}

function sharedSettings(places: readonly Place[], redisPort: number, mongoPort: number): Partial<ServerConfig> {
  const addresses = (role: PartRole): string =>
    places
      .filter((place) => place.role === role)
      .map(({ port }) => `127.0.0.1:${port}`)
      .join(',')
  const mongo = (database: string): string => `mongodb://127.0.0.1:${mongoPort}/${database}?directConnection=true`
  return {
    mode: 'development',
    host: '127.0.0.1',
    'ops.host': '127.0.0.1',
    'rpc.host': '127.0.0.1',
    'service.secret': randomBytes(32).toString('hex'),
    'redis.url': `redis://127.0.0.1:${redisPort}`,
    'mongo.accountsUrl': mongo('skein-accounts'),
    'mongo.postsUrl': mongo('skein-posts'),
    'services.account': addresses('account'),
    'services.post': addresses('post'),
    'services.timeline': addresses('timeline'),
    'backup.everyHours': 0,
  }
}

function settingsFor(
  { settings = {}, dataDir }: ClusterPlan,
  { role, name, port, opsPort }: Place,
  shared: Partial<ServerConfig>,
): Partial<ServerConfig> {
  return {
    ...shared,
    ...settings['all'],
    ...settings[role],
    ...settings[name],
    role,
    dataDir: join(dataDir, name),
    'ops.port': opsPort,
    ...(role === 'gateway' ? { port } : { 'rpc.port': port }),
  }
}

function skeinSpec(plan: ClusterPlan, place: Place, settings: Partial<ServerConfig>): PartSpec {
  const { command, args } = wrapped(plan, place.name)
  const { name, port, opsPort, role } = place
  const env = { ...(plan.env ?? process.env), ...variablesOf(settings) }
  const counted = role === 'gateway' ? { countConnections: () => readGauge(opsPort, 'skein_ws_connections') } : {}
  return {
    ...placed(plan, name),
    cwd: process.cwd(),
    command,
    args: [...args, 'start'],
    env,
    port,
    opsPort,
    probe: httpProbe(`http://127.0.0.1:${opsPort}/readyz`),
    ...counted,
  }
}

function wrapped({ skein, wrap }: ClusterPlan, name: string): ClusterPlan['skein'] {
  const own = wrap?.[name]
  return own === undefined ? skein : { command: own.command, args: [...own.args, skein.command, ...skein.args] }
}

function variablesOf(settings: Partial<ServerConfig>): Record<string, string> {
  const variables = new Map<string, string>(serverConfig.items.map(({ key, env }) => [key, env]))
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => {
      const variable = variables.get(key)
      if (variable === undefined) throw new Error(`There is no setting ${key}. See: skein config print`)
      return value === undefined ? [] : [[variable, String(value)]]
    }),
  )
}

function engineSpec(plan: ClusterPlan, name: 'redis' | 'mongo', port: number, program: EngineProgram): PartSpec {
  const own = placed(plan, name)
  const probe = name === 'redis' ? tcpProbe(port, 'PING\r\n', '+PONG') : tcpProbe(port)
  const { PATH, HOME, XDG_CACHE_HOME } = process.env
  const env = { PATH, HOME, XDG_CACHE_HOME }
  return { ...own, command: program.command, args: program.argsFor(port, own.cwd), env, port, opsPort: 0, probe }
}

function haproxySpec(
  plan: ClusterPlan,
  command: string,
  port: number,
  opsPort: number,
  gateways: readonly PartSpec[],
): PartSpec {
  const own = placed(plan, 'haproxy')
  const file = join(own.cwd, 'haproxy.cfg')
  writeFileSync(file, haproxyConfig({ port, opsPort, gateways }))
  const probe = httpProbe(`http://127.0.0.1:${opsPort}/readyz`)
  return { ...own, command, args: ['-db', '-f', file], env: { PATH: process.env['PATH'] }, port, opsPort, probe }
}

function placed({ dataDir }: ClusterPlan, name: string): Pick<PartSpec, 'name' | 'cwd' | 'logFile'> {
  const cwd = join(dataDir, name)
  mkdirSync(cwd, { recursive: true, mode: 0o700 })
  return { name, cwd, logFile: join(dataDir, `${name}.log`) }
}

/** @param aof whether what Redis holds outlives it */
export function redisServer(aof: 'no' | 'everysec' | 'always'): EngineProgram {
  const persistence = aof === 'no' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', aof]
  return {
    command: 'redis-server',
    argsFor: (port, dir) => {
      const base = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--loglevel', 'warning']
      return [...base, ...persistence]
    },
  }
}
