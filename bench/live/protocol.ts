import { z } from 'zod'

/** What the benchmark and its processes say to each other. Times in ms. */

export const Population = z.object({
  authors: z.int().min(1).max(99_999),
  viewers: z.int().min(1).max(99_999),
  follows: z.int().min(1),
  history: z.int().min(0),
  seed: z.int(),
})
export type Population = z.infer<typeof Population>

const TokenHolder = z.object({ token: z.string() })
/** Written by the seeding process, read by the load process. Follows are places in `authors`. */
export const Plan = z.object({
  authors: z.array(TokenHolder),
  viewers: z.array(TokenHolder.extend({ follows: z.array(z.int()) })),
  seed: z.int(),
})
export type Plan = z.infer<typeof Plan>

export const Spread = z.object({ count: z.int(), p50: z.number(), p99: z.number(), max: z.number() })
export type Spread = z.infer<typeof Spread>

export const Memory = z.object({ rss: z.number(), heap: z.number(), external: z.number() })
export type Memory = z.infer<typeof Memory>

export const Strain = z.object({
  loopP50: z.number(),
  loopP99: z.number(),
  loopMax: z.number(),
  /** Of one core: 1.2 is one core and a fifth of another. */
  cores: z.number(),
  rss: z.number(),
})
export type Strain = z.infer<typeof Strain>

export const LoadOrder = z.object({
  postsPerSecond: z.number().positive(),
  readsPerSecond: z.number().min(0),
  seconds: z.number().positive(),
})
export type LoadOrder = z.infer<typeof LoadOrder>

export const LoadResult = z.object({
  offered: z.int(),
  accepted: z.int(),
  /** By what came instead of an acceptance. */
  refused: z.record(z.string(), z.int()),
  expected: z.int(),
  received: z.int(),
  lost: z.int(),
  /** Not received by sockets that the server closed during the run: a client would come back for them. */
  cutOff: z.int(),
  doubled: z.int(),
  /** Received by who does not follow the author. */
  astray: z.int(),
  closedSockets: z.int(),
  /** The post's `createdAtMs` to its arrival. */
  delivery: Spread,
  /** The moment the post was due to be sent to its arrival. */
  whole: Spread,
  /** The moment the post was due to be sent to its acceptance. */
  acceptance: Spread,
  reads: Spread,
  failedReads: z.int(),
  /** Of the load process. */
  strain: Strain,
})
export type LoadResult = z.infer<typeof LoadResult>
