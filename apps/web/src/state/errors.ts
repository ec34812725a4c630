import type { SkeinErrorShape } from '@skein/client'

/** What was thrown, in the one shape the page reads. Anything unknown counts as a server that did not answer. */
export function errorShape(thrown: unknown): SkeinErrorShape {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string') {
    const error = thrown as SkeinErrorShape
    return { ...error, code: error.code, message: error.message, retryable: error.retryable }
  }
  return { code: 'network', message: 'The server did not answer.', retryable: true }
}

/** True when nobody answered: no connection, or a server that is away. */
export function isUnreachable({ code, requestId, retryable }: SkeinErrorShape): boolean {
  return retryable && requestId === undefined && (code === 'network' || code === 'unavailable' || code === 'deadline')
}
