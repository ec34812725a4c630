import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { eventually, fakeClock } from '@skein/platform/testing'
import { expect } from 'chai'
import { BackupError } from '../src/backup/backup-error.js'
import { staleAfterMs, takeLock, type BackupLock } from '../src/backup/backup-lock.js'
import { newFolder, type Folder } from './backup-support.js'

async function refusalOf(taking: Promise<unknown>): Promise<BackupError> {
  const thrown: unknown = await taking.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(thrown instanceof BackupError)) throw new Error(`not refused: ${String(thrown)}`)
  return thrown
}

/** As if another process had taken it. */
function heldBy(folder: string, n: number, holder: { host?: string; pid?: number }, touchedAtMs = Date.now()): void {
  const file = join(folder, `.lock-${n}`)
  writeFileSync(file, JSON.stringify({ token: 'other', host: hostname(), pid: 1, startedAtMs: 0, ...holder }))
  utimesSync(file, new Date(touchedAtMs), new Date(touchedAtMs))
}

describe('the lock of a backup folder', () => {
  let folder: Folder
  beforeEach(() => {
    folder = newFolder()
  })
  afterEach(() => folder[Symbol.dispose]())

  it('[BAK4] another is refused with exit code 75 and told who is at it, until it is released', async () => {
    const lock = await takeLock(folder.path)
    const refused = await refusalOf(takeLock(folder.path))
    expect(refused.exitCode).to.equal(75)
    expect(refused.message).to.include(`process ${process.pid} on ${hostname()}`)
    await lock.release()
    await (await takeLock(folder.path)).release()
    expect(readdirSync(folder.path)).to.deep.equal(['.lock-2'])
  })

  it('[BAK4] of a dead process it is taken over at once, of a living one not', async () => {
    heldBy(folder.path, 7, { pid: process.ppid })
    expect((await refusalOf(takeLock(folder.path))).message).to.include(`process ${process.ppid}`)
    heldBy(folder.path, 7, { pid: 2 ** 22 + 1 })
    const lock = await takeLock(folder.path)
    expect(readdirSync(folder.path)).to.deep.equal(['.lock-8'])
    await lock.release()
  })

  it('[BAK4] of this very process number, but not of this process, it is taken over: containers count from 1', async () => {
    heldBy(folder.path, 1, { pid: process.pid })
    await (await takeLock(folder.path)).release()
  })

  it('[BAK4] of another machine it is taken over after two minutes without life', async () => {
    heldBy(folder.path, 1, { host: 'elsewhere' }, Date.now() - staleAfterMs + 20_000)
    await refusalOf(takeLock(folder.path))
    heldBy(folder.path, 1, { host: 'elsewhere' }, Date.now() - staleAfterMs - 1_000)
    await (await takeLock(folder.path)).release()
  })

  it('[BAK4] the holder shows life, and knows when another took it over', async () => {
    const clock = fakeClock(Date.now())
    const lock = await takeLock(folder.path, clock)
    for (let passedMs = 0; passedMs < staleAfterMs * 2; passedMs += 10_000) {
      await clock.run(10_000)
      await eventually(() => Math.abs(statSync(join(folder.path, '.lock-1')).mtimeMs - clock.now()) < 1, 5_000)
    }
    await refusalOf(takeLock(folder.path, clock))
    expect(await lock.isHeld()).to.equal(true)
    heldBy(folder.path, 2, {}, clock.now())
    expect(await lock.isHeld()).to.equal(false)
    await lock.release()
    expect(readdirSync(folder.path)).to.deep.equal(['.lock-1', '.lock-2'])
    await refusalOf(takeLock(folder.path, clock))
  })

  it('[BAK4] a stale one is taken over by one alone', async () => {
    for (let round = 1; round <= 30; round += 1) {
      const own = newFolder()
      heldBy(own.path, round, { pid: 2 ** 22 + 1 })
      const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(own.path)))
      const locks: BackupLock[] = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      expect(locks).to.have.length(1)
      await locks[0]?.release()
      own[Symbol.dispose]()
    }
  })
})
