import { setTimeout as wait } from 'node:timers/promises'
import type { Scenario } from '../scenario.js'

export const kill: Scenario = {
  name: 'kill',
  about: 'Processes are killed at random, Redis, MongoDB and the balancer included; the next when all are ready again.',
  size: { rounds: 100, clients: 200, authors: 40, followsEach: 5, postsPerSecond: 100 },
  short: { rounds: 8, clients: 40, authors: 10, postsPerSecond: 20 },
  run: async ({ stage, chance, rounds, fault, right }) => {
    for (let round = 0; round < rounds; round += 1) {
      const names = stage.cluster.parts().map(({ name }) => name)
      const first = chance.pick(names)
      const chosen = chance.next() < 0.2 ? [...new Set([first, chance.pick(names)])] : [first]
      await wait(chance.between(0, 1_500))
      await fault(chosen.join(' and '), async () => {
        await Promise.all(chosen.map((name) => stage.cluster.kill(name)))
      })
      await right()
    }
  },
}
