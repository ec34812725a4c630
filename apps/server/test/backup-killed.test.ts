import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seededRandom } from '@skein/platform/testing'
import { expect } from 'chai'
import { bundledSkein } from '../../../test/support/bundle.js'
import { listBackups } from '../src/backup/backup-folder.js'
import { createSqliteEngine } from '../src/backup/sqlite-engine.js'
import { verifyListed } from '../src/backup/take-backup.js'
import { fillDemo } from '../src/demo/fill.js'
import { databaseFile, openCore } from '../src/embedded.js'
import { depsFor, newFolder, settings, type Folder } from './backup-support.js'

const rounds = 20

describe('a backup that is killed', function () {
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
    let fullMs = 0
    let killed = 0
    let wrote = 0
    const deps = depsFor(createSqliteEngine(databaseFile(data)), dir)
    for (let round = 0; round <= rounds; round += 1) {
      const startedAt = performance.now()
      const child = start()
      const ended = once(child, 'exit')
      if (round > 0) {
        await Promise.race([wait(fullMs * (0.3 + 0.8 * random.next())), ended])
        child.kill('SIGKILL')
      }
      await ended
      if (round === 0) fullMs = performance.now() - startedAt
      if (child.signalCode === 'SIGKILL') killed += 1
      if (readdirSync(dir).some((name) => name.startsWith('.partial') || name.startsWith('.scratch'))) wrote += 1
      for (const backup of await listBackups(dir)) {
        if (backup.verification !== undefined) continue
        if (backup.manifest === null) throw new Error(`seed ${seed}: ${backup.problem}`)
        const problems = await verifyListed(deps, { ...backup, manifest: backup.manifest })
        expect(problems, `seed ${seed}, round ${round}`).to.deep.equal([])
      }
    }
    expect(killed, `seed ${seed}`).to.be.greaterThan(2)
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
})
