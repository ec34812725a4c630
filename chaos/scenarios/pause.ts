import { setTimeout as wait } from 'node:timers/promises'
import type { Scenario } from '../scenario.js'

export const pause: Scenario = {
  name: 'pause',
  about: 'Each part stands still for 3 to 6 s and goes on (SIGSTOP, SIGCONT).',
  size: { rounds: 1, clients: 100, authors: 20, followsEach: 5, postsPerSecond: 40 },
  run: async ({ stage, chance, rounds, fault, right }) => {
    for (let round = 0; round < rounds; round += 1)
      for (const { name } of shuffled(stage.cluster.parts(), () => chance.next())) {
        await fault(name, async () => {
          await stage.cluster.pause(name)
          await wait(chance.between(3_000, 6_000))
          await stage.cluster.resume(name)
        })
        await right()
      }
  },
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  return items
    .map((item) => ({ item, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
