import { parseArgs } from 'node:util'
import { z } from 'zod'

export const phases = ['big', 'killed', 'steady'] as const
const count = (fallback: number) => z.coerce.number().int().min(0).max(1_000_000).default(fallback)

const Flags = z.strictObject({
  followers: count(100_000),
  active: count(500),
  viewers: count(2_000),
  authors: count(50),
  follows: count(5),
  rate: count(20),
  seconds: count(20),
  only: z.enum(phases).optional(),
})
export type ClusterFlags = z.infer<typeof Flags>

export const usage = `npm run bench:cluster -- [--followers 100000] [--active 500] [--viewers 2000] [--authors 50] [--follows 5]
    [--rate 20] [--seconds 20] [--only ${phases.join('|')}]`

/** @throws Error for an unknown flag or a value that is none */
export function readFlags(args: string[]): ClusterFlags {
  const options = Object.fromEntries(Object.keys(Flags.shape).map((name) => [name, { type: 'string' as const }]))
  const parsed = Flags.safeParse({ ...parseArgs({ args, options }).values })
  if (parsed.success) return parsed.data
  throw new Error(z.prettifyError(parsed.error))
}
