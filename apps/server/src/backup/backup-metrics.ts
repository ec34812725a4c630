import type { Metrics } from '@skein/platform'
import type { BackupSummary } from './backup-summary.js'

export interface BackupMetrics {
  /** Of backups made before this process began. */
  found(lastGoodMs: number | null, lastVerifiedMs: number | null): void
  taken(summary: BackupSummary, nowMs: number): void
  failed(): void
}

/** What operators watch of backups: above all, how old the newest good one is. */
export function declareBackupMetrics(metrics: Metrics): BackupMetrics {
  const success = metrics.gauge({
    name: 'backup_last_success_timestamp_seconds',
    help: 'When the newest good backup was begun: what is newer would be lost.',
  })
  const verified = metrics.gauge({
    name: 'backup_last_verified_timestamp_seconds',
    help: 'When a restore into a scratch database was last found right.',
  })
  const duration = metrics.gauge({ name: 'backup_duration_seconds', help: 'How long the last backup took.' })
  const size = metrics.gauge({ name: 'backup_size_bytes', help: 'Size of the last backup, as stored.' })
  const documents = metrics.gauge({
    name: 'backup_documents',
    help: 'Documents or rows in the last backup.',
    labels: { database: ['posts', 'accounts'] },
  })
  const shrunk = metrics.gauge({
    name: 'backup_shrunk',
    help: '1 while the last backup is less than half of the one before.',
  })
  const failures = metrics.counter({
    name: 'backup_failures_total',
    help: 'Backups that failed, or were found wanting when restored into a scratch database.',
  })
  return {
    found(lastGoodMs, lastVerifiedMs) {
      success.set((lastGoodMs ?? 0) / 1_000)
      verified.set((lastVerifiedMs ?? 0) / 1_000)
    },
    taken(summary, nowMs) {
      duration.set((summary.finishedAtMs - summary.startedAtMs) / 1_000)
      size.set(summary.bytes)
      documents.set({ database: 'posts' }, summary.documents.posts)
      documents.set({ database: 'accounts' }, summary.documents.accounts)
      shrunk.set(summary.shrunk === null ? 0 : 1)
      if (summary.problems !== null && summary.problems.length > 0) return failures.add()
      success.set(summary.startedAtMs / 1_000)
      if (summary.problems !== null) verified.set(nowMs / 1_000)
    },
    failed: () => failures.add(),
  }
}
