import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onSignal } from '@skein/platform'
import { defineCommand } from 'citty'
import { startEmbeddedBackups } from '../backup/embedded-backups.js'
import type { ServerConfig } from '../config.js'
import { startBots } from '../demo/bots.js'
import { fillDemo } from '../demo/fill.js'
import { demoPassword, demoSignIns } from '../demo/people.js'
import { startEmbedded, type Embedded, type EmbeddedOptions } from '../embedded.js'
import { version } from '../version.js'
import { readSettings, settingsOf } from './config.js'

export const startCommand = defineCommand({
  meta: {
    name: 'start',
    description: 'Run the whole system in this process, over one data folder; or one role of it (--role)',
  },
  args: { demo: { type: 'boolean', description: 'Demo people, posts and bots in an empty development folder' } },
  run: ({ args, rawArgs }) => start(rawArgs, args.demo === true),
})

export const demoCommand = defineCommand({
  meta: { name: 'demo', description: 'The same as start --demo' },
  run: ({ rawArgs }) => start(rawArgs, true),
})

async function start(rawArgs: readonly string[], demo: boolean): Promise<void> {
  const config = readSettings(rawArgs)
  const webRoot = fileURLToPath(new URL('../../../web/dist', import.meta.url))
  const options = { version, ...(existsSync(webRoot) ? { webRoot } : {}) }
  if (config.role === 'all' && config['redis.url'] === undefined)
    await startWhole(config, options, { demo, settings: settingsOf(rawArgs) })
  else await startReplicated(config, options)
}

/** One role, or all of them, over Redis and MongoDB. Their drivers are read only here. */
async function startReplicated(config: ServerConfig, options: EmbeddedOptions): Promise<void> {
  const startedAtMs = Date.now()
  const { startAllRoles, startRole } = await import('../roles/start-role.js')
  const { role } = config
  const running = await (role === 'all' ? startAllRoles(config, options) : startRole(role, config, options))
  onSignal(() => running.close(), { log: running.log })
  const seconds = ((Date.now() - startedAtMs) / 1_000).toFixed(1)
  const { host, port } =
    running.role === 'gateway'
      ? { host: config.host, port: running.port }
      : { host: config['rpc.host'], port: running.port }
  console.log(
    `Skein ${version} ${role} ready in ${seconds} s on ${host}:${port}, health and metrics on ${config['ops.host']}:${running.opsPort}`,
  )
}

async function startWhole(
  config: ServerConfig,
  options: EmbeddedOptions,
  { demo, settings }: { readonly demo: boolean; readonly settings: readonly string[] },
): Promise<void> {
  const startedAtMs = Date.now()
  const server = await startEmbedded(config, options)
  const backups = await startEmbeddedBackups(config, server.core, settings)
  let close = async () => {
    await backups.close()
    await server.close()
  }
  onSignal(() => close(), { log: server.core.log })
  const isDemo = demo && config.mode === 'development' && (await fillDemo(server.core))
  if (isDemo) {
    const bots = await startBots(server.core)
    const closeRest = close
    close = async () => {
      bots.stop()
      await closeRest()
    }
  }
  console.log(banner(config, server, (Date.now() - startedAtMs) / 1_000, isDemo))
}

function banner(config: ServerConfig, { port, opsPort }: Embedded, seconds: number, isDemo: boolean): string {
  const shown =
    config.host === '0.0.0.0' || config.host === '127.0.0.1' || config.host === '::' ? 'localhost' : config.host
  const url = `http://${shown}:${port}`
  const ops = `http://${config['ops.host']}:${opsPort}`
  const signIns = demoSignIns.map((handle) => `${handle} / ${demoPassword}`).join('   or   ')
  return [
    '',
    `Skein ${version} ready in ${seconds.toFixed(1)} s`,
    '',
    `  ${url}`,
    `  ├─ /            the page`,
    `  ├─ /docs        the API, to read`,
    `  └─ /v1          the API (openapi.json beside it)`,
    `  ${ops}`,
    `  ├─ /readyz?verbose   health`,
    `  └─ /metrics          metrics`,
    '',
    `  Data      ${shortPath(config.dataDir)}`,
    ...(isDemo ? [`  Sign in   ${signIns}`] : []),
    `  Watch     npx skein tail public${port === 8080 ? '' : ` --url ${url}`}`,
    '',
    '  Ctrl C stops it.',
    '',
  ].join('\n')
}

function shortPath(folder: string): string {
  const path = relative(process.cwd(), resolve(folder))
  return path.startsWith('..') ? resolve(folder) : `./${path}`
}
