import type { IncomingMessage } from 'node:http'
import { AppError } from '@skein/contracts'

/** No body of the API nests deeper than three. */
const maxDepth = 32
/** How much of a body that is too large is still read, so that its sender gets to read the answer. */
const maxDrainedBytes = 8 * 1_048_576
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The JSON object in a request's body; an empty one when there is no body.
 * @throws AppError unsupported_media (anything but plain UTF-8 JSON), too_large, invalid (not JSON, not an object, nested
 * absurdly, keys that name prototypes)
 */
export async function readJsonBody(req: IncomingMessage, maxBytes: number): Promise<Record<string, unknown>> {
  if (!hasBody(req)) return {}
  const isTooLarge = Number(req.headers['content-length'] ?? 0) > maxBytes
  if (!isTooLarge && !isPlainJson(req)) throw new AppError('unsupported_media')
  const bytes = await readBytes(req, maxBytes)
  return bytes.length === 0 ? {} : parseObject(bytes)
}

/** True when the sender announces a body, even one not read yet. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
}

function isPlainJson(req: IncomingMessage): boolean {
  const type = /^application\/json\s*(?:;\s*charset="?([\w-]+)"?\s*)?$/i.exec(req.headers['content-type'] ?? '')
  const charset = (type?.[1] ?? 'utf-8').toLowerCase()
  const encoding = req.headers['content-encoding'] ?? 'identity'
  return type !== null && (charset === 'utf-8' || charset === 'utf8') && encoding.toLowerCase() === 'identity'
}

/** Reads on past the limit, up to a bound, and keeps nothing of it. */
async function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else if (size > maxDrainedBytes) break
    }
  } catch (cause) {
    throw new AppError('invalid', { message: 'The body broke off.', cause })
  }
  if (size > maxBytes) throw new AppError('too_large')
  return Buffer.concat(chunks, size)
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  const value = parseJson(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('invalid', { message: 'The body must be a JSON object.' })
  checkShape(value)
  return { ...value }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AppError('invalid', { message: 'The body is not JSON.', cause })
  }
}

/** Walks without recursion, so that depth cannot exhaust the stack. */
function checkShape(root: object): void {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new AppError('invalid', { message: `The body nests deeper than ${maxDepth}.` })
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      if (Object.keys(value).some((key) => forbiddenKeys.has(key)))
        throw new AppError('invalid', { message: 'The body has a key that names a prototype.' })
      next.push(...Object.values<unknown>({ ...value }))
    }
    level = next
  }
}
