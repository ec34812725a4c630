import { parseArgs } from 'node:util'
import { createChance } from '../test/support/random.js'
import { perform } from './perform.js'
import { describeOutcome, tableOf } from './report.js'
import type { Outcome, Scenario, Size } from './scenario.js'
import { scenarios, shortSelection } from './scenarios/index.js'
import { openStage, type Stage } from './stage.js'

const help = `npm run chaos -- [flags]

  --list           what there is
  --only a,b       these scenarios; all when absent
  --seed N         repeats what chance decided
  --repeat K       each so often, with the seeds N, N+1, ...
  --rounds N       faults in a row
  --clients N      readers
  --rate N         posts a second
  --short          a small selection, for every change
  --keep           after a finding, keeps the logs and what was known of everybody
  --table          the outcome as a table of Markdown, at the end`

const { values } = parseArgs({
  options: {
    list: { type: 'boolean' },
    help: { type: 'boolean' },
    only: { type: 'string' },
    seed: { type: 'string' },
    repeat: { type: 'string' },
    rounds: { type: 'string' },
    clients: { type: 'string' },
    rate: { type: 'string' },
    short: { type: 'boolean' },
    keep: { type: 'boolean' },
    table: { type: 'boolean' },
  },
})

const number = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise
  if (/^\d+$/.test(text)) return Number(text)
  console.error(`${text} is not a number.\n\n${help}`)
  process.exit(2)
}

function chosen(): readonly Scenario[] {
  const names = values.only?.split(',') ?? (values.short ? shortSelection : scenarios.map(({ name }) => name))
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name))
  if (unknown.length === 0) return names.flatMap((name) => scenarios.filter((scenario) => scenario.name === name))
  console.error(`There is no scenario ${unknown.join(', ')}. The scenarios: ${scenarios.map((s) => s.name).join(', ')}`)
  process.exit(2)
}

function sizeOf({ size, short }: Scenario): Size {
  const own = { ...size, ...(values.short ? short : {}) }
  return {
    ...own,
    rounds: number(values.rounds, own.rounds),
    clients: number(values.clients, own.clients),
    postsPerSecond: number(values.rate, own.postsPerSecond),
  }
}

async function main(): Promise<void> {
  const seed = number(values.seed, Date.now() % 0x7fffffff)
  const repeat = number(values.repeat, 1)
  const outcomes: Outcome[] = []
  let skipped = 0
  let stage: Promise<Stage> | null = null
  const close = async (): Promise<void> => {
    const closing = stage
    stage = null
    await (await closing)?.[Symbol.asyncDispose]()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      console.error('Stopping every part.')
      void close().finally(() => process.exit(130))
    })
  try {
    for (const scenario of chosen()) {
      const missing = scenario.missing?.() ?? null
      if (missing !== null) {
        skipped += 1
        console.log(`${scenario.name}: skipped, because ${missing}`)
        continue
      }
      for (let k = 0; k < repeat; k += 1) {
        if (scenario.plan !== undefined) await close()
        stage ??= scenario.plan?.() ?? openStage()
        const outcome = await perform(scenario, await stage, {
          size: sizeOf(scenario),
          chance: createChance(seed + k),
          isKept: values.keep === true,
        })
        outcomes.push(outcome)
        console.log(describeOutcome(outcome, sizeOf(scenario)))
        if (scenario.plan !== undefined || outcome.findings.length > 0) await close()
      }
    }
  } finally {
    await close()
  }
  if (values.table === true) console.log(tableOf(outcomes))
  const failed = outcomes.filter(({ findings }) => findings.length > 0).length
  console.log(`${outcomes.length - failed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed === 0 ? 0 : 1
}

if (values.help === true) console.log(help)
else if (values.list === true) for (const { name, about } of scenarios) console.log(`${name.padEnd(14)}${about}`)
else await main()
