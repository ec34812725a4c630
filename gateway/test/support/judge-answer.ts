import { ErrorBody, errorTable, isErrorCode } from '@skein/contracts'
import { z } from 'zod'
import type { HostileRequest } from './hostile-requests.js'
import type { RawAnswer } from './http-client.js'

/** A larger head is refused before it is a request: nobody's rate is counted. */
const maxHeadBytes = 16_000

/**
 * Whether an answer is one that this API may give, whatever was asked.
 * @throws Error that says what is wrong with it
 */
export function judgeAnswer(request: HostileRequest, answer: RawAnswer): void {
  const { status, headers, text, json } = answer
  const say = (what: string): Error =>
    new Error(
      `${what}: ${request.method} ${request.path.slice(0, 200)} (${request.tricks.join('; ')}) → ${status} ${text.slice(0, 300)}`,
    )
  if (status >= 500) throw say('a fault of the server')
  const requestId = headers['x-request-id']
  if (typeof requestId !== 'string' || !/^[\w-]{1,64}$/.test(requestId)) throw say('no request id')
  const isCounted = headers['ratelimit-limit'] !== undefined && headers['ratelimit-reset'] !== undefined
  if (!isCounted && headBytes(request) < maxHeadBytes) throw say('no rate limit')
  if (request.method === 'HEAD' || status === 204) {
    if (text !== '') throw say('a body where there must be none')
    return
  }
  if (status < 400) return judgeSuccess(request, json, say)
  const error = ErrorBody.strict().safeParse(json)
  if (!error.success || !isErrorCode(error.data.code)) throw say('not an error of the table')
  if (errorTable[error.data.code].status !== status) throw say('another status than the table says')
  if (error.data.requestId !== requestId) throw say('two request ids')
}

function headBytes({ path, headers = {} }: HostileRequest): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, path.length)
}

function judgeSuccess({ route, method }: HostileRequest, json: unknown, say: (what: string) => Error): void {
  if (typeof json !== 'object' || json === null || 'code' in json) throw say('not a success')
  const { outputSchema } = route
  // By another method it may be another route of the same address.
  if (method !== route.method || !(outputSchema instanceof z.ZodType)) return
  if (!outputSchema.safeParse(json).success) throw say('not what the contract answers')
}
