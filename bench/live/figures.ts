import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Spread, Strain } from './protocol.js'

export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 }
}

const resolutionMs = 1

/** Watches this process until asked: how late its event loop was (above the timer's own 1 ms), and the CPU of all its threads. */
export function watchProcess(): () => Strain {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const startMs = performance.now()
  const before = process.cpuUsage()
  const late = (nanos: number): number => Math.max(0, nanos / 1e6 - resolutionMs)
  return () => {
    delay.disable()
    const { user, system } = process.cpuUsage(before)
    return {
      loopP50: late(delay.percentile(50)),
      loopP99: late(delay.percentile(99)),
      loopMax: late(delay.max),
      cores: (user + system) / 1_000 / (performance.now() - startMs),
      rss: process.memoryUsage().rss,
    }
  }
}

export const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

/** Calls `act` at random moments, `rate` a second, whatever becomes of the earlier calls; each with the moment it was due. */
export async function atRandomMoments(
  { rate, seconds, random }: { rate: number; seconds: number; random: () => number },
  act: (dueMs: number) => void,
): Promise<void> {
  if (rate <= 0) return
  const endMs = Date.now() + seconds * 1_000
  const nextAfter = (ms: number): number => ms - (Math.log(1 - random()) * 1_000) / rate
  let dueMs = nextAfter(Date.now())
  while (dueMs < endMs) {
    for (const nowMs = Date.now(); dueMs <= nowMs && dueMs < endMs; dueMs = nextAfter(dueMs)) act(dueMs)
    await pause(1)
  }
}
