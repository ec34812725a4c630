import { ErrorBody } from '@skein/contracts'
import { expect } from 'chai'

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly tookMs: number
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly token?: string
  /** The Idempotency-Key. */
  readonly key?: string
  readonly body?: unknown
}

/** One request, never repeated: what a client without any cleverness hears. */
export async function ask(url: string, { method = 'GET', token, key, body }: Question = {}): Promise<Answer> {
  const startMs = performance.now()
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text), tookMs: performance.now() - startMs }
}

/** The deadline of every HTTP call, and what a busy machine may add to it. */
const answeredWithinMs = 10_000 + 2_000

/** It is a failure of one of these codes, to be tried again, that names the request and came within the deadline. */
export function expectRetryable(answer: Answer, ...codes: readonly string[]): void {
  const { code, retryable, requestId, remedy } = ErrorBody.parse(answer.body)
  expect(codes, JSON.stringify(answer)).to.include(code)
  expect({ retryable, isServerFault: answer.status >= 500 }).to.deep.equal({ retryable: true, isServerFault: true })
  expect(requestId).to.match(/^[\w-]{8,}$/)
  expect(remedy).not.to.equal('')
  expect(answer.tookMs).to.be.lessThan(answeredWithinMs)
}
