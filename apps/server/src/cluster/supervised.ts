import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Part, PartState } from './plan.js'
import type { Probe } from './probes.js'

/** One process: how it is run and how it is known to be ready. */
export interface PartSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly logFile: string
  readonly port: number
  readonly opsPort: number
  readonly probe: Probe
  readonly countConnections?: () => Promise<number | null>
}

export interface SupervisedOptions {
  readonly restart: boolean
  readonly readyTimeoutMs: number
  readonly stopTimeoutMs: number
  readonly onChange: () => void
}

const firstPauseMs = 200
const longestPauseMs = 10_000
/** Who stayed this long begins with the first pause again. */
const steadyMs = 10_000
const probeEveryMs = 50

/** A process that is watched, and started again when it ends by itself. */
export class Supervised {
  readonly spec: PartSpec
  readonly #options: SupervisedOptions
  #child: ChildProcess | undefined
  #state: PartState = 'stopped'
  #isWanted = false
  #restarts = 0
  #failures = 0
  #startedAtMs = 0
  #connections: number | null = null
  #again: NodeJS.Timeout | undefined

  constructor(spec: PartSpec, options: SupervisedOptions) {
    this.spec = spec
    this.#options = options
  }

  part(): Part {
    const { name, port, opsPort } = this.spec
    const pid = this.#child?.pid ?? 0
    return { name, state: this.#state, pid, port, opsPort, restarts: this.#restarts, connections: this.#connections }
  }

  /** Resolves when ready. @throws Error when it ended before, or took too long */
  async start(): Promise<void> {
    this.#isWanted = true
    clearTimeout(this.#again)
    if (this.#child === undefined) this.#spawn()
    const child = this.#child
    for (const untilMs = Date.now() + this.#options.readyTimeoutMs; ; await wait(probeEveryMs)) {
      if (this.#child === undefined || this.#child !== child) throw this.#endedEarly(child)
      if (this.#state === 'ready' || this.#state === 'paused') return
      if (await this.spec.probe()) this.#set(child, 'ready')
      else if (Date.now() >= untilMs)
        throw new Error(
          `${this.spec.name} was not ready within ${this.#options.readyTimeoutMs} ms. ${this.#logEnd()} Its log: ${this.spec.logFile}`,
        )
    }
  }

  async stop(): Promise<void> {
    this.#isWanted = false
    clearTimeout(this.#again)
    const child = this.#child
    if (child === undefined) return this.#set(undefined, 'stopped')
    const gone = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), this.#options.stopTimeoutMs)
    await gone
    clearTimeout(late)
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#running()
    const gone = once(child, 'exit')
    child.kill(signal)
    if (signal === 'SIGKILL') await gone
  }

  pause(): void {
    const child = this.#running()
    child.kill('SIGSTOP')
    this.#set(child, 'paused')
  }

  resume(): void {
    const child = this.#running()
    child.kill('SIGCONT')
    if (this.#state === 'paused') this.#set(child, 'unready')
  }

  /** Asks once how it is. */
  async look(): Promise<void> {
    const child = this.#child
    if (child === undefined || this.#state === 'paused' || this.#state === 'stopped') return
    const [isReady, connections] = await Promise.all([this.spec.probe(), this.spec.countConnections?.() ?? null])
    if (this.#child !== child || this.part().state === 'paused') return
    if (connections !== this.#connections) {
      this.#connections = connections
      this.#options.onChange()
    }
    if (isReady) this.#set(child, 'ready')
    else if (this.#state === 'ready') this.#set(child, 'unready')
  }

  #running(): ChildProcess {
    if (this.#child === undefined) throw new Error(`${this.spec.name} does not run: it is ${this.#state}`)
    return this.#child
  }

  /** In a group of its own: Ctrl C reaches the supervisor alone, which ends its parts in order. */
  #spawn(): void {
    const { command, args, env, cwd, logFile } = this.spec
    const log = openSync(logFile, 'a', 0o600)
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] })
    closeSync(log)
    this.#child = child
    this.#startedAtMs = Date.now()
    child.once('exit', () => this.#ended(child))
    child.once('error', () => child.pid === undefined && child.emit('exit', null, null))
    this.#set(child, 'starting')
  }

  #ended(child: ChildProcess): void {
    if (this.#child !== child) return
    this.#child = undefined
    this.#connections = null
    const isAgain = this.#isWanted && this.#options.restart && this.#state !== 'stopped'
    if (isAgain) this.#startAgain()
    this.#set(undefined, isAgain ? 'waiting' : 'stopped')
  }

  #startAgain(): void {
    if (Date.now() - this.#startedAtMs >= steadyMs) this.#failures = 0
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs)
    this.#failures += 1
    this.#again = setTimeout(() => {
      this.#restarts += 1
      this.#spawn()
    }, pauseMs)
  }

  #set(child: ChildProcess | undefined, state: PartState): void {
    if (this.#child !== child || this.#state === state) return
    this.#state = state
    this.#options.onChange()
  }

  #endedEarly(child: ChildProcess | undefined): Error {
    const code = child?.exitCode ?? child?.signalCode ?? 'no process'
    return new Error(
      `${this.spec.name} ended with ${code} before it was ready. ${this.#logEnd()} Its log: ${this.spec.logFile}`,
    )
  }

  #logEnd(): string {
    const lines = readFileSync(this.spec.logFile, 'utf8').trim().split('\n')
    return lines.slice(-3).join(' | ').slice(-500)
  }
}
