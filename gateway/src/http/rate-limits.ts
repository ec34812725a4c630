import { isIPv6 } from 'node:net'
import { AppError } from '@skein/contracts'
import type { Request, Response } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { HttpLimits, Limit } from './http-config.js'

export type LimitName = keyof HttpLimits

/** Counts in memory: each gateway counts for itself. */
export interface RateLimits {
  /**
   * Takes one point, and writes `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) of the limit nearest to its end.
   * @throws AppError rate_limited with the time until the count starts again
   */
  take(name: LimitName, key: string, res: Response): Promise<void>
}

type State = { readonly limit: number; readonly remaining: number; readonly resetMs: number }

export function createRateLimits(limits: HttpLimits, onLimited: (name: LimitName) => void): RateLimits {
  const limiters = {
    ip: createLimiter(limits.ip),
    user: createLimiter(limits.user),
    signUp: createLimiter(limits.signUp),
    signIn: createLimiter(limits.signIn),
    refresh: createLimiter(limits.refresh),
    post: createLimiter(limits.post),
  } satisfies Record<LimitName, RateLimiterMemory>
  const written = new WeakMap<Response, State>()

  return {
    async take(name, key, res) {
      const { isOver, ...state } = await consume(limiters[name], key)
      const before = written.get(res)
      if (before === undefined || isNearer(state, before)) {
        written.set(res, state)
        res.setHeader('ratelimit-limit', state.limit)
        res.setHeader('ratelimit-remaining', state.remaining)
        res.setHeader('ratelimit-reset', Math.ceil(state.resetMs / 1_000))
      }
      if (!isOver) return
      onLimited(name)
      throw new AppError('rate_limited', { retryAfterMs: state.resetMs })
    },
  }
}

function createLimiter({ points, perMs }: Limit): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: perMs / 1_000 })
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<State & { isOver: boolean }> {
  let isOver = false
  const taken = await limiter.consume(key).catch((thrown: unknown) => {
    if (!(thrown instanceof RateLimiterRes)) throw thrown
    isOver = true
    return thrown
  })
  const resetMs = Math.max(0, Math.ceil(taken.msBeforeNext))
  return { isOver, limit: limiter.points, remaining: taken.remainingPoints, resetMs }
}

function isNearer(a: State, b: State): boolean {
  return a.remaining * b.limit < b.remaining * a.limit || (a.remaining === 0 && a.resetMs > b.resetMs)
}

/** Whom an address counts for: itself, or its /64 for IPv6, where one person holds many. */
export function addressKey(req: Request): string {
  const address = (req.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`
}
