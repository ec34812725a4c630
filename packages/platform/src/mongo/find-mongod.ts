import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** How a MongoDB for tests and development is started: with a port and a folder, listening on this machine alone. */
export interface MongoProgram {
  /** `stand-in`: another program that speaks MongoDB's protocol; what passes on it is likely, not proven. */
  readonly kind: 'mongod' | 'stand-in'
  readonly command: string
  readonly argsFor: (port: number, dir: string) => string[]
}

const standIn = fileURLToPath(new URL('../../../../scripts/mongo-standin/start', import.meta.url))
const probeMs = 2_000

/**
 * A real mongod where there is one (on the PATH, or one that mongodb-memory-server can download), else the stand-in of
 * this repository. null when neither can be had.
 */
export async function findMongod(): Promise<MongoProgram | null> {
  const command = spawnSync('mongod', ['--version']).status === 0 ? 'mongod' : await download()
  if (command !== null)
    return {
      kind: 'mongod',
      command,
      argsFor: (port, dir) => ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dir, '--quiet'],
    }
  if (!existsSync(standIn) || spawnSync(standIn, ['--install']).status !== 0) return null
  return { kind: 'stand-in', command: standIn, argsFor: (port, dir) => [String(port), dir] }
}

/** The path of a downloaded mongod; null where the download site does not answer. */
async function download(): Promise<string | null> {
  try {
    await fetch('https://fastdl.mongodb.org/', { method: 'HEAD', signal: AbortSignal.timeout(probeMs) })
    const { MongoBinary } = await import('mongodb-memory-server-core')
    return await MongoBinary.getPath({ version: '8.0.4' })
  } catch {
    return null
  }
}
