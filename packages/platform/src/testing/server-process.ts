import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { eventually } from './eventually.js'

export interface ServerProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Its data, which goes with it. */
  readonly dir: string
  /** Rejects while it does not answer. */
  readonly answers: () => Promise<void>
  readonly readyTimeoutMs: number
}

/** A server of a test's own, which can be broken and brought back. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it, again over the same folder. Resolves when it answers. */
  start(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void
  resume(): void
}

/** Not started yet. */
export function createServerProcess(options: ServerProcessOptions): ServerProcess {
  const { command, args, dir, answers, readyTimeoutMs } = options
  let child: ChildProcess | undefined
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    get pid() {
      return child?.pid ?? 0
    },
    kill,
    async start() {
      child = spawn(command, args, { stdio: 'ignore' })
      await eventually(answers, readyTimeoutMs)
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
