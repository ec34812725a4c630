import { setTimeout as wait } from 'node:timers/promises'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@skein/platform/testing'
import type { Chance } from '../test/support/random.js'
import { check } from './checker.js'
import { gather, untilRight, type Crowd } from './crowd.js'
import { observe } from './observe.js'
import type { Records, Trouble } from './record.js'
import type { Outcome, Scenario, Scene, Size } from './scenario.js'
import type { Stage } from './stage.js'

/** How long homes, views, counts and lags may take to be right once nobody acts any more. */
const quietMs = 30_000
const rightMs = 120_000
const homesLookedAt = 24
const viewsKept = 12

export interface Wish {
  readonly size: Size
  readonly chance: Chance
  /** Whether what is known of everybody is written beside the logs when anything was found, and both stay. */
  readonly isKept: boolean
}

/** Plays one scenario over a stage with people of its own, and looks at what is left when it is quiet. */
export async function perform(scenario: Scenario, stage: Stage, { size, chance, isKept }: Wish): Promise<Outcome> {
  const beganMs = performance.now()
  const name = `${scenario.name.slice(0, 8).replace('-', '_')}${chance.between(0, 36 ** 3).toString(36)}`
  await stage.ready()
  await using crowd = await gather({
    ...size,
    url: stage.url,
    chance,
    name,
    readers: size.clients,
    views: Math.min(viewsKept, size.clients),
  })
  const troubles: Trouble[] = []
  const findings: string[] = []
  const notes: string[] = []
  let longestMs = 0
  const scene: Scene = {
    stage,
    crowd,
    chance,
    rounds: size.rounds,
    clients: size.clients,
    fault: async (what, act) => {
      const trouble = { what, fromMs: performance.now(), toMs: Number.POSITIVE_INFINITY }
      troubles.push(trouble)
      await act().finally(() => (trouble.toMs = performance.now()))
    },
    right: async (withinMs = rightMs) => {
      const sinceMs = troubles.at(-1)?.toMs ?? performance.now()
      await stage.ready(withinMs)
      const tookMs = await untilRight(crowd, sinceMs, withinMs)
      longestMs = Math.max(longestMs, tookMs)
      const last = troubles.at(-1)
      if (last !== undefined) last.toMs = performance.now()
      if (troubles.length % 10 === 0) console.log(progressOf(crowd, troubles.length, longestMs))
      return tookMs
    },
    wrong: (what) => void findings.push(what),
    note: (what) => void notes.push(what),
  }
  const postingSinceMs = performance.now()
  try {
    await untilRight(crowd, postingSinceMs, rightMs)
    await scenario.run(scene)
  } catch (thrown) {
    findings.push(`stuck: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
  const postingForMs = performance.now() - postingSinceMs
  const { records, found } = await settle(crowd, stage, troubles)
  findings.push(...found)
  if (isKept && findings.length > 0) {
    stage.keep()
    const file = join(stage.dataDir, `${name}.json`)
    await writeFile(file, JSON.stringify(records))
    notes.push(`records in ${file}`)
  }
  return {
    name: scenario.name,
    seed: chance.seed,
    faults: troubles.length,
    acknowledged: crowd.acknowledged,
    deliveries: crowd.deliveries,
    acts: crowd.restless.acts,
    gaps: crowd.gaps,
    lost: findings.filter((text) => text.startsWith('I1')).length,
    doubled: findings.filter((text) => text.startsWith('I3')).length,
    longestMs,
    tookMs: performance.now() - beganMs,
    postsPerSecond: (1_000 * crowd.acknowledged) / postingForMs,
    notes,
    findings,
  }
}

function progressOf({ acknowledged, deliveries }: Crowd, faults: number, longestMs: number): string {
  const right = `right within ${(longestMs / 1_000).toFixed(1)} s`
  return `      ${faults} faults, ${acknowledged} posts acknowledged, ${deliveries} deliveries, ${right}`
}

/** Lets everything come to rest, looks again until nothing is found, and says what is still found when time is over. */
async function settle(
  crowd: Crowd,
  stage: Stage,
  troubles: readonly Trouble[],
): Promise<{ readonly records: Records | null; readonly found: string[] }> {
  let found: string[] = []
  let records: Records | null = null
  try {
    await crowd.hush()
    await stage.ready()
    const untilMs = performance.now() + quietMs
    do {
      records = { ...(await observe(crowd, homesLookedAt)), troubles }
      found = check(records)
      if (found.length > 0) await wait(500)
    } while (found.length > 0 && performance.now() < untilMs)
  } catch (thrown) {
    found.push(`stuck while it became quiet: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
  let lags: string[] = []
  await eventually(async () => {
    lags = await stage.lags()
    return lags.length === 0
  }, quietMs).catch((thrown: unknown) => void (lags.length === 0 && lags.push(String(thrown))))
  return { records, found: [...found, ...lags.map((lag) => `I8 ${lag}`)] }
}
