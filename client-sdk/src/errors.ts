import type { ErrorCode, SkeinErrorShape } from './types.js'

type Detail = Omit<SkeinErrorShape, 'code' | 'message'> & { cause?: unknown }

/** Every failure of this package but an abort, which rejects with the signal's own reason. */
export class SkeinError extends Error implements SkeinErrorShape {
  readonly code: ErrorCode
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  declare readonly retryAfterMs?: number
  /** What is wrong with which field of the input. */
  declare readonly fields?: Record<string, string>
  /** What the operator finds this call by. */
  declare readonly requestId?: string
  declare readonly remedy?: string
  /** The HTTP status, when there was an answer. */
  declare readonly status?: number

  constructor(code: ErrorCode, message: string, detail: Detail) {
    const { cause, retryable, ...rest } = detail
    super(message, { cause })
    this.name = 'SkeinError'
    this.code = code
    this.retryable = retryable
    Object.assign(this, rest)
  }
}

/** The plain form, for snapshots. */
export function shapeOf(error: SkeinError): SkeinErrorShape {
  const { code, message, retryable, retryAfterMs, fields, requestId, remedy, status } = error
  return {
    code,
    message,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(fields === undefined ? {} : { fields }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(status === undefined ? {} : { status }),
  }
}

/** Nobody answered, or not in our language. */
export function unavailable(cause: unknown, status?: number): SkeinError {
  return new SkeinError('unavailable', 'The server does not answer.', {
    retryable: true,
    remedy: 'Try again in a moment.',
    cause,
    ...(status === undefined ? {} : { status }),
  })
}

export function deadlinePassed(): SkeinError {
  return new SkeinError('deadline', 'The answer did not come in time.', {
    retryable: true,
    remedy: 'Try again; writes need the same Idempotency-Key.',
  })
}

export function clientClosed(): SkeinError {
  return new SkeinError('closed', 'This client is closed.', { retryable: false, remedy: 'Make a new client.' })
}

export function sessionEnded(reason: string): SkeinError {
  return new SkeinError('session_ended', `The session was ended: ${reason}.`, {
    retryable: false,
    remedy: 'Sign in again.',
  })
}

/** Reads an ErrorBody; anything else becomes what its status says. */
export function readErrorBody(body: unknown, status?: number): SkeinError {
  if (!isRecord(body) || typeof body['code'] !== 'string') return errorOfStatus(status)
  const { code, message, retryable, retryAfterMs, fields, requestId, remedy } = body
  return new SkeinError(code, text(message) ?? code, {
    retryable: retryable === true,
    ...(typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? { retryAfterMs } : {}),
    ...(isRecord(fields) ? { fields: Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, String(v)])) } : {}),
    ...(text(requestId) === undefined ? {} : { requestId: String(requestId) }),
    ...(text(remedy) === undefined ? {} : { remedy: String(remedy) }),
    ...(status === undefined ? {} : { status }),
  })
}

/** Anything thrown as a SkeinError; a bug of ours keeps its cause. */
export function toSkeinError(error: unknown): SkeinError {
  return error instanceof SkeinError
    ? error
    : new SkeinError('internal', error instanceof Error ? error.message : String(error), {
        retryable: false,
        cause: error,
      })
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function errorOfStatus(status = 0): SkeinError {
  if (status === 429) return new SkeinError('rate_limited', 'Too many requests.', { retryable: true, status })
  if (status === 401) return new SkeinError('unauthenticated', 'Not signed in.', { retryable: false, status })
  if (status === 404) return new SkeinError('not_found', 'There is nothing there.', { retryable: false, status })
  if (status === 0 || status === 502 || status === 503 || status === 504) return unavailable(undefined, status)
  return new SkeinError('internal', `The server answered ${status} without saying why.`, { retryable: false, status })
}
