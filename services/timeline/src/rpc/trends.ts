import type { Parts } from '../parts.js'
import { callOf } from '../reads/begin-read.js'
import { os } from './os.js'

/** Tags of the last 24 h, the same for everyone. */
export function trendsMethod(parts: Parts) {
  return os.trends.handler(async ({ input: { limit }, context, signal }) => {
    return { items: await parts.trends.top(limit, callOf(parts, { context, signal }).call) }
  })
}
