import { ErrorDetail } from '@skein/contracts'
import { AppError, isErrorCode } from '@skein/contracts'
import { z } from 'zod'

/*
 * The wire: POST /rpc/<service>/<method path>, one JSON body each way. An answer that is not 2xx is an ErrorBody.
 * The in-process transport carries the same texts and headers, without a socket.
 */

export const headerNames = {
  requestId: 'x-request-id',
  deadlineMs: 'x-deadline-ms',
  serviceToken: 'x-service-token',
  accessToken: 'authorization',
  traceparent: 'traceparent',
} as const

export type RpcHeaders = Readonly<Record<string, string | string[] | undefined>>

/** One request as a service handler takes it. `path` begins with a slash and has no prefix. */
export interface RpcRequest {
  readonly method: string
  readonly path: string
  readonly headers: RpcHeaders
  /** The whole body. @throws AppError too_large */
  readonly text: () => Promise<string>
  /** Aborts when the caller left. */
  readonly signal: AbortSignal
}

export interface RpcResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** One call as a link sends it. */
export interface RpcCall {
  readonly service: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** May be sent twice. */
  readonly safe: boolean
  readonly signal: AbortSignal
}

/**
 * Carries calls to one service.
 * @throws the reason of `call.signal` when that aborts
 * @throws AppError unavailable when no answer of the service came
 */
export interface RpcLink {
  /**
   * The service is of this process and of this code: what it answers was checked and cut by the same contract, and it
   * ends every call itself, at its deadline or when the signal aborts. Absent: neither is taken for granted.
   */
  readonly inProcess?: true
  call(call: RpcCall): Promise<RpcResponse>
  close(): Promise<void>
}

/** The first value of a header, undefined when it is missing. */
export function headerOf(headers: RpcHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

const ErrorAnswer = ErrorDetail.extend({ code: z.string(), message: z.string() })

/** The error a failed answer stands for. What is not one of our answers is `unavailable`: something else answered. */
export function readErrorAnswer(body: unknown, status: number): AppError {
  const answer = ErrorAnswer.safeParse(body)
  if (!answer.success)
    return new AppError('unavailable', { cause: new Error(`status ${status} without an error body`) })
  const { code, message, retryAfterMs, fields } = answer.data
  const cause = new Error(`answered ${code}: ${message}`)
  if (!isErrorCode(code)) return new AppError('internal', { cause })
  return new AppError(code, {
    message,
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(fields === undefined ? {} : { fields }),
  })
}
