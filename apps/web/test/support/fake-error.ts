import type { SkeinErrorShape } from '@skein/client'

export class FakeError extends Error implements SkeinErrorShape {
  readonly code: string
  readonly retryable: boolean
  constructor(code: string, message: string, more: Partial<SkeinErrorShape> = {}) {
    super(message)
    this.code = code
    this.retryable = false
    Object.assign(this, more)
  }
}

/** What the SDK says when nobody answers. */
export function unreachable(): FakeError {
  return new FakeError('unavailable', 'The server does not answer.', { retryable: true })
}
