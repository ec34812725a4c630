import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { openSqlite } from '@skein/platform'
import { defineCommand } from 'citty'
import type { ServerConfig } from '../config.js'
import { databaseFile } from '../embedded.js'
import { explain } from '../explain.js'
import { version } from '../version.js'
import { readSettings } from './config.js'

type Check = readonly [what: string, look: (config: ServerConfig) => Promise<string> | string]

const lowDiskBytes = 1_000_000_000

const checks: readonly Check[] = [
  ['Node', () => `${process.version}, Skein ${version}`],
  ['data folder', checkFolder],
  ['disk', checkDisk],
  ['database', checkDatabase],
  ['port', (config) => checkPort(config.host, config.port)],
  ['ops port', (config) => checkPort(config['ops.host'], config['ops.port'])],
  ['clock', checkClock],
  ['page', checkPage],
]

export const doctorCommand = defineCommand({
  meta: {
    name: 'doctor',
    description: 'Look for what would keep Skein from running; exit code 1 when something would',
  },
  async run({ rawArgs }) {
    const config = readSettings(rawArgs)
    for (const [what, look] of checks) {
      try {
        console.log(`ok    ${what.padEnd(12)} ${await look(config)}`)
      } catch (thrown) {
        process.exitCode = 1
        console.log(`wrong ${what.padEnd(12)} ${explain(thrown).text}`)
      }
    }
  },
})

function checkFolder({ dataDir }: ServerConfig): string {
  mkdirSync(dataDir, { recursive: true })
  accessSync(dataDir, constants.W_OK)
  return `${dataDir} can be written`
}

function checkDisk({ dataDir }: ServerConfig): string {
  const { bavail, bsize } = statfsSync(dataDir)
  const free = bavail * bsize
  if (free < lowDiskBytes) throw new Error(`Only ${Math.floor(free / 1e6)} MB are free: free some`)
  return `${Math.floor(free / 1e9)} GB free`
}

async function checkDatabase({ dataDir }: ServerConfig): Promise<string> {
  if (!existsSync(databaseFile(dataDir))) return 'none yet: it is made at the first start'
  const db = await openSqlite({ file: databaseFile(dataDir), maxQueued: 1 })
  try {
    const found = JSON.stringify(db.read('PRAGMA quick_check(1)').get())
    if (!found.includes('"ok"')) throw new Error(`The file is damaged (${found}): restore a backup`)
    return 'the file is sound'
  } finally {
    await db.close()
  }
}

/** Free, or Skein itself answers there. */
async function checkPort(host: string, port: number): Promise<string> {
  try {
    await new Promise<void>((done, fail) => {
      const server = createServer().once('error', fail)
      server.listen(port, host, () => server.close(() => done()))
    })
    return `${port} is free`
  } catch (thrown) {
    const paths = ['/v1/info', '/livez']
    for (const path of paths) {
      const answer = await fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(1_000) }).catch(
        () => null,
      )
      if (answer?.ok === true && ((await answer.text()).includes('wireVersion') || path === '/livez'))
        return `${port}: Skein answers there`
    }
    throw thrown
  }
}

function checkClock(): string {
  const now = new Date()
  if (now.getUTCFullYear() < 2025) throw new Error(`The clock says ${now.toISOString()}: set it`)
  return now.toISOString()
}

function checkPage(): string {
  if (!existsSync(fileURLToPath(new URL('../../../web/dist/index.html', import.meta.url))))
    throw new Error('The page is not built: npm run build')
  return 'built'
}
