import { createHealth, createLogger, createMetrics, declareBuildInfo, onSignal, serveOps } from '@skein/platform'
import { systemClock, systemRandom } from '@skein/platform'
import { defineCommand } from 'citty'
import { BackupError } from '../backup/backup-error.js'
import { diskSpace, findBackup, listBackups, megabytes, type Backup } from '../backup/backup-folder.js'
import { createBackupJob } from '../backup/backup-job.js'
import { declareBackupMetrics } from '../backup/backup-metrics.js'
import { summaryOf, type BackupSummary } from '../backup/backup-summary.js'
import { documentsOf, sizeOf } from '../backup/manifest.js'
import { backupDirOf, openEngine } from '../backup/open-engine.js'
import { takeBackup, verifyListed, type BackupDeps } from '../backup/take-backup.js'
import type { ServerConfig } from '../config.js'
import { version } from '../version.js'
import { readSettings } from './config.js'

const ownFlags = new Map([['--json', 0]])

const nowCommand = defineCommand({
  meta: {
    name: 'now',
    description: 'Make a backup beside the running system; exit code 75 while another is being made',
  },
  args: { json: { type: 'boolean', description: 'One JSON object' } },
  run: ({ args, rawArgs }) =>
    tellFailure(async () => {
      const summary = await backUp(readSettings(rawArgs, ownFlags))
      if (summary.untried !== null || (summary.problems ?? []).length > 0) process.exitCode = 1
      if (args.json === true) console.log(JSON.stringify(summary))
      else tell(summary)
    }),
})

const listCommand = defineCommand({
  meta: { name: 'list', description: 'The backups, the newest first' },
  args: { json: { type: 'boolean', description: 'One JSON object a line' } },
  run: ({ args, rawArgs }) =>
    tellFailure(async () => {
      const dir = backupDirOf(readSettings(rawArgs, ownFlags))
      const backups = await listBackups(dir)
      if (backups.length === 0 && args.json !== true) console.log(`No backups in ${dir}.`)
      for (const backup of backups) console.log(args.json === true ? JSON.stringify(backup) : lineOf(backup))
    }),
})

const verifyCommand = defineCommand({
  meta: { name: 'verify', description: 'Restore a backup into a scratch database and look for what is wrong' },
  args: { name: { type: 'positional', description: 'Of skein backup list; latest when absent', required: false } },
  run: ({ rawArgs }) =>
    tellFailure(async () => {
      const config = readSettings(rawArgs, ownFlags)
      const [name = ''] = rawArgs
      const isNamed = name !== '' && !name.startsWith('-')
      const backup = await findBackup(backupDirOf(config), isNamed ? name : 'latest')
      const problems = await withDeps(config, (deps) => verifyListed(deps, backup))
      for (const problem of problems) console.error(`wrong ${backup.name}: ${problem}`)
      if (problems.length > 0) process.exitCode = 1
      else console.log(`${backup.name} restores: ${documentsOf(backup.manifest)} documents, as the manifest says.`)
    }),
})

const runEveryCommand = defineCommand({
  meta: {
    name: 'run',
    description: 'Stay, and make a backup every backup.everyHours; health and metrics on the ops port',
  },
  run: ({ rawArgs }) => tellFailure(() => runEvery(readSettings(rawArgs, ownFlags))),
})

export const backupCommand = defineCommand({
  meta: { name: 'backup', description: 'Make, list and try backups' },
  subCommands: { now: nowCommand, list: listCommand, verify: verifyCommand, run: runEveryCommand },
})

async function backUp(config: ServerConfig): Promise<BackupSummary> {
  return summaryOf(await withDeps(config, (deps) => takeBackup(deps, { verify: config['backup.verify'] })))
}

async function withDeps<T>(config: ServerConfig, work: (deps: BackupDeps) => Promise<T>): Promise<T> {
  const engine = await openEngine(config)
  try {
    return await work({ dir: backupDirOf(config), engine, clock: systemClock, space: diskSpace, version })
  } finally {
    await engine.close()
  }
}

async function runEvery(config: ServerConfig): Promise<void> {
  if (config['backup.everyHours'] === 0)
    throw new BackupError('backup.everyHours is 0, which makes none: give --backup-every-hours 4')
  const log = createLogger({ level: config['log.level'], service: 'backup', version, pretty: config['log.pretty'] })
  const metrics = createMetrics({ runtime: true })
  declareBuildInfo(metrics, version)
  const health = createHealth({ clock: systemClock })
  const dir = backupDirOf(config)
  const job = createBackupJob({
    everyHours: config['backup.everyHours'],
    list: () => listBackups(dir),
    take: () => backUp(config),
    metrics: declareBackupMetrics(metrics),
    clock: systemClock,
    random: systemRandom,
    log,
  })
  const ops = await serveOps({ health, metrics, host: config['ops.host'], port: config['ops.port'] })
  await job.start()
  health.markStarted()
  onSignal(
    async () => {
      await job.close()
      await ops.close()
    },
    { log },
  )
  console.log(
    `Skein ${version} backups every ${config['backup.everyHours']} h into ${dir}, health and metrics on ${config['ops.host']}:${ops.port}`,
  )
}

function tell({
  name,
  bytes,
  documents,
  startedAtMs,
  finishedAtMs,
  shrunk,
  problems,
  untried,
  removed,
}: BackupSummary): void {
  const seconds = ((finishedAtMs - startedAtMs) / 1_000).toFixed(1)
  console.log(
    `${name} holds ${documents.posts} documents of posts and ${documents.accounts} of accounts in ${megabytes(bytes)}; it took ${seconds} s.`,
  )
  if (problems?.length === 0) console.log('It was restored into a scratch database and is right.')
  if (removed.length > 0) console.log(`Thinned: ${removed.join(', ')}.`)
  if (shrunk !== null)
    console.error(`It is much smaller than the one before (${shrunk}): look whether data is missing.`)
  if (untried !== null) console.error(`It was made, but could not be tried: ${untried}`)
  for (const problem of problems ?? []) console.error(`wrong ${name}: ${problem}`)
}

function lineOf({ name, manifest, problem, verification }: Backup): string {
  if (manifest === null) return `${name}  cannot be used: ${problem ?? ''}`
  const seen =
    verification === undefined
      ? 'not tried'
      : verification.problems.length === 0
        ? `restores (tried ${new Date(verification.atMs).toISOString()})`
        : `does not restore: ${verification.problems.join('; ')}`
  const size = megabytes(sizeOf(manifest).bytes)
  return `${name}  ${manifest.engine}  Skein ${manifest.version}  ${documentsOf(manifest)} documents  ${size}  ${seen}`
}

/** A failure that says itself what to do is told as it is, with its own exit code. */
export async function tellFailure(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    if (!(thrown instanceof BackupError)) throw thrown
    console.error(`${thrown.message}.`)
    process.exitCode = thrown.exitCode
  }
}
