import { once } from 'node:events'
import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants } from 'node:os'
import { z } from 'zod'
import type { Part, PartControl } from './plan.js'
import { isStillRunning, readRunFile } from './run-file.js'

/** What a second process may ask of the one that watches the parts. */
export const partActions = ['kill', 'start', 'stop', 'pause', 'resume'] as const
export type PartAction = (typeof partActions)[number]

export interface ControlServer {
  readonly port: number
  close(): Promise<void>
}

const signals = Object.keys(constants.signals)
const Signal = z.custom<NodeJS.Signals>((value) => typeof value === 'string' && signals.includes(value), {
  error: `the signal must be one like SIGKILL, SIGTERM or SIGHUP`,
})
const PartShape: z.ZodType<Part> = z.object({
  name: z.string(),
  state: z.enum(['stopped', 'starting', 'ready', 'unready', 'paused', 'waiting']),
  pid: z.int(),
  port: z.int(),
  opsPort: z.int(),
  restarts: z.int(),
  connections: z.number().nullable(),
})
const Answer = z.union([z.object({ parts: z.array(PartShape) }), z.object({ error: z.string() })])

/** Listens on this machine alone, for who can read the token. */
export async function serveControl(control: PartControl, parts: () => Part[], token: string): Promise<ControlServer> {
  const server = createServer((request, response) => {
    void answer(request, response, { control, parts, token })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}

interface Served {
  readonly control: PartControl
  readonly parts: () => Part[]
  readonly token: string
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const say = (status: number, body: z.infer<typeof Answer>): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (!isSame(request.headers.authorization ?? '', `Bearer ${served.token}`)) return say(401, { error: 'not allowed' })
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (request.method === 'POST') await act(served.control, url)
    say(200, { parts: served.parts() })
  } catch (thrown) {
    say(400, { error: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}

async function act(control: PartControl, { pathname, searchParams }: URL): Promise<void> {
  const [, word, name = ''] = pathname.split('/')
  const action = z.enum(partActions).parse(word)
  if (action !== 'kill') return control[action](name)
  const signal = searchParams.get('signal')
  await control.kill(name, signal === null ? 'SIGKILL' : readSignal(signal))
}

/** @throws Error naming what it may be */
export function readSignal(text: string): NodeJS.Signals {
  const read = Signal.safeParse(text.startsWith('SIG') ? text : `SIG${text}`)
  if (!read.success) throw new Error(`${text} is no signal: ${read.error.issues[0]?.message ?? ''}`)
  return read.data
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Asks the cluster that runs over this folder, and resolves to its parts afterwards. @throws Error when none runs */
export async function askCluster(
  dataDir: string,
  ask?: { readonly action: PartAction; readonly name: string; readonly signal?: string },
): Promise<Part[]> {
  const running = readRunFile(dataDir)
  if (running === null || !isStillRunning(running.supervisor))
    throw new Error(`No cluster runs over ${dataDir}. Start one: skein cluster --data-dir ${dataDir}`)
  const { port, token } = running.control
  const query = ask?.signal === undefined ? '' : `?signal=${encodeURIComponent(ask.signal)}`
  const path = ask === undefined ? '/parts' : `/${ask.action}/${encodeURIComponent(ask.name)}${query}`
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: ask === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}` },
  }).catch((cause: unknown) => {
    throw new Error(`The cluster over ${dataDir} does not answer: it is just ending. Ask again.`, { cause })
  })
  const read = Answer.parse(await response.json())
  if ('error' in read) throw new Error(read.error)
  return read.parts
}
