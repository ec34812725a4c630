import Database from 'libsql'
import AsyncDatabase from 'libsql/promise'
import type { ReadStatement, Statement } from './sqlite-port.js'

/*
 * libsql with types, and without its traps: it takes the process down when a boolean is bound, stores every number as a
 * float, puts `_metadata` among the columns of `get`, and gives bytes as Buffer here and as ArrayBuffer there. The only
 * file that knows libsql; the types of that package are `any` throughout.
 * NOTE: a statement that is let go is finalised by the garbage collector, which waits for its connection: if that one is
 * committing or waiting for a lock, the event loop stands still. Keep every statement of the writer for ever.
 */

type Bindable = string | number | bigint | Uint8Array | null
type Row = Record<string, unknown>

interface NativeStatement {
  run(values: readonly Bindable[]): { changes: number }
  get(values: readonly Bindable[]): Row | undefined
  all(values: readonly Bindable[]): Row[]
}

interface AsyncConnection {
  /** One or more statements, off the event loop. */
  exec(sql: string): Promise<void>
  /** Compiles off the event loop; what it returns runs on it. */
  prepare(sql: string): Promise<Statement>
  close(): void
}

interface SyncConnection {
  exec(sql: string): void
  prepare(sql: string): ReadStatement
  close(): void
}

export type { AsyncConnection, SyncConnection }

/** Opens or makes the file. @throws Error of the driver. */
export function connect(file: string): AsyncConnection {
  const native = new AsyncDatabase(file, {}) as {
    exec(sql: string): Promise<void>
    prepare(sql: string): Promise<NativeStatement>
    close(): void
  }
  return {
    exec: (sql) => native.exec(sql),
    prepare: async (sql) => wrap(await native.prepare(sql)),
    close: () => native.close(),
  }
}

/** Opens a connection whose statements all run on the event loop. @throws Error of the driver. */
export function connectSync(file: string): SyncConnection {
  const native = new Database(file, {}) as unknown as {
    exec(sql: string): void
    prepare(sql: string): NativeStatement
    close(): void
  }
  return {
    exec: (sql) => native.exec(sql),
    prepare: (sql) => wrapRead(native.prepare(sql)),
    close: () => native.close(),
  }
}

function wrap(native: NativeStatement): Statement {
  return {
    run: (...values) => ({ changes: native.run(values.map(toBindable)).changes }),
    get: (...values) => withoutMetadata(native.get(values.map(toBindable))),
  }
}

function wrapRead(native: NativeStatement): ReadStatement {
  return {
    get: (...values) => withoutMetadata(native.get(values.map(toBindable))),
    all: (...values) => native.all(values.map(toBindable)).map(withBuffers),
  }
}

function toBindable(value: unknown, index: number): Bindable {
  if (typeof value === 'string' || value === null || typeof value === 'bigint' || value instanceof Uint8Array)
    return value
  if (typeof value === 'number' && !Number.isNaN(value)) return Number.isSafeInteger(value) ? BigInt(value) : value
  throw new TypeError(`value ${index + 1} of the statement is ${describe(value)}: bind text, numbers, null or bytes`)
}

function describe(value: unknown): string {
  return Number.isNaN(value) ? 'NaN' : typeof value
}

function withoutMetadata(row: Row | undefined): Row | undefined {
  if (row !== undefined) delete row['_metadata']
  return row
}

function withBuffers(row: Row): Row {
  for (const key in row) {
    const value = row[key]
    if (value instanceof ArrayBuffer) row[key] = Buffer.from(value)
  }
  return row
}
