import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setPriority } from 'node:os'
import { BackupError, exitBusy } from './backup-error.js'
import { BackupSummary } from './backup-summary.js'

export interface ChildProgram {
  /** What this process runs: the file of the `skein` command. */
  readonly program: string
  /** Of Node. */
  readonly execArgv: readonly string[]
  /** Flags that give the same settings. */
  readonly settings: readonly string[]
}

/** Kinder than everything else on the machine. */
const niceness = 10

/**
 * Makes a backup in a process of its own, so that nobody who uses this one waits: counting and checking stop an event loop.
 * @throws BackupError with what it said; `signal` ends it
 */
export async function takeInChild(child: ChildProgram, signal: AbortSignal): Promise<BackupSummary> {
  const { program, execArgv, settings } = child
  const argv = [...execArgv, program, 'backup', 'now', '--json', ...settings]
  const running = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], signal })
  let out = ''
  let err = ''
  running.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  running.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-4_000)))
  if (running.pid !== undefined) lowerPriority(running.pid)
  await once(running, 'close')
  const summary = BackupSummary.safeParse(parse(out))
  if (summary.success) return summary.data
  const exitCode = running.exitCode ?? 1
  throw new BackupError(err.trim() || `The backup ended with ${running.exitCode ?? running.signalCode}`, {
    exitCode: exitCode === exitBusy ? exitBusy : 1,
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where it is not allowed it goes on as it is. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness)
  } catch {
    return
  }
}
