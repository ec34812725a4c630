import { z } from 'zod'

type Row = { status: number; retryable: boolean; message: string; remedy: string }
const row = (status: number, retryable: boolean, message: string, remedy: string): Row => ({
  status,
  retryable,
  message,
  remedy,
})

/** The one table of every error a client can see. docs/errors.md is held to it by a test. */
export const errorTable = {
  invalid: row(
    400,
    false,
    'The request is not what this call takes.',
    'Mend the fields named in `fields` and send it again.',
  ),
  bad_cursor: row(400, false, 'The cursor is not one that this server made.', 'Load the feed without a cursor.'),
  unauthenticated: row(
    401,
    false,
    'This call needs a valid access token.',
    'Sign in, or refresh the access token, and try again.',
  ),
  session_ended: row(401, false, 'The session was ended.', 'Sign in again.'),
  wrong_credentials: row(401, false, 'The handle and password do not match.', 'Check both and try again.'),
  forbidden: row(403, false, 'This is not yours to do.', 'Use an account that may do it.'),
  blocked: row(
    403,
    false,
    'A block stands between you and this person.',
    'Nothing can be done until the block is lifted.',
  ),
  not_found: row(404, false, 'There is nothing at this address.', 'Check the id or handle.'),
  method_not_allowed: row(
    405,
    false,
    'This address does not take this method.',
    'See /v1/openapi.json for the methods it takes.',
  ),
  handle_taken: row(409, false, 'Another person has this handle.', 'Choose another handle.'),
  idempotency_conflict: row(
    409,
    false,
    'This Idempotency-Key was used with another body.',
    'Use a new key for a new request.',
  ),
  gone: row(410, false, 'The post was deleted by its author.', 'Nothing: it will not come back.'),
  too_large: row(413, false, 'The body is larger than this server takes.', 'Send less than 64 KiB.'),
  unsupported_media: row(415, false, 'The body is not JSON.', 'Send `Content-Type: application/json`.'),
  limit_reached: row(422, false, 'A limit of this server is reached.', 'Remove something first, or ask the operator.'),
  rate_limited: row(429, true, 'Too many requests.', 'Wait `retryAfterMs` and try again.'),
  internal: row(500, false, 'Something broke on the server.', 'Tell the operator the request id.'),
  unavailable: row(503, true, 'A part of the server does not answer.', 'Try again in a moment.'),
  overloaded: row(503, true, 'The server has more to do than it can.', 'Wait `retryAfterMs` and try again.'),
  delayed: row(
    503,
    true,
    'The change is not confirmed yet.',
    'Send it again with the same Idempotency-Key: it completes and is never doubled.',
  ),
  deadline: row(504, true, 'The answer did not come in time.', 'Try again; writes need the same Idempotency-Key.'),
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof errorTable

/** True for a code of the table, and never for a key of Object.prototype. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code)
}

/** What may travel with a code, between services and to clients. */
export const ErrorDetail = z.object({
  retryAfterMs: z.int().nonnegative().optional(),
  fields: z.record(z.string(), z.string()).optional(),
})
export type ErrorDetail = z.infer<typeof ErrorDetail>

/** The body of every failed HTTP answer and failed socket acknowledgement. */
export const ErrorBody = ErrorDetail.extend({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  requestId: z.string(),
  remedy: z.string(),
})
export type ErrorBody = z.infer<typeof ErrorBody>

export type AppErrorOptions = ErrorDetail & { message?: string; cause?: unknown }

/** A failure with a code of the table. The message is for people and holds nothing secret. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly fields: Record<string, string> | undefined

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? errorTable[code].message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryable = errorTable[code].retryable
    this.retryAfterMs = options.retryAfterMs
    this.fields = options.fields
  }
}

/** The outward form. An `internal` error leaves without its own text. */
export function toErrorBody(error: AppError, requestId: string): ErrorBody {
  const entry = errorTable[error.code]
  return {
    code: error.code,
    message: error.code === 'internal' ? entry.message : error.message,
    retryable: entry.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.fields === undefined ? {} : { fields: error.fields }),
    requestId,
    remedy: entry.remedy,
  }
}
