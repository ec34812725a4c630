import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { freePort } from '../redis/testing.js'
import { eventually } from '../testing/eventually.js'
import { findMongod } from './find-mongod.js'

/** A MongoDB for tests: one server a suite, one database a test. */
export interface TestMongo extends AsyncDisposable {
  /** Which server it is: suites name it in their title. */
  readonly kind: 'mongod' | 'stand-in' | 'given'
  readonly port: number
  readonly pid: number
  /** With a database of this name; another name is another database. */
  url(database: string): string
  /** kill -9. Resolves when it is gone. Of a given server: an error. */
  kill(): Promise<void>
  /** Starts it again on the same port over the same folder. Resolves when it answers. */
  start(): Promise<void>
  pause(): void
  resume(): void
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
  let child: ChildProcess | undefined
  const url = (database: string): string => `mongodb://127.0.0.1:${port}/${database}?directConnection=true`
  async function start(): Promise<void> {
    child = spawn(command, argsFor(port, dir), { stdio: 'ignore' })
    await eventually(() => answers(url('admin')), 30_000)
  }
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    kind,
    port,
    get pid() {
      return child?.pid ?? 0
    },
    url,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
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
