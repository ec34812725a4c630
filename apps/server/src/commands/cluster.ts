import { relative, resolve } from 'node:path'
import { createLogger, onSignal } from '@skein/platform'
import { defineCommand } from 'citty'
import { askCluster, partActions, type PartAction } from '../cluster/control.js'
import type { Cluster, Part } from '../cluster/plan.js'
import { createPartsView, tableOf } from '../cluster/table.js'
import { version } from '../version.js'

const replicas = (role: string) =>
  ({ type: 'string', description: `Processes of the role ${role}`, default: '2' }) as const

export const clusterCommand = defineCommand({
  meta: {
    name: 'cluster',
    description: 'For development: Redis, MongoDB, two of each role and a balancer on this machine',
  },
  args: {
    action: {
      type: 'positional',
      description: `Of a second terminal: status, or ${partActions.join(', ')} and a part`,
      required: false,
    },
    part: { type: 'positional', description: 'redis, mongo, haproxy, gateway-1, account-1, ...', required: false },
    dataDir: { type: 'string', description: 'The folder of its data and logs', default: './data/cluster' },
    port: { type: 'string', description: 'The port for people; 0 takes a free one', default: '8080' },
    gateways: replicas('gateway'),
    accounts: replicas('account'),
    posts: replicas('post'),
    timelines: replicas('timeline'),
    aof: { type: 'boolean', description: 'What Redis holds outlives it (every second on disk)' },
    restart: { type: 'boolean', description: 'Parts that end are started again', default: true },
    haproxy: { type: 'boolean', description: 'HAProxy in front, not a small balancer of our own', default: true },
    signal: { type: 'string', description: 'With kill: SIGKILL when not given' },
  },
  run: async ({ args }) => {
    if (args.action === undefined) return run(args)
    const dataDir = resolve(args.dataDir)
    const parts = await askCluster(dataDir, asked(args.action, args.part, args.signal))
    console.log(tableOf(parts).join('\n'))
  },
})

interface Asked {
  readonly action: PartAction
  readonly name: string
  readonly signal?: string
}

function asked(word: string, name: string | undefined, signal: string | undefined): Asked | undefined {
  if (word === 'status') return undefined
  const action = partActions.find((known) => known === word)
  if (action === undefined) throw usage(`There is no skein cluster ${word}`)
  if (name === undefined) throw usage(`skein cluster ${word} needs the name of a part`)
  return { action, name, ...(signal === undefined ? {} : { signal }) }
}

function usage(message: string): Error {
  return Object.assign(new Error(`${message}.`), { name: 'CLIError' })
}

interface RunArgs {
  readonly dataDir: string
  readonly port: string
  readonly gateways: string
  readonly accounts: string
  readonly posts: string
  readonly timelines: string
  readonly aof?: boolean | undefined
  readonly restart: boolean
  readonly haproxy: boolean
}

/** In this process until a signal; the drivers are read only here. */
async function run(args: RunArgs): Promise<void> {
  const startedAtMs = Date.now()
  const { startCluster } = await import('../cluster/start-cluster.js')
  const log = createLogger({ level: 'warn', service: 'cluster', version, pretty: true })
  const show = createPartsView(process.stdout, () => new Date())
  let cluster: Cluster | undefined
  const ending = new AbortController()
  const starting = startCluster({
    dataDir: args.dataDir,
    skein: { command: process.execPath, args: [...process.execArgv, process.argv[1] ?? ''] },
    port: count('port', args.port, 0, 65_535),
    replicas: {
      gateway: count('gateways', args.gateways, 1, 16),
      account: count('accounts', args.accounts, 1, 16),
      post: count('posts', args.posts, 1, 16),
      timeline: count('timelines', args.timelines, 1, 16),
    },
    aof: args.aof === true ? 'everysec' : 'no',
    restart: args.restart,
    haproxy: args.haproxy,
    signal: ending.signal,
    onChange: () => cluster !== undefined && show(cluster.parts()),
  })
  onSignal(
    async () => {
      ending.abort()
      await (await starting.catch(() => undefined))?.close()
    },
    { log },
  )
  const started = await starting.catch((thrown: unknown) => {
    if (!ending.signal.aborted) throw thrown
  })
  if (started === undefined || ending.signal.aborted) return
  console.log(banner(started, args.dataDir, (Date.now() - startedAtMs) / 1_000))
  cluster = started
  show(started.parts())
}

function count(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw usage(`--${name} must be a whole number from ${min} to ${max}, and is ${text}`)
  return value
}

function banner(cluster: Cluster, dataDir: string, seconds: number): string {
  const { url, mongoKind, leftovers } = cluster
  const parts = cluster.parts()
  const place = resolve(dataDir) === resolve('./data/cluster') ? '' : ` --data-dir ${dataDir}`
  const shown = relative(process.cwd(), resolve(dataDir))
  return [
    '',
    `Skein ${version} cluster of ${parts.length} parts ready in ${seconds.toFixed(1)} s`,
    '',
    `  ${url.replace('127.0.0.1', 'localhost')}`,
    '  ├─ /            the page',
    '  ├─ /docs        the API, to read',
    '  └─ /v1          the API',
    ...parts.filter(isGateway).map(({ name, opsPort }) => `  http://127.0.0.1:${opsPort}/metrics   of ${name}`),
    '',
    `  MongoDB   ${mongoKind}`,
    `  Data      ${shown.startsWith('..') ? resolve(dataDir) : `./${shown}`} (a .log file a part)`,
    `  Try       npx skein cluster kill gateway-1${place}`,
    `            npx skein cluster ${partActions.join('|')} PART, status`,
    ...(leftovers.length > 0 ? [`  Ended     left over from an earlier run: ${leftovers.join(', ')}`] : []),
    '',
    '  Ctrl C stops it.',
    '',
  ].join('\n')
}

function isGateway({ name }: Part): boolean {
  return name.startsWith('gateway-')
}
