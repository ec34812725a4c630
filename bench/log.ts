import { execSync } from 'node:child_process'
import { cpus } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createWindow, createSqliteEventLog } from '@skein/event-log'
import { systemClock } from '@skein/platform'
import { tempSqlite } from '@skein/platform/testing/sqlite'
import { EntryId, UserId, type LogEvent } from '@skein/contracts'

/*
 * The SQLite log: appends a second with 64 in flight, then the time of one append at a steady rate, with a window
 * following. Run: node --import tsx --conditions=source bench/log.ts [seconds] [rate]
 */

const seconds = Number(process.argv[2] ?? 5)
const rate = Number(process.argv[3] ?? 500)
let made = 0

function nextEvent(): LogEvent {
  const n = ++made
  const actorId = UserId.parse(String(n % 10_000).padStart(26, '0'))
  const targetId = UserId.parse(String(n).padStart(26, '0'))
  const entity = `follow:${actorId}:${targetId}`
  const edgeId = EntryId.parse(targetId)
  return {
    id: `${entity}@1`,
    entity,
    subject: actorId,
    rev: 1,
    atMs: n,
    kind: 'follow',
    on: true,
    edgeId,
    actorId,
    targetId,
  }
}

function percentile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2)
}

async function appendInFlight(append: () => Promise<unknown>, writers: number): Promise<number> {
  const startMs = performance.now()
  const untilMs = startMs + seconds * 1_000
  let done = 0
  async function writeOn(): Promise<void> {
    for (; performance.now() < untilMs; done++) await append()
  }
  await Promise.all(Array.from({ length: writers }, writeOn))
  return (done * 1_000) / (performance.now() - startMs)
}

/** Appends at random moments, `rate` a second; the times in ms, sorted. */
async function appendAtRate(append: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const running: Promise<void>[] = []
  async function one(): Promise<void> {
    const startMs = performance.now()
    await append()
    times.push(performance.now() - startMs)
  }
  const startMs = performance.now()
  let dueMs = startMs
  while (dueMs < startMs + seconds * 1_000) {
    while (dueMs <= performance.now()) {
      running.push(one())
      dueMs -= (Math.log(1 - Math.random()) * 1_000) / rate
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(running)
  return times.sort((a, b) => a - b)
}

await using db = await tempSqlite()
const log = await createSqliteEventLog({ db, lanes: 1, maxEntries: 50_000, clock: systemClock })
let heard = 0
const window = await createWindow(log, {
  maxEntries: 50_000,
  maxBytes: 64 * 1024 * 1024,
  onEntry: () => void heard++,
  onReset: () => undefined,
  clock: systemClock,
})
const append = (): Promise<unknown> => log.append([nextEvent()])
const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8' }).trim()

console.log(
  `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, Node ${process.version}, commit ${commit}, ${seconds} s each`,
)
console.log(`64 in flight: ${Math.round(await appendInFlight(append, 64))} appends/s`)
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const times = await appendAtRate(append)
delay.disable()
console.log(
  `${rate}/s: append p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms (${times.length} appends)`,
)
console.log(
  `event loop delay at that rate: p50 ${(delay.percentile(50) / 1e6).toFixed(2)} ms, p99 ${(delay.percentile(99) / 1e6).toFixed(2)} ms`,
)
console.log(`heard by the window: ${heard} of ${made}`)
await window.close()
await log.close()
