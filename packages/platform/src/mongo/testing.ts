import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { freePort } from '../redis/testing.js'
import { createServerProcess, type ServerProcess } from '../testing/server-process.js'
import { findMongod } from './find-mongod.js'

/** A MongoDB for tests: one server a suite, one database a test. */
export interface TestMongo extends ServerProcess {
  /** Which server it is: suites name it in their title. A given one cannot be stopped: an error. */
  readonly kind: 'mongod' | 'stand-in' | 'given'
  readonly port: number
  /** With a database of this name; another name is another database. */
  url(database: string): string
}

/** `SKEIN_TEST_MONGODB_URL` when it is set, else a server of one's own. @throws Error when none can be had */
export async function startMongo(): Promise<TestMongo> {
  const given = process.env['SKEIN_TEST_MONGODB_URL']
  if (given !== undefined) return givenMongo(new URL(given))
  const program = await findMongod()
  if (program === null)
    throw new Error('No MongoDB: set SKEIN_TEST_MONGODB_URL, or install python3-venv for the stand-in')
  const { kind, command, argsFor } = program
  const dir = await mkdtemp(join(tmpdir(), 'skein-mongo-'))
  const port = await freePort()
  const url = (database: string): string => `mongodb://127.0.0.1:${port}/${database}?directConnection=true`
  const server = createServerProcess({
    command,
    args: argsFor(port, dir),
    dir,
    answers: () => answers(url('admin')),
    readyTimeoutMs: 30_000,
  })
  await server.start()
  return Object.assign(server, { kind, port, url })
}

function givenMongo(base: URL): TestMongo {
  const never = (): never => {
    throw new Error('a given MongoDB is not ours to stop')
  }
  return {
    kind: 'given',
    port: Number(base.port || 27_017),
    pid: 0,
    url: (database) => {
      const own = new URL(base)
      own.pathname = `/${database}`
      return own.href
    },
    kill: never,
    start: never,
    pause: never,
    resume: never,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function answers(url: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(url, { serverSelectionTimeoutMS: 500 })
  try {
    await client.db().command({ ping: 1 })
  } finally {
    await client.close()
  }
}
