import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { serverConfig, type ServerConfig } from '@skein/server'
import { bundledSkein } from './bundle.js'

/** `skein start` as a process, told everything by variables. */
export interface RoleProcess {
  /** What it wrote so far, on both channels. */
  readonly said: () => string
  readonly exitCode: () => number | null
  /** Resolves to the exit code, null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /** Resolves to the exit code once it ended by itself. */
  ended(): Promise<number | null>
}

/** Resolves as soon as it runs, ready or not. */
export async function spawnRole(settings: Partial<ServerConfig>): Promise<RoleProcess> {
  const child: ChildProcess = spawn(process.execPath, [await bundledSkein(), 'start'], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(settings),
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text))
  const gone = once(child, 'exit')
  async function ended(): Promise<number | null> {
    await gone
    return child.exitCode
  }
  return {
    said: () => said,
    exitCode: () => child.exitCode,
    ended,
    async end(signal) {
      child.kill(signal)
      return ended()
    },
  }
}

/** Nothing of Skein and nothing of the test runner is inherited. */
function environment(settings: Partial<ServerConfig>): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const variables = new Map<string, string>(serverConfig.items.map(({ key, env }) => [key, env]))
  const own = Object.entries(settings).map(([key, value]) => [variables.get(key) ?? key, String(value)] as const)
  const others = Object.entries(inherited).filter(([name]) => !name.startsWith('SKEIN_'))
  return Object.fromEntries([...others, ...own])
}
