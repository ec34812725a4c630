import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError, errorTable, toErrorBody } from '@skein/contracts'
import { createRequestId, systemRandom } from '@skein/platform'

const maxHeaderBytes = 16 * 1_024
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
/** Longer than balancers hold an idle connection, so that it is they who close it. */
const keepAliveMs = 65_000

/** A server for the HTTP API, not listening, which answers with the table's body even where no request could be read. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      // The API refuses a request without one itself, with a body.
      requireHostHeader: false,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
    },
    (req, res) => {
      // Express has no answer of ours for an address without a path.
      if (req.url?.startsWith('/') === true) listener(req, res)
      else sendRefusal(res)
    },
  )
  server.on('clientError', answerUnreadable)
  return server
}

function sendRefusal(res: ServerResponse): void {
  const { status, headers, body } = refuse(new AppError('invalid', { message: 'The address must be a path.' }))
  res.writeHead(status, headers).end(body)
}

/** For bytes that are no HTTP request. The connection ends with it. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, headers, body } = refuse(refusalOf(error.code))
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${body}`)
}

function refuse(error: AppError): { status: number; headers: Record<string, string>; body: string } {
  const requestId = createRequestId(systemRandom)
  const body = JSON.stringify(toErrorBody(error, requestId))
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    'cache-control': 'no-store',
    connection: 'close',
  }
  return { status: errorTable[error.code].status, headers, body }
}

function refusalOf(code: string | undefined): AppError {
  switch (code ?? 'unknown') {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('too_large', { message: `The address and headers are larger than ${maxHeaderBytes} bytes.` })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('invalid', { message: 'The request did not arrive in time.' })
    default:
      return new AppError('invalid', { message: 'This is not an HTTP request.' })
  }
}
