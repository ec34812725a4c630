import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { z } from 'zod'

export interface RawRequest {
  readonly method: string
  /** Sent as it is. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | undefined
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The parsed body; undefined when it is no JSON. */
  readonly json: unknown
}

export interface HttpClient extends AsyncDisposable {
  send(request: RawRequest): Promise<RawAnswer>
  /** Bytes, and every byte that came back until the other side closed. */
  raw(bytes: string): Promise<string>
}

export function createHttpClient(port: number): HttpClient {
  const agent = new Agent({ keepAlive: true })
  return {
    send: ({ method, path, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
        const sent = request(
          { host: '127.0.0.1', port, agent, method, path, headers: { ...length, ...headers }, setHost: true },
          (res) => {
            const chunks: Buffer[] = []
            res.on('data', (chunk: Buffer) => chunks.push(chunk))
            res.on('error', reject)
            res.on('end', () => {
              const text = Buffer.concat(chunks).toString()
              resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json: parse(text) })
            })
          },
        )
        sent.on('error', reject)
        sent.end(body)
      }),
    raw: (bytes) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
        let text = ''
        socket.on('data', (chunk) => (text += chunk.toString()))
        socket.on('error', reject)
        socket.on('close', () => resolve(text))
      }),
    [Symbol.asyncDispose]: async () => agent.destroy(),
  }
}

function parse(text: string): unknown {
  try {
    return z.json().parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
