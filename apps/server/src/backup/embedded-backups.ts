import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { systemClock, systemRandom } from '@skein/platform'
import type { ServerConfig } from '../config.js'
import type { Core } from '../embedded.js'
import { listBackups } from './backup-folder.js'
import { createBackupJob } from './backup-job.js'
import { declareBackupMetrics } from './backup-metrics.js'
import { backupDirOf } from './open-engine.js'
import { takeInChild } from './take-in-child.js'

/** The `skein` command beside these files; what this process runs where all is one file. */
function commandFile(): string | undefined {
  const command = fileURLToPath(new URL('../../bin/skein.mjs', import.meta.url))
  return existsSync(command) ? command : process.argv[1]
}

/**
 * Backups of an embedded system that runs, as often as `backup.everyHours` says; each is made by a process of its own.
 * @param settings the flags this process was given
 */
export async function startEmbeddedBackups(
  config: ServerConfig,
  { log, metrics }: Pick<Core, 'log' | 'metrics'>,
  settings: readonly string[],
): Promise<{ close(): Promise<void> }> {
  const program = commandFile()
  if (config['backup.everyHours'] === 0 || program === undefined) return { close: () => Promise.resolve() }
  const stop = new AbortController()
  const dir = backupDirOf(config)
  const job = createBackupJob({
    everyHours: config['backup.everyHours'],
    list: () => listBackups(dir),
    take: () => takeInChild({ program, execArgv: process.execArgv, settings }, stop.signal),
    metrics: declareBackupMetrics(metrics),
    clock: systemClock,
    random: systemRandom,
    log,
  })
  await job.start()
  return {
    close() {
      stop.abort()
      return job.close()
    },
  }
}
