import { setTimeout as wait } from 'node:timers/promises'
import type { Scenario } from '../scenario.js'
import type { Stage } from '../stage.js'

/** Everybody must be back and have caught up by then. */
const backMs = 15_000
const beforeMs = 5_000

export const gateway: Scenario = {
  name: 'gateway',
  about: 'One of two gateways is killed: all its clients are back within 15 s, and cost the services no reads.',
  size: { rounds: 2, clients: 200, authors: 10, followsEach: 2, postsPerSecond: 5 },
  short: { rounds: 1, clients: 60 },
  run: async ({ stage, crowd, rounds, clients, fault, right, wrong, note }) => {
    for (let round = 0; round < rounds; round += 1) {
      await wait(1_000)
      const idle = await reads(stage)
      await wait(beforeMs)
      const before = await reads(stage)
      const lost = crowd.readers.reduce((sum, { disconnects }) => sum + disconnects, 0)
      const gaps = crowd.gaps
      await fault('a gateway', () => stage.cluster.kill(fullest(stage)))
      const tookMs = await right()
      const came = crowd.readers.reduce((sum, { disconnects }) => sum + disconnects, 0) - lost
      const usual = ((before - idle) * tookMs) / beforeMs
      const more = (await reads(stage)) - before - usual
      note(
        `${came} clients back in ${(tookMs / 1_000).toFixed(1)} s with ${Math.max(0, more).toFixed(0)} reads more than usual`,
      )
      if (came === 0) wrong('the gateway had no clients: the scenario shows nothing')
      if (tookMs > backMs) wrong(`not everybody was back within ${backMs / 1_000} s: ${(tookMs / 1_000).toFixed(1)} s`)
      if (came > 20 && more > Math.max(20, clients / 5)) wrong(`${came} clients cost ${more.toFixed(0)} reads of posts`)
      if (crowd.gaps > gaps) wrong(`${crowd.gaps - gaps} gaps were told although the log was whole`)
    }
  },
}

function fullest(stage: Stage): string {
  const [one, two] = ['gateway-1', 'gateway-2'].map((name) => stage.part(name))
  return (two?.connections ?? 0) > (one?.connections ?? 0) ? 'gateway-2' : 'gateway-1'
}

/** Calls that read posts, answered by the post service since it started. */
async function reads(stage: Stage): Promise<number> {
  const of = (methods: string): Promise<number> =>
    stage.metric('post', 'skein_rpc_served_total', `method="post.${methods}`)
  return (await of('posts.byIds"')) + (await of('entries.'))
}
