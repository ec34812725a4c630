import { Cron } from 'croner'
import type { Clock, Logger, Random } from '@skein/platform'
import { BackupError, exitBusy } from './backup-error.js'
import type { BackupMetrics } from './backup-metrics.js'
import type { BackupSummary } from './backup-summary.js'
import { isGood, type Backup } from './backup-folder.js'

export interface BackupJobDeps {
  /** A divisor of 24; runs are due at these hours of the day, UTC. */
  readonly everyHours: number
  readonly list: () => Promise<readonly Backup[]>
  readonly take: () => Promise<BackupSummary>
  readonly metrics: BackupMetrics
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

export interface BackupJob {
  start(): Promise<void>
  /** Resolves when a run that is under way has ended. */
  close(): Promise<void>
}

const lookEveryMs = 60_000
const jitterMs = 5 * 60_000
const retryFirstMs = 5 * 60_000
const retryMaxMs = 60 * 60_000

/**
 * Makes a backup whenever none was begun since the last due hour: on time, and soon after a time in which nobody could. The
 * start is spread over five minutes. One that fails is tried again after 5 minutes, then twice as long, an hour at most.
 */
export function createBackupJob(deps: BackupJobDeps): BackupJob {
  const { everyHours, list, take, metrics, clock, random, log } = deps
  const schedule = new Cron(everyHours === 24 ? '0 0 * * *' : `0 */${everyHours} * * *`, {
    paused: true,
    timezone: 'UTC',
  })
  let planned: { readonly slotMs: number; atMs: number } | undefined
  let failures = 0
  let running: Promise<void> | undefined
  let stop = (): void => {}

  async function look(): Promise<void> {
    const nowMs = clock.now()
    const slotMs = schedule.previousRuns(1, new Date(nowMs + 1_000))[0]?.getTime() ?? 0
    const newest = (await list()).find(isGood)
    if (newest !== undefined && newest.atMs >= slotMs) return
    if (planned?.slotMs !== slotMs) planned = { slotMs, atMs: nowMs + Math.floor(random.next() * jitterMs) }
    if (nowMs < planned.atMs) return
    planned.atMs = nowMs + (await run())
  }

  /** How long to wait before the next try, were one needed. */
  async function run(): Promise<number> {
    try {
      const summary = await take()
      report(summary)
      failures = summary.problems === null || summary.problems.length === 0 ? 0 : failures + 1
    } catch (thrown) {
      if (thrown instanceof BackupError && thrown.exitCode === exitBusy) return lookEveryMs
      failures += 1
      metrics.failed()
      log.error({ err: thrown }, 'a backup failed')
    }
    return Math.min(retryFirstMs * 2 ** Math.max(0, failures - 1), retryMaxMs)
  }

  function report(summary: BackupSummary): void {
    metrics.taken(summary, clock.now())
    const { name, bytes, documents, shrunk, problems, untried, removed } = summary
    if (shrunk !== null) log.warn({ backup: name, shrunk }, 'a backup is much smaller than the one before')
    if (untried !== null) log.warn({ backup: name, untried }, 'a backup could not be tried')
    if (problems !== null && problems.length > 0) log.error({ backup: name, problems }, 'a backup does not restore')
    else log.info({ backup: name, bytes, documents, removed }, 'a backup was made')
  }

  function lookAlone(): void {
    running ??= look()
      .catch((err: unknown) => log.error({ err }, 'the backups cannot be looked at'))
      .finally(() => (running = undefined))
  }

  return {
    async start() {
      const backups = await list()
      const verified = backups.flatMap(({ verification }) =>
        verification?.problems.length === 0 ? [verification.atMs] : [],
      )
      metrics.found(backups.find(isGood)?.atMs ?? null, verified.length === 0 ? null : Math.max(...verified))
      stop = clock.every(lookEveryMs, lookAlone)
    },
    async close() {
      stop()
      schedule.stop()
      await running
    },
  }
}
