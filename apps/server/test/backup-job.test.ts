import { createMetrics, silentLogger } from '@skein/platform'
import { fakeClock, seededRandom } from '@skein/platform/testing'
import { expect } from 'chai'
import { BackupError, exitBusy } from '../src/backup/backup-error.js'
import { nameAt, type Backup } from '../src/backup/backup-folder.js'
import { createBackupJob } from '../src/backup/backup-job.js'
import { declareBackupMetrics } from '../src/backup/backup-metrics.js'
import type { BackupSummary } from '../src/backup/backup-summary.js'
import type { Manifest } from '../src/backup/manifest.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const noonMs = Date.UTC(2026, 4, 4, 12)
const manifest: Manifest = {
  format: 1,
  engine: 'sqlite',
  version: '0.1.0',
  wireVersion: 1,
  startedAtMs: 0,
  finishedAtMs: 0,
  files: [],
  counts: { posts: {}, accounts: {} },
}

/** A job over backups that take no time; `fail` makes the next ones fail. */
async function startJob({ nowMs = noonMs, backups = [] as number[], everyHours = 4, seed = 1 } = {}) {
  const clock = fakeClock(nowMs)
  const metrics = createMetrics()
  const takenAtMs: number[] = []
  const failures: Error[] = []
  const held = backups.map((atMs) => backupAt(atMs))
  const job = createBackupJob({
    everyHours,
    list: async () => held.toSorted((a, b) => b.atMs - a.atMs),
    async take() {
      const failure = failures.shift()
      takenAtMs.push(clock.now())
      if (failure !== undefined) throw failure
      held.push(backupAt(clock.now()))
      return summaryAt(clock.now())
    },
    metrics: declareBackupMetrics(metrics),
    clock,
    random: seededRandom(seed),
    log: silentLogger,
  })
  await job.start()
  const value = async (name: string) =>
    Number(new RegExp(`^skein_backup_${name} (\\S+)$`, 'm').exec(await metrics.read())?.[1])
  return { clock, takenAtMs, failures, job, value, [Symbol.asyncDispose]: () => job.close() }
}

function backupAt(atMs: number): Backup {
  return { name: nameAt(atMs), folder: '', atMs, manifest, problem: undefined, verification: undefined }
}

function summaryAt(atMs: number): BackupSummary {
  const documents = { posts: 20, accounts: 3 }
  const done = { startedAtMs: atMs, finishedAtMs: atMs + 2_000, bytes: 1_000, documents }
  return { name: nameAt(atMs), ...done, shrunk: null, problems: [], untried: null, removed: [] }
}

describe('the backup job', () => {
  it('[BAK11] one every four hours from midnight UTC, each within five minutes and a look', async () => {
    await using it = await startJob({ nowMs: noonMs + minuteMs, backups: [noonMs + 10_000] })
    await it.clock.run(24 * hourMs + 10 * minuteMs)
    expect(it.takenAtMs).to.have.length(6)
    for (const [n, atMs] of it.takenAtMs.entries())
      expect(atMs - (noonMs + (n + 1) * 4 * hourMs)).to.be.within(0, 7 * minuteMs)
  })

  it('[BAK11] soon after the start when none was begun since the last due hour, and not at once everywhere', async () => {
    const delays = new Set<number>()
    for (let seed = 1; seed <= 10; seed += 1) {
      await using it = await startJob({ nowMs: noonMs + 3 * hourMs, backups: [noonMs - hourMs], seed })
      await it.clock.run(7 * minuteMs)
      expect(it.takenAtMs).to.have.length(1)
      delays.add((it.takenAtMs[0] ?? 0) - noonMs)
      await it.clock.run(30 * minuteMs)
      expect(it.takenAtMs).to.have.length(1)
    }
    expect(delays.size).to.be.greaterThan(2)
  })

  it('[BAK11] none when one was begun since, and the first of all at the start', async () => {
    await using it = await startJob({ nowMs: noonMs + 3 * hourMs, backups: [noonMs] })
    await it.clock.run(50 * minuteMs)
    expect(it.takenAtMs).to.deep.equal([])
    await using first = await startJob({ everyHours: 24, nowMs: noonMs })
    await first.clock.run(7 * minuteMs)
    expect(first.takenAtMs).to.have.length(1)
  })

  it('[BAK11] after a failure it waits longer each time, an hour at most, and never gives up', async () => {
    await using it = await startJob()
    it.failures.push(...Array.from({ length: 8 }, () => new Error('no room')))
    await it.clock.run(8 * hourMs)
    const waits = it.takenAtMs.slice(1, 9).map((atMs, n) => (atMs - (it.takenAtMs[n] ?? 0)) / minuteMs)
    expect(waits.slice(0, 3)).to.deep.equal([5, 10, 20])
    expect(Math.max(...waits.slice(0, 8))).to.equal(60)
    expect(await it.value('failures_total')).to.equal(8)
    expect(it.takenAtMs.length).to.be.greaterThan(8)
  })

  it('[BAK11] another at it is no failure: it looks again', async () => {
    await using it = await startJob()
    it.failures.push(new BackupError('busy', { exitCode: exitBusy }), new BackupError('busy', { exitCode: exitBusy }))
    await it.clock.run(10 * minuteMs)
    expect(it.takenAtMs).to.have.length(3)
    expect(await it.value('failures_total')).to.equal(0)
  })

  it('[BAK11] metrics show the newest good one', async () => {
    await using it = await startJob({ backups: [noonMs - 8 * hourMs] })
    expect(await it.value('last_success_timestamp_seconds')).to.equal((noonMs - 8 * hourMs) / 1_000)
    await it.clock.run(10 * minuteMs)
    expect(await it.value('last_success_timestamp_seconds')).to.equal((it.takenAtMs[0] ?? 0) / 1_000)
    expect(await it.value('last_verified_timestamp_seconds')).to.equal((it.takenAtMs[0] ?? 0) / 1_000)
    expect(await it.value('duration_seconds')).to.equal(2)
    expect(await it.value('size_bytes')).to.equal(1_000)
    expect(await it.value('documents\\{database="posts"\\}')).to.equal(20)
    expect(await it.value('shrunk')).to.equal(0)
  })
})
