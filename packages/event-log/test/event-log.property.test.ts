import { expect } from 'chai'
import * as fc from 'fast-check'
import { fakeClock } from '@skein/platform/testing'
import { edgeEvent, startsOf } from './events.js'
import { maxEntries, play, steps } from './log-world.js'
import { record } from './recorder.js'
import { createSqliteLogEngine } from './sqlite-engine.js'

const runs = 60

describe('event log: SQLite against a model', () => {
  for (const lanes of [1, 3]) {
    it(`[LOG22] whatever happens, every tail hears exactly the log from its start on (lanes: ${lanes})`, async () => {
      const seed = Number(globalThis.process.env['SEED'] ?? Date.now() % 0x7fffffff)
      console.log(`      seed ${seed}`)
      await fc.assert(
        fc.asyncProperty(steps, (plan) => play(createSqliteLogEngine, lanes, plan)),
        { numRuns: runs, seed },
      )
    })
  }

  it('[LOG22] a position of another epoch is never taken for one of this', async () => {
    const clock = fakeClock()
    await using engine = await createSqliteLogEngine({ lanes: 1, maxEntries, clock, pollMs: 1_000 })
    const log = await engine.open()
    const before = await log.heads()
    await log.resetEpoch()
    await log.append([edgeEvent({ actor: 1 })])
    const heard = await record(log, startsOf(before))
    expect(heard.resets).to.have.length(1)
    expect(heard.entries).to.deep.equal([])
  })
})
