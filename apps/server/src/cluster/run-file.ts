import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

const Running = z.object({ name: z.string(), pid: z.int().positive(), bornAt: z.string() })

/** What runs over a data folder, and how to talk to who watches it. */
const RunFile = z.object({
  supervisor: Running,
  control: z.object({ port: z.int(), token: z.string() }),
  parts: z.array(Running),
})
export type RunFile = z.infer<typeof RunFile>
export type Running = z.infer<typeof Running>

const fileName = 'cluster.json'
const endTimeoutMs = 5_000

/** A process as it can be known again: its number alone may by then be another's. */
export function describeProcess(name: string, pid: number): Running {
  return { name, pid, bornAt: bornAt(pid) ?? '' }
}

export function isStillRunning({ pid, bornAt: then }: Running): boolean {
  const now = bornAt(pid)
  return now !== undefined && now === then
}

/** When the process began, in the system's own words; undefined when there is none, or only its exit code waits. */
function bornAt(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

export function writeRunFile(dataDir: string, content: RunFile): void {
  const path = join(dataDir, fileName)
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** null when nothing was started over this folder, or it was ended in order. */
export function readRunFile(dataDir: string): RunFile | null {
  try {
    const read = RunFile.safeParse(JSON.parse(readFileSync(join(dataDir, fileName), 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

export function removeRunFile(dataDir: string): void {
  rmSync(join(dataDir, fileName), { force: true })
}

/**
 * Ends what a supervisor left that was killed. Resolves to the names, when all are gone. @throws Error when the supervisor
 * lives
 */
export async function endLeftovers(dataDir: string): Promise<string[]> {
  const found = readRunFile(dataDir)
  if (found === null) return []
  if (isStillRunning(found.supervisor))
    throw new Error(
      `A cluster runs over ${dataDir} already (process ${found.supervisor.pid}). Stop it, or take another folder: skein cluster --data-dir FOLDER`,
    )
  const left = found.parts.filter(isStillRunning)
  for (const own of left) for (const signal of ['SIGCONT', 'SIGTERM'] as const) send(own, signal)
  if (!(await areGone(left, endTimeoutMs))) {
    for (const own of left) send(own, 'SIGKILL')
    await areGone(left, endTimeoutMs)
  }
  removeRunFile(dataDir)
  return left.map(({ name }) => name)
}

function send(running: Running, signal: NodeJS.Signals): void {
  try {
    if (isStillRunning(running)) process.kill(running.pid, signal)
  } catch {
    // It ended meanwhile.
  }
}

async function areGone(all: readonly Running[], withinMs: number): Promise<boolean> {
  for (const untilMs = Date.now() + withinMs; Date.now() < untilMs; await wait(50))
    if (!all.some(isStillRunning)) return true
  return !all.some(isStillRunning)
}
