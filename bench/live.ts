import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { bundleChildren } from './live/bundle.js'
import { startChild, type Child } from './live/child.js'
import { pause } from './live/figures.js'
import { readFlags, usage, type Flags, type Phase } from './live/flags.js'
import { LoadResult, Memory, Strain, type LoadOrder } from './live/protocol.js'
import { describeMachine, isIntact, rowsOfMemory, rowsOfRun, rowsOfSteps, say, table, type Run } from './live/report.js'

/*
 * The whole server under a live load: delivery, page reads beside it, the highest rate, memory per idle socket. Three
 * processes: the server bundled from its sources, the load, and this one, which waits. See README.md beside it.
 */

const stepFactors = [1, 1.6, 2.4, 3.2, 4, 5.2, 6.4, 8, 10, 12]
const brokenAboveMs = 100
const warmSockets = 50

async function measure(flags: Flags, dataDir: string): Promise<boolean> {
  const startMs = Date.now()
  await using bundles = await bundleChildren()
  const { files } = bundles
  const seeder = startChild(files['seed-child'])
  const plan = await seeder.call('seed', { ...flags, dataDir }, z.string())
  await seeder.end()
  say(`seeded in ${seconds(startMs)} s`)
  const profile = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`]
  const server = startChild(files['server-child'], ['--expose-gc', ...profile])
  const load = startChild(files['load-child'])
  try {
    const port = await server.call('start', { dataDir }, z.int())
    await load.call('open', { url: `http://127.0.0.1:${port}`, plan }, z.undefined())
    return await phases(flags, { server, load })
  } finally {
    await load.end()
    await server.end()
    say(`took ${seconds(startMs)} s`)
  }
}

type Sides = { readonly server: Child; readonly load: Child }

async function phases(flags: Flags, sides: Sides): Promise<boolean> {
  const wanted = (phase: Phase): boolean => flags.only === undefined || flags.only === phase
  const rows: string[][] = []
  const runs: Run[] = []
  const go = async (name: string, order: LoadOrder): Promise<Run> => {
    const run = await underLoad(sides, order)
    say(`${name}: ${JSON.stringify(run)}`)
    runs.push(run)
    return run
  }
  rows.push(...(await connectAll(flags, sides, wanted('memory'))))
  if (flags.only !== 'memory') {
    await go('warm-up', { postsPerSecond: flags.rate, readsPerSecond: 20, seconds: share(flags, 12) })
  }
  const steady = { postsPerSecond: flags.rate, readsPerSecond: 0 }
  if (wanted('main')) rows.push(...rowsOfRun(await go('main', { ...steady, seconds: flags.seconds })))
  if (wanted('reads')) {
    rows.push(
      ...rowsOfRun(await go('with reads', { ...steady, readsPerSecond: flags.reads, seconds: share(flags, 3) })),
    )
  }
  if (wanted('highest')) rows.push(...rowsOfSteps(await climb(flags, go)))
  console.log(table(rows))
  return runs.every(isIntact)
}

/** Never under 2 s. */
function share(flags: Flags, part: number): number {
  return Math.max(2, flags.seconds / part)
}

async function connectAll({ viewers }: Flags, { server, load }: Sides, report: boolean): Promise<string[][]> {
  await load.call('connect', Math.min(viewers, warmSockets), z.undefined())
  await load.call('disconnect', null, z.undefined())
  await pause(500)
  const before = await server.call('memory', null, Memory)
  const startMs = Date.now()
  await load.call('connect', viewers, z.undefined())
  say(`${viewers} sockets connected in ${seconds(startMs)} s`)
  if (!report) return []
  const after = await server.call('memory', null, Memory)
  say(`memory: ${JSON.stringify({ before, after })}`)
  return rowsOfMemory(before, after, viewers)
}

async function underLoad({ server, load }: Sides, order: LoadOrder): Promise<Run> {
  await server.call('watch', null, z.undefined())
  const running = load.call('run', order, LoadResult)
  const strained = pause(order.seconds * 1_000).then(() => server.call('strain', null, Strain))
  const [result, strain] = await Promise.all([running, strained])
  return { order, result, strain }
}

/** Faster and faster until it breaks. */
async function climb(flags: Flags, go: (name: string, order: LoadOrder) => Promise<Run>): Promise<Run[]> {
  const steps: Run[] = []
  for (const factor of stepFactors) {
    const postsPerSecond = Math.round(flags.rate * factor)
    const step = await go(`${postsPerSecond}/s`, { postsPerSecond, readsPerSecond: 0, seconds: share(flags, 7.5) })
    steps.push(step)
    const { offered, accepted, delivery, closedSockets } = step.result
    if (delivery.p99 >= brokenAboveMs || accepted < offered || closedSockets > 0) break
  }
  return steps
}

function seconds(sinceMs: number): string {
  return ((Date.now() - sinceMs) / 1_000).toFixed(1)
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2))
  console.log(describeMachine(flags))
  const dataDir = await mkdtemp(join(tmpdir(), 'skein-bench-'))
  try {
    if (!(await measure(flags, dataDir))) process.exitCode = 1
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

await main().catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown)
  console.error(usage)
  process.exitCode = 2
})
