import { execSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import type { Flags } from './flags.js'
import type { LoadOrder, LoadResult, Memory, Spread, Strain } from './protocol.js'

/** One load, what came of it, and what it cost the server. */
export interface Run {
  readonly order: LoadOrder
  readonly result: LoadResult
  readonly strain: Strain
}

type Row = string[]

const deliveryGoalMs = 50
const readGoalMs = 20
const highestGoalMs = 100

/** Progress and detail go to stderr, so that stdout is what belongs into the README. */
export function say(line: string): void {
  console.error(line)
}

export function describeMachine({ seconds, rate, viewers, authors, follows, history, seed }: Flags): string {
  return [
    describeHardware(),
    `${authors} authors, ${viewers} viewers × ${follows} follows, ${history} posts before, ${rate} posts/s, ${seconds} s, seed ${seed}.\n`,
  ].join('\n')
}

/** Machine, Node and commit. */
export function describeHardware(): string {
  const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8' }).trim()
  const changed =
    execSync('git status --porcelain', { encoding: 'utf8' }).trim() === '' ? '' : ' and uncommitted changes'
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, ${gigabytes} GiB, Node ${process.version}, commit ${commit}${changed}, server bundled from its sources.`
}

/** Everything accepted reached every follower once. */
export function isIntact({ result: { lost, doubled, astray } }: Run): boolean {
  return lost === 0 && doubled === 0 && astray === 0
}

export function table(rows: readonly Row[]): string {
  return [['measured', 'result', 'goal'], ['---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const spread = ({ p50, p99, max }: Spread): string => `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`
const whether = (isMet: boolean): string => (isMet ? 'met' : '**not met**')

export function rowsOfRun(run: Run): Row[] {
  const { order, result, strain } = run
  const { delivery, reads, acceptance, whole } = result
  const at = `${order.postsPerSecond} posts/s${order.readsPerSecond > 0 ? `, ${order.readsPerSecond} reads/s` : ''}`
  const perSecond = Math.round(result.received / order.seconds)
  const rows: Row[] = [
    [
      `${at}: accepted → received, ${result.received} deliveries (${perSecond}/s)`,
      spread(delivery),
      `p99 < ${deliveryGoalMs} ms: ${whether(delivery.p99 < deliveryGoalMs)}`,
    ],
    [`${at}: lost / doubled / astray`, losses(result), `0: ${whether(isIntact(run))}`],
    [`${at}: due → received`, spread(whole), ''],
    [`${at}: due → answered 201`, `${spread(acceptance)}${refusals(result)}`, ''],
  ]
  if (order.readsPerSecond > 0) {
    const failed = result.failedReads === 0 ? '' : `, ${result.failedReads} failed`
    rows.push([
      `${at}: page of home, ${reads.count} reads`,
      `${spread(reads)}${failed}`,
      `p99 < ${readGoalMs} ms: ${whether(reads.p99 < readGoalMs && result.failedReads === 0)}`,
    ])
  }
  rows.push([`${at}: event loop delay, CPU of the server`, costs(strain), ''])
  rows.push([`${at}: the same of the load process`, costs(result.strain), ''])
  return rows
}

function losses({ lost, doubled, astray, cutOff, closedSockets }: LoadResult): string {
  const closed = closedSockets === 0 ? '' : ` (${closedSockets} sockets closed, ${cutOff} not sent to them)`
  return `${lost} / ${doubled} / ${astray}${closed}`
}

function refusals({ refused }: LoadResult): string {
  const named = Object.entries(refused).map(([why, count]) => `${count} × ${why}`)
  return named.length === 0 ? '' : `; refused ${named.join(', ')}`
}

function costs({ loopP50, loopP99, cores, rss }: Strain): string {
  return `p50 ${ms(loopP50)}, p99 ${ms(loopP99)}; ${cores.toFixed(2)} cores; RSS ${Math.round(rss / 2 ** 20)} MiB`
}

export function rowsOfSteps(steps: readonly Run[]): Row[] {
  const holds = ({ result }: Run): boolean =>
    result.delivery.p99 < highestGoalMs && result.accepted === result.offered && result.closedSockets === 0
  const broken = steps.findIndex((step) => !holds(step))
  const highest = (broken === -1 ? steps : steps.slice(0, broken)).at(-1)
  const rows = steps.map((step): Row => {
    const { order, result, strain } = step
    return [
      `${order.postsPerSecond} posts/s for ${Math.round(order.seconds)} s`,
      `${spread(result.delivery)}; accepted p99 ${ms(result.acceptance.p99)}${refusals(result)}; lost/doubled/astray ${losses(result)}; ${strain.cores.toFixed(2)} cores`,
      '',
    ]
  })
  const most = broken === -1 ? ' or more' : ''
  return [
    ...rows,
    [
      `highest rate with p99 < ${highestGoalMs} ms and all accepted`,
      highest === undefined
        ? 'none'
        : `${highest.order.postsPerSecond} posts/s${most} (${Math.round(highest.result.received / highest.order.seconds)} deliveries/s)`,
      '',
    ],
  ]
}

export function rowsOfMemory(before: Memory, after: Memory, sockets: number): Row[] {
  const kib = (one: number, other: number): string => ((other - one) / 1_024 / sockets).toFixed(1)
  const part = (key: keyof Memory): string => kib(before[key], after[key])
  return [
    [
      `memory per idle socket, of ${sockets} (each a person with their follows)`,
      `RSS ${part('rss')} KiB, heap ${part('heap')} KiB, external ${part('external')} KiB`,
      '',
    ],
  ]
}
