import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually, seededRandom } from '@skein/platform/testing'
import { expect } from 'chai'
import { bundledSkein } from '../../../test/support/bundle.js'
import { BackupError } from '../src/backup/backup-error.js'
import { listBackups, sweepFolder } from '../src/backup/backup-folder.js'
import { takeLock } from '../src/backup/backup-lock.js'
import { createSqliteEngine } from '../src/backup/sqlite-engine.js'
import { verifyListed } from '../src/backup/take-backup.js'
import { takeInChild } from '../src/backup/take-in-child.js'
import { fillDemo } from '../src/demo/fill.js'
import { databaseFile, openCore } from '../src/embedded.js'
import { depsFor, newFolder, settings, type Folder } from './backup-support.js'

const rounds = 20

describe('processes that make backups', function () {
  this.timeout(180_000)
  let home: Folder
  let dir = ''
  let data = ''
  let program = ''

  const start = (): ChildProcess => {
    const { SKEIN_CONFIG: _none, ...env } = process.env
    return spawn(process.execPath, [program, 'backup', 'now', '--data-dir', data, '--backup-dir', dir], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env,
    })
  }

  before(async () => {
    home = newFolder()
    dir = join(home.path, 'backups')
    data = join(home.path, 'data')
    program = await bundledSkein()
    const core = await openCore(settings(data), 'test')
    await core.start()
    await fillDemo(core)
    await core.close()
  })
  after(() => home?.[Symbol.dispose]())

  it('[BAK3] leaves nothing listed that does not verify, and the next one clears what it left', async () => {
    const seed = Date.now() % 100_000
    const random = seededRandom(seed)
    let writingMs = 0
    let killed = 0
    let wrote = 0
    const isWriting = () => existsSync(dir) && readdirSync(dir).some((name) => /^\.(partial|scratch)/.test(name))
    const deps = depsFor(createSqliteEngine(databaseFile(data)), dir)
    for (let round = 0; round <= rounds; round += 1) {
      if (round > 0) await sweepFolder(dir)
      const child = start()
      const ended = once(child, 'exit')
      while (!isWriting() && child.exitCode === null) await wait(1)
      const startedAt = performance.now()
      if (round > 0) {
        await Promise.race([wait(writingMs * 1.1 * random.next()), ended])
        child.kill('SIGKILL')
      }
      await ended
      if (round === 0) writingMs = performance.now() - startedAt
      if (child.signalCode === 'SIGKILL') killed += 1
      if (isWriting()) wrote += 1
      for (const backup of await listBackups(dir)) {
        if (backup.verification !== undefined) continue
        if (backup.manifest === null) throw new Error(`seed ${seed}: ${backup.problem}`)
        const problems = await verifyListed(deps, { ...backup, manifest: backup.manifest })
        expect(problems, `seed ${seed}, round ${round}`).to.deep.equal([])
      }
    }
    expect(wrote, `seed ${seed}`).to.be.greaterThan(2)
    mkdirSync(join(dir, '.partial-left'), { recursive: true })
    const last = start()
    let said = ''
    last.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
    await once(last, 'exit')
    expect(last.exitCode, said).to.equal(0)
    expect(readdirSync(dir).filter((name) => name.startsWith('.') && !name.startsWith('.lock'))).to.deep.equal([])
    console.log(`      ${killed} of ${rounds} killed before the end, ${wrote} while writing (seed ${seed})`)
  })

  it('[BAK4] a second one at the same time is refused with exit code 75', async () => {
    const both = [start(), start(), start()]
    await Promise.all(both.map((child) => once(child, 'exit')))
    const codes = both.map(({ exitCode }) => exitCode)
    expect(codes.filter((code) => code === 0).length, String(codes)).to.be.greaterThan(0)
    expect(
      codes.every((code) => code === 0 || code === 75),
      String(codes),
    ).to.equal(true)
    expect(codes).to.include(75)
  })

  it('[BAK11] a server has its backups made by a process of its own, and hears what came of it', async () => {
    const settingsOf = (where: string) => ['--data-dir', where, '--backup-dir', dir]
    const child = { program, execArgv: [], settings: settingsOf(data) }
    const { signal } = new AbortController()
    const summary = await takeInChild(child, signal)
    expect((await listBackups(dir))[0]?.name).to.equal(summary.name)
    expect(summary).to.deep.include({ problems: [], shrunk: null })
    const nowhere = { ...child, settings: settingsOf(join(home.path, 'nowhere')) }
    expect(await takeInChild(nowhere, signal).catch(String)).to.include('There is no database')
    const lock = await takeLock(dir)
    const refused: unknown = await takeInChild(child, signal).catch((thrown: unknown) => thrown)
    expect(refused).to.be.instanceOf(BackupError).and.to.deep.include({ exitCode: 75 })
    await lock.release()
    const stopped = await takeInChild(child, AbortSignal.abort()).catch((thrown: Error) => thrown.name)
    expect(stopped).to.equal('AbortError')
  })

  it('[BAK11] backup run stays, shows its metrics, and ends at SIGTERM', async () => {
    const argv = ['backup', 'run', '--data-dir', data, '--backup-dir', dir, '--ops-port', '0']
    const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    await eventually(() => said.includes('\n'), 30_000)
    expect(said).to.include('every 4 h into')
    const port = /on 127\.0\.0\.1:(\d+)/.exec(said)?.[1]
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const newest = (await listBackups(dir))[0]?.atMs ?? 0
    expect(metrics).to.include(`skein_backup_last_success_timestamp_seconds ${newest / 1_000}`)
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).to.equal(200)
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).to.equal(0)
  })
})
