import { createHash } from 'node:crypto'

export interface PostBody {
  /** As it is stored. */
  readonly text: string
  readonly replyTo?: string | undefined
  readonly quoteOf?: string | undefined
}

/** The same for the same request, whatever the order of its fields: SHA-256 in hex. */
export function hashBody({ text, replyTo, quoteOf }: PostBody): string {
  return createHash('sha256')
    .update(JSON.stringify([text, replyTo ?? null, quoteOf ?? null]))
    .digest('hex')
}
