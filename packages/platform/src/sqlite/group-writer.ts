import { AppError } from '@skein/contracts'
import type { AsyncConnection } from './driver.js'
import { isStorageFailure, unavailable } from './sqlite-failure.js'
import type { Statement, Tx } from './sqlite-port.js'

/*
 * The one writer of a file. Jobs that gathered during the last COMMIT run together in the next transaction, each in its
 * own savepoint; BEGIN and COMMIT are awaited off the event loop. Nobody hears of an outcome, good or bad, before the
 * COMMIT: a refusal may rest on what another job of the group wrote. Tasks have the connection to themselves, in between.
 */

/** Jobs of one transaction at most: all of them run in one turn of the event loop. */
const groupMaxJobs = 256
const retryAfterMs = 250

export interface WriterLog {
  error(fields: object, message: string): void
}

interface Job {
  /** Runs the work; what it returns tells the caller. */
  perform(tx: Tx): () => void
  reject(cause: unknown): void
}

export class GroupWriter {
  readonly #connection: AsyncConnection
  readonly #maxQueued: number
  readonly #log: WriterLog | undefined
  readonly #prepared = new Map<string, Statement>()
  readonly #tx: Tx
  #jobs: Job[] = []
  #tasks: (() => Promise<void>)[] = []
  #running: Promise<void> | undefined
  #hooks: (() => void)[] | undefined
  #closed = false

  constructor(connection: AsyncConnection, maxQueued: number, log: WriterLog | undefined) {
    this.#connection = connection
    this.#maxQueued = maxQueued
    this.#log = log
    this.#tx = Object.assign((sql: string) => this.#ofJob(sql), {
      afterCommit: (run: () => void) => void this.#hooksOfJob().push(run),
    })
  }

  async prepare(statements: readonly string[]): Promise<void> {
    const missing = statements.filter((sql) => !this.#prepared.has(sql))
    if (missing.length === 0) return
    await this.exclusive(async (connection) => {
      for (const sql of missing) if (!this.#prepared.has(sql)) this.#prepared.set(sql, await connection.prepare(sql))
    })
  }

  write<T>(work: (tx: Tx) => T): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    if (this.#jobs.length >= this.#maxQueued) return Promise.reject(new AppError('overloaded', { retryAfterMs }))
    return new Promise<T>((resolve, reject) => {
      const perform = (tx: Tx): (() => void) => {
        const value = work(tx)
        if (value instanceof Promise) throw new TypeError('the work of a write must be synchronous')
        return () => resolve(value)
      }
      this.#jobs.push({ perform, reject })
      this.#wake()
    })
  }

  /** Runs a task while no transaction is open and none begins, before jobs that wait. */
  exclusive<T>(task: (connection: AsyncConnection) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      this.#tasks.push(() => task(this.#connection).then(resolve, reject))
      this.#wake()
    })
  }

  /** Refuses new work, finishes what is queued. */
  async drain(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  #wake(): void {
    this.#running ??= new Promise<void>((go) => setImmediate(go)).then(() => this.#run())
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0 || this.#tasks.length > 0) {
      for (const task of this.#tasks.splice(0)) await task()
      if (this.#jobs.length > 0) await this.#commitGroup()
    }
    this.#running = undefined
  }

  async #commitGroup(): Promise<void> {
    let group: Job[] = []
    try {
      await this.#connection.exec('BEGIN IMMEDIATE')
      group = this.#jobs.splice(0, groupMaxJobs)
      const settle = group.map((job) => this.#perform(job))
      await this.#connection.exec('COMMIT')
      for (const tell of settle) tell()
    } catch (cause) {
      await this.#connection.exec('ROLLBACK').catch(() => {})
      if (group.length === 0) group = this.#jobs.splice(0, groupMaxJobs)
      for (const job of group) job.reject(unavailable(cause))
    }
  }

  /** @throws the storage's failure, which ends the whole group. */
  #perform(job: Job): () => void {
    const hooks: (() => void)[] = []
    this.#statement('SAVEPOINT job').run()
    this.#hooks = hooks
    try {
      const resolve = job.perform(this.#tx)
      this.#statement('RELEASE job').run()
      return () => {
        for (const hook of hooks) this.#runHook(hook)
        resolve()
      }
    } catch (cause) {
      if (isStorageFailure(cause)) throw cause
      this.#statement('ROLLBACK TO job').run()
      this.#statement('RELEASE job').run()
      return () => job.reject(cause)
    } finally {
      this.#hooks = undefined
    }
  }

  #statement(sql: string): Statement {
    const statement = this.#prepared.get(sql)
    if (statement === undefined) throw new Error(`not prepared: ${sql}`)
    return statement
  }

  #ofJob(sql: string): Statement {
    this.#hooksOfJob()
    return this.#statement(sql)
  }

  #hooksOfJob(): (() => void)[] {
    if (this.#hooks === undefined) throw new Error('a transaction was used after its job ended')
    return this.#hooks
  }

  #runHook(hook: () => void): void {
    try {
      hook()
    } catch (err) {
      this.#log?.error({ err }, 'a hook after a commit failed')
    }
  }
}

export function closedError(): AppError {
  return new AppError('unavailable', { message: 'The database is closed.' })
}
