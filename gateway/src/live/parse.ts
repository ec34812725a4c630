import { AppError } from '@skein/contracts'
import { fieldsOf } from '@skein/platform'
import type { z } from 'zod'

/** @throws AppError invalid, with what is wrong by field */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => ({
    message: issue.message,
    code: issue.code,
    path: issue.path.map(String),
    ...(issue.code === 'unrecognized_keys' ? { keys: issue.keys } : {}),
  }))
  throw new AppError('invalid', { fields: fieldsOf(issues) })
}
