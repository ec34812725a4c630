import mongoose, { type Connection } from 'mongoose'
import { durable } from '@skein/platform/mongo'
import { BackupError } from './backup-error.js'

const waitMs = 10_000

/**
 * For work that takes as long as it takes: other than a service's own connection it never gives up a question that the
 * server is busy with, as making an index of millions may be. @throws BackupError when no server answers in 10 s
 */
export async function connectMongo(url: string, what: string): Promise<Connection> {
  const connection = mongoose.createConnection(url, {
    appName: 'skein-backup',
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    serverSelectionTimeoutMS: waitMs,
    connectTimeoutMS: waitMs,
    socketTimeoutMS: 0,
    maxPoolSize: 8,
    writeConcern: { w: durable.w, journal: durable.journal },
    readPreference: 'primary',
  })
  connection.set('strictQuery', 'throw')
  connection.set('sanitizeFilter', true)
  connection.on('error', () => undefined)
  try {
    return await connection.asPromise()
  } catch (cause) {
    await connection.close().catch(() => undefined)
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new BackupError(`The database of ${what} does not answer (${why}): start it, or mend its URL`, { cause })
  }
}

/** The driver's own view of a connection. */
export function databaseOf(connection: Connection): NonNullable<Connection['db']> {
  if (connection.db === undefined) throw new Error('not connected')
  return connection.db
}
