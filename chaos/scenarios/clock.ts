import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { openStage } from '../stage.js'
import type { Scenario } from '../scenario.js'

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((arch) => `/usr/lib/${arch}/faketime/libfaketime.so.1`)
const library = libraries.find((path) => existsSync(path))

/** Another wall clock for a process; its monotonic clock stays. */
const shifted = (by: string): { command: string; args: string[] } => ({
  command: 'env',
  args: [`LD_PRELOAD=${library ?? ''}`, `FAKETIME=${by}`, 'FAKETIME_DONT_FAKE_MONOTONIC=1'],
})

const shiftMs = 30_000
const toleranceMs = 5_000

/** What a process holds for the time of day, by the date it puts on its answers. */
async function clockOf(opsPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${opsPort}/livez`)
  return Date.parse(answer.headers.get('date') ?? '')
}

export const clock: Scenario = {
  name: 'clock',
  about: 'A post process is 30 s ahead and an account process 30 s behind the others; processes are killed meanwhile.',
  size: { rounds: 6, clients: 40, authors: 20, followsEach: 5, postsPerSecond: 20 },
  missing: () => (library === undefined ? 'libfaketime is not installed' : null),
  plan: () => openStage({ wrap: { 'post-1': shifted('+30s'), 'account-1': shifted('-30s') } }),
  run: async ({ stage, chance, rounds, fault, right, wrong }) => {
    for (const [name, aheadMs] of [
      ['post-1', shiftMs],
      ['account-1', -shiftMs],
    ] as const) {
      const offMs = (await clockOf(stage.part(name).opsPort)) - Date.now()
      if (Math.abs(offMs - aheadMs) > toleranceMs) wrong(`the clock of ${name} is off by ${offMs} ms only`)
    }
    for (let round = 0; round < rounds; round += 1) {
      await wait(chance.between(500, 2_000))
      const name = chance.pick(['post-1', 'post-2', 'account-1', 'account-2', 'gateway-1', 'timeline-1', 'redis'])
      await fault(name, () => stage.cluster.kill(name))
      await right()
    }
  },
}
