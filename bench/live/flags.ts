import { parseArgs } from 'node:util'
import { z } from 'zod'

const phases = ['memory', 'main', 'reads', 'highest'] as const
const count = (fallback: number) => z.coerce.number().int().min(1).max(99_999).default(fallback)

const Flags = z.strictObject({
  seconds: count(60),
  rate: count(250),
  reads: count(200),
  viewers: count(1_000),
  authors: count(10_000),
  follows: count(200),
  history: count(20_000),
  seed: count(1),
  only: z.enum(phases).optional(),
  profile: z.string().optional(),
})
export type Flags = z.infer<typeof Flags>
export type Phase = (typeof phases)[number]

export const usage = `npm run bench -- [--seconds 60] [--rate 250] [--reads 200] [--viewers 1000] [--authors 10000] [--follows 200]
    [--history 20000] [--seed 1] [--only ${phases.join('|')}] [--profile FOLDER (writes a .cpuprofile of the server)]`

/** @throws Error for an unknown flag or a value that is none */
export function readFlags(args: string[]): Flags {
  const options = Object.fromEntries(Object.keys(Flags.shape).map((name) => [name, { type: 'string' as const }]))
  const parsed = Flags.safeParse({ ...parseArgs({ args, options }).values })
  if (parsed.success) return parsed.data
  throw new Error(z.prettifyError(parsed.error))
}
