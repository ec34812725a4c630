import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { AppError } from '@skein/contracts'
import { listen, shut, type ListenOptions } from '../http-server.js'
import { createRequestId, systemRandom } from '../random.js'
import { errorResponse, type ServiceHandler } from './service-handler.js'
import type { RpcResponse } from './wire.js'

export interface RpcServerOptions extends ListenOptions {
  /** How long calls in flight may take once closing began: 5 s when absent. */
  readonly graceMs?: number
}

export interface RpcServer {
  readonly port: number
  /** Stops accepting, answers what is in flight, then closes. Idempotent. */
  close(): Promise<void>
}

export const rpcPrefix = '/rpc/'

/** Serves services under `/rpc/<service>/`. Resolves when listening. */
export async function serveRpc(handlers: readonly ServiceHandler[], options: RpcServerOptions): Promise<RpcServer> {
  const byService = new Map(handlers.map((handler) => [handler.service, handler]))
  let closing: Promise<void> | undefined
  const server = createServer((request, response) => {
    respond(byService, request, response).then(
      (answer) => send(response, answer, closing !== undefined),
      () => response.destroy(),
    )
  })
  // Longer than the clients keep theirs, so that it is the client who ends an idle connection.
  server.keepAliveTimeout = 65_000
  const port = await listen(server, options)
  return { port, close: () => (closing ??= shut(server, options.graceMs ?? 5_000)) }
}

async function respond(
  handlers: ReadonlyMap<string, ServiceHandler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<RpcResponse> {
  const path = request.url ?? '/'
  const [service = ''] = path.startsWith(rpcPrefix) ? path.slice(rpcPrefix.length).split('/') : []
  const handler = handlers.get(service)
  if (handler === undefined) return errorResponse(new AppError('not_found'), createRequestId(systemRandom))
  const left = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) left.abort(new Error('the caller left'))
  })
  return handler.handle({
    method: request.method ?? '',
    path: path.slice(rpcPrefix.length + service.length),
    headers: request.headers,
    text: () => readText(request, handler.maxBodyBytes),
    signal: left.signal,
  })
}

/** What is over the limit is read to its end and thrown away, so that the caller hears the answer and keeps its connection. */
async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
    for await (const chunk of incoming) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) throw new AppError('too_large')
      chunks.push(chunk)
    }
  } catch (thrown) {
    request.resume()
    throw thrown instanceof AppError ? thrown : new AppError('unavailable', { cause: thrown })
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, answer: RpcResponse, closing: boolean): void {
  const headers: Record<string, string> = {
    ...answer.headers,
    'content-length': String(Buffer.byteLength(answer.text)),
  }
  if (closing) headers['connection'] = 'close'
  response.writeHead(answer.status, headers)
  response.end(answer.text)
}
