import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@skein/platform/testing'
import { admitRawAuthor } from '../raw-author.js'
import type { Scenario } from '../scenario.js'

const rawPosts = 12

export const relay: Scenario = {
  name: 'relay',
  about: 'Posts are written while Redis stands still, then a post process is killed: the other one appends them.',
  size: { rounds: 3, clients: 30, authors: 10, followsEach: 5, postsPerSecond: 20 },
  short: { rounds: 1, postsPerSecond: 10 },
  run: async ({ stage, crowd, chance, rounds, fault, right, wrong, note }) => {
    let owed = 0
    for (let round = 0; round < rounds; round += 1) {
      const raw = await admitRawAuthor(crowd, stage.url, `x${round}${crowd.authors[0]?.handle.slice(2) ?? ''}`)
      const readers = crowd.readers.slice(0, 5)
      for (const reader of readers) await crowd.restless.turn(reader, raw.handle)
      const killed = chance.pick(['post-1', 'post-2'])
      const answers: string[] = []
      await fault(`Redis paused, ${killed} killed`, async () => {
        await stage.cluster.pause('redis')
        const asking = Array.from({ length: rawPosts }, async (_, n) => {
          await wait(n * 50)
          answers.push((await raw.post(n)).said)
        })
        await wait(chance.between(1_200, 2_500))
        await stage.cluster.kill(killed)
        await stage.cluster.stop(killed)
        await Promise.all(asking)
        await stage.cluster.resume('redis')
      })
      owed += answers.filter((said) => said === 'delayed').length
      await eventually(() => {
        const heard = readers.map(({ listener }) => listener.heard.filter(({ author }) => author === raw.handle).length)
        const least = answers.filter((said) => said === 'delayed').length
        if (heard.some((count) => count < least)) throw new Error(`heard ${heard.join()} of ${least} that were owed`)
      }, 30_000).catch((thrown: unknown) => wrong(`I8 not relayed by the other process: ${String(thrown)}`))
      await stage.cluster.start(killed)
      await right()
    }
    note(`${owed} posts were owed when a process was killed`)
    if (owed === 0) wrong('nothing was owed: the scenario shows nothing')
  },
}
