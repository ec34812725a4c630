import { randomUUID } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '@skein/platform'
import { z } from 'zod'
import { BackupError, exitBusy } from './backup-error.js'

/*
 * One at a time in a folder that several processes, containers or machines may share. The lock is the file `.lock-<n>` with
 * the greatest n. It is free when its holder said so or is dead; then whoever creates `.lock-<n+1>` first has it, and as a
 * file is created by one alone, and n never falls, two cannot. A holder shows that it lives by touching its file.
 */

export interface BackupLock {
  /** False once another took it over, because this process stood still for too long. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

const touchEveryMs = 10_000
export const staleAfterMs = 120_000
const lockName = /^\.lock-(\d{1,15})$/

const Holder = z.object({ token: z.string(), host: z.string(), pid: z.int(), startedAtMs: z.int() })
type Holder = z.infer<typeof Holder>

/** Tokens of the locks that this very process holds. */
const ours = new Set<string>()

/** @throws BackupError (exit code 75) while another holds it */
export async function takeLock(folder: string, clock: Clock = systemClock): Promise<BackupLock> {
  const newest = await newestLock(folder)
  if (newest > 0) await refuseIfHeld(fileOf(folder, newest), clock)
  const n = newest + 1
  const holder: Holder = { token: randomUUID(), host: hostname(), pid: process.pid, startedAtMs: clock.now() }
  await create(fileOf(folder, n), holder)
  if ((await newestLock(folder)) !== n) throw busy('another process was a moment faster')
  ours.add(holder.token)
  for (const older of await locksIn(folder)) if (older < n) await rm(fileOf(folder, older), { force: true })
  const stop = clock.every(touchEveryMs, () => {
    const at = new Date(clock.now())
    utimes(fileOf(folder, n), at, at).catch(() => undefined)
  })
  return {
    isHeld: async () => (await newestLock(folder)) === n,
    async release() {
      stop()
      if (!ours.delete(holder.token)) return
      const aside = join(folder, `.released-${holder.token}`)
      await writeFile(aside, '{}', { mode: 0o600 })
      if ((await newestLock(folder)) === n) await rename(aside, fileOf(folder, n))
      else await rm(aside, { force: true })
    },
  }
}

async function create(file: string, holder: Holder): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    throw hasCode(cause, 'EEXIST') ? busy('another process was a moment faster', cause) : cause
  })
  try {
    await handle.writeFile(JSON.stringify(holder))
  } finally {
    await handle.close()
  }
}

/** A file without a holder: released, or its holder is just writing it and it is young. */
async function refuseIfHeld(file: string, clock: Clock): Promise<void> {
  const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]).catch((cause: unknown) => {
    throw hasCode(cause, 'ENOENT') ? busy('another process was a moment faster', cause) : cause
  })
  if (text === '{}') return
  const ageMs = clock.now() - mtimeMs
  const holder = parseHolder(text)
  if (ageMs > staleAfterMs || (holder !== undefined && isDead(holder))) return
  throw busy(
    holder === undefined
      ? `${file} was just made`
      : `process ${holder.pid} on ${holder.host} has been at it since ${new Date(holder.startedAtMs).toISOString()}`,
  )
}

function parseHolder(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function isDead({ token, host, pid }: Holder): boolean {
  if (host !== hostname()) return false
  if (pid === process.pid) return !ours.has(token)
  try {
    process.kill(pid, 0)
    return false
  } catch (cause) {
    return hasCode(cause, 'ESRCH')
  }
}

async function newestLock(folder: string): Promise<number> {
  return Math.max(0, ...(await locksIn(folder)))
}

async function locksIn(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => {
    const n = lockName.exec(name)?.[1]
    return n === undefined ? [] : [Number(n)]
  })
}

const fileOf = (folder: string, n: number): string => join(folder, `.lock-${n}`)

function busy(why: string, cause?: unknown): BackupError {
  return new BackupError(`A backup is being made or removed (${why}): wait for it, then try again`, {
    cause,
    exitCode: exitBusy,
  })
}

export function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
