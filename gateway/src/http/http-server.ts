import { createServer, type RequestListener, type Server } from 'node:http'
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
    listener,
  )
  server.on('clientError', answerUnreadable)
  return server
}

/** For bytes that are no HTTP request. The connection ends with it. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const requestId = createRequestId(systemRandom)
  const refusal = refusalOf(error.code)
  const body = JSON.stringify(toErrorBody(refusal, requestId))
  const lines = [
    `HTTP/1.1 ${errorTable[refusal.code].status} Refused`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
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
