import mongoose, { type Connection } from 'mongoose'
import { AppError } from '@skein/contracts'
import type { Logger } from '../log.js'

export interface MongoOptions {
  /** With the name of the database. */
  readonly url: string
  /** Shown by the server's own tools. */
  readonly name: string
  readonly log: Logger
  /** How long a call waits for a server: 2 s when absent, which is under the deadline of a request. */
  readonly waitMs?: number
  /** 20 when absent. */
  readonly poolMax?: number
}

/** Durable on a majority, in their journals, before anyone is told. Bounded, so that a call ends. */
export const durable = { w: 'majority', journal: true, wtimeoutMS: 5_000 } as const

/**
 * A connection of one's own (never mongoose's global one), with writes that are acknowledged only when durable on a
 * majority, reads from the primary, filters that cannot carry operators, and no index made behind one's back. Finds its
 * server again by itself. @throws AppError unavailable when no server answers in `waitMs`.
 */
export async function openMongo({ url, name, log, waitMs = 2_000, poolMax = 20 }: MongoOptions): Promise<Connection> {
  const connection = mongoose.createConnection(url, {
    appName: name,
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    serverSelectionTimeoutMS: waitMs,
    connectTimeoutMS: waitMs,
    socketTimeoutMS: 15_000,
    heartbeatFrequencyMS: 2_000,
    maxPoolSize: poolMax,
    writeConcern: durable,
    readPreference: 'primary',
    readConcernLevel: 'local',
    retryWrites: true,
    monitorCommands: true,
  })
  connection.set('strictQuery', 'throw')
  connection.set('sanitizeFilter', true)
  connection.on('error', (err: unknown) => log.debug({ err, mongo: name }, 'mongodb'))
  connection.on('disconnected', () => log.warn({ mongo: name }, 'the connection to mongodb is down'))
  connection.on('connected', () => log.info({ mongo: name }, 'the connection to mongodb is up'))
  try {
    return await connection.asPromise()
  } catch (cause) {
    await connection.close().catch(() => undefined)
    throw toMongoAppError(cause)
  }
}

const away = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'MongoWaitQueueTimeoutError',
  'MongoWriteConcernError',
  'MongoOperationTimeoutError',
])

/** Server codes that say: not now (stepdown, shutdown, write concern not met in time). */
const awayCodes = new Set([6, 7, 50, 64, 89, 91, 100, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436])

/** Of a socket that died under the driver while it wrote. */
const socketCodes = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ERR_STREAM_DESTROYED'])

/** Whether the database, and not the question, is why it failed: the outcome of a write is then unknown. */
export function isMongoAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  // A bulk (insertMany) says what went wrong with the connection in here, under its own name.
  if ('errorResponse' in thrown && thrown.errorResponse instanceof Error) return isMongoAway(thrown.errorResponse)
  const code = 'code' in thrown ? thrown.code : undefined
  if (away.has(thrown.name)) return true
  return typeof code === 'string' ? socketCodes.has(code) : typeof code === 'number' && awayCodes.has(code)
}

/** A key of a unique index was taken; the names of the index's fields, or null when it was something else. */
export function duplicateKeyOf(thrown: unknown): readonly string[] | null {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 11_000) return null
  return 'keyPattern' in thrown && typeof thrown.keyPattern === 'object' && thrown.keyPattern !== null
    ? Object.keys(thrown.keyPattern)
    : []
}

/** `unavailable` (retryable) when the database is away; anything else as it is. */
export function toMongoAppError(thrown: unknown): unknown {
  return isMongoAway(thrown)
    ? new AppError('unavailable', { message: 'The database does not answer.', cause: thrown })
    : thrown
}

/** The same asynchronous methods, rejecting as `toMongoAppError` says. */
export function inMongoAppErrors<T extends object>(methods: T): T {
  return new Proxy(methods, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          const answer: unknown = await Reflect.apply(method, target, args)
          return answer
        } catch (thrown) {
          throw toMongoAppError(thrown)
        }
      }
    },
  })
}
