import { ORPCError } from '@orpc/client'
import { AppError, ErrorDetail, isErrorCode, type AppErrorOptions, type ErrorCode } from '@skein/contracts'
import { z } from 'zod'

const Issue = z.object({
  message: z.string(),
  code: z.string().optional(),
  keys: z.array(z.string()).optional(),
  path: z.array(z.union([z.string(), z.number(), z.looseObject({})])).optional(),
})
const Issues = z.object({ issues: z.array(Issue) })

const aliases: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: 'invalid',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  PAYLOAD_TOO_LARGE: 'too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media',
  TOO_MANY_REQUESTS: 'rate_limited',
  SERVICE_UNAVAILABLE: 'unavailable',
}

const maxFields = 20
const maxFieldNameChars = 80

/** What is wrong, by the path of the field (`a.0.b`; the empty name is the whole input). At most 20 fields. */
export function fieldsOf(issues: readonly z.infer<typeof Issue>[]): Record<string, string> {
  const named = issues.flatMap((issue): [string, string][] => {
    const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? String(part['key']) : String(part)))
    if (issue.code !== 'unrecognized_keys') return [[path.join('.'), issue.message]]
    return (issue.keys ?? []).map((key) => [[...path, key].join('.'), 'is not a known field'])
  })
  return Object.fromEntries(
    named.slice(0, maxFields).map(([name, message]) => [name.slice(0, maxFieldNameChars), message]),
  )
}

/**
 * Everything thrown, as an error of the table. An AppError stays itself; the RPC library's own codes are translated; input
 * that failed its schema is `invalid` with fields; anything else is `internal` with the thrown value as its cause.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (!(thrown instanceof ORPCError)) return new AppError('internal', { cause: thrown })
  const { code, message, data } = thrown as ORPCError<string, unknown>
  if (isErrorCode(code)) return new AppError(code, { message, cause: thrown.cause, ...detailOf(data) })
  const alias = Object.hasOwn(aliases, code) ? aliases[code] : undefined
  if (alias === undefined) return new AppError('internal', { cause: thrown })
  const issues = Issues.safeParse(data)
  if (alias !== 'invalid' || !issues.success) return new AppError(alias, { cause: thrown })
  return new AppError('invalid', { fields: fieldsOf(issues.data.issues) })
}

function detailOf(data: unknown): AppErrorOptions {
  const detail = ErrorDetail.safeParse(data)
  if (!detail.success) return {}
  const { retryAfterMs, fields } = detail.data
  return { ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(fields === undefined ? {} : { fields }) }
}
