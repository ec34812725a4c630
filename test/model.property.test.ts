import { createClient } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { seed } from './support/random.js'
import { Stage, type Step } from './support/stage.js'
import { startSystem, type System } from './support/system.js'

const sequences = Number(process.env['SEQUENCES'] ?? 300)
const people = 4
/** Sequences played at once, each with people of its own. */
const together = 6

const person = fc.nat({ max: people - 1 })
/** Wraps around, so that the newest posts and older ones are met alike. */
const post = fc.nat({ max: 30 })
const on = fc.boolean()
const mostlyOn = fc.nat({ max: 3 }).map((n) => n > 0)
const names = fc.oneof(fc.constant(null), person)
const rarely = fc.nat({ max: 5 }).map((n) => n === 0)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('follow' as const), by: person, whom: person, on: mostlyOn }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('block' as const), by: person, whom: person, on }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('mute' as const), by: person, whom: person, on }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('post' as const),
      by: person,
      tagged: on,
      names,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('reply' as const), by: person, post, tagged: rarely, names }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('quote' as const), by: person, post, tagged: rarely, names }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('repost' as const), by: person, post, on: mostlyOn }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('like' as const), by: person, post, on: mostlyOn }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('edit' as const), post, tagged: on }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), post }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cut' as const), client: fc.nat({ max: people }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('mend' as const), client: fc.nat({ max: people }) }) },
)

const sequence = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' })

/** Sequences that failed once. */
const examples: [Step[][]][] = [
  [
    [
      // Edited twice while a client was away: the first edit brings the tag.
      [
        { type: 'post', by: 1, tagged: false, names: null },
        { type: 'cut', client: 4 },
        { type: 'edit', post: 0, tagged: true },
        { type: 'edit', post: 0, tagged: true },
      ],
      // The same, and the first edit takes it away.
      [
        { type: 'post', by: 1, tagged: true, names: null },
        { type: 'cut', client: 4 },
        { type: 'edit', post: 0, tagged: false },
        { type: 'edit', post: 0, tagged: false },
      ],
      // A repost of a quote shows what was edited and deleted.
      [
        { type: 'post', by: 1, tagged: false, names: null },
        { type: 'quote', by: 3, post: 0, tagged: true, names: null },
        { type: 'repost', by: 0, post: 1, on: true },
        { type: 'edit', post: 0, tagged: false },
        { type: 'delete', post: 0 },
      ],
      // A new post, its quote and its edit, all while a client was away.
      [
        { type: 'follow', by: 0, whom: 3, on: true },
        { type: 'cut', client: 4 },
        { type: 'post', by: 1, tagged: false, names: null },
        { type: 'quote', by: 3, post: 0, tagged: true, names: null },
        { type: 'edit', post: 0, tagged: false },
      ],
      // The author of what was quoted is told that the quote is gone.
      [
        { type: 'post', by: 1, tagged: false, names: null },
        { type: 'quote', by: 2, post: 0, tagged: false, names: null },
        { type: 'delete', post: 1 },
      ],
      // A block that shut a person's feed is lifted.
      [
        { type: 'post', by: 1, tagged: false, names: null },
        { type: 'block', by: 1, whom: 0, on: true },
        { type: 'block', by: 1, whom: 0, on: false },
        { type: 'post', by: 1, tagged: true, names: 0 },
      ],
    ],
  ],
]

describe('whatever people do', function () {
  this.timeout(600_000)
  let system: System
  let count = 0
  const counted: { id: string; counts: object }[] = []

  before(async () => {
    system = await startSystem()
  })
  after(() => system?.[Symbol.asyncDispose]())

  async function play(steps: readonly Step[]): Promise<void> {
    count += 1
    await using stage = await Stage.open(system.url, system.port, `s${count}`, people)
    for (const wish of steps) await stage.take(wish)
    await stage.settle()
    counted.push(...stage.expectedCounts())
  }

  it('[INV3] [INV4] [INV5] [INV6] [INV7] [INV9] after quiet every view is what the model says and what a fresh page says', async () => {
    const own = seed()
    console.log(`      seed ${own}`)
    const batch = fc.array(sequence, { minLength: together, maxLength: together })
    const property = fc.asyncProperty(batch, async (all) => {
      const ended = await Promise.allSettled(all.map(play))
      for (const result of ended) if (result.status === 'rejected') throw result.reason
    })
    await fc.assert(property, {
      seed: own,
      numRuns: Math.ceil(sequences / together),
      examples,
      interruptAfterTimeLimit: 300_000,
      markInterruptAsFailure: true,
      endOnFailure: process.env['SHRINK'] === undefined,
    })
  })

  it('[INV8] and all counts equal the edges', async () => {
    const anyone = createClient({ url: system.url })
    for (let at = 0; at < counted.length; at += 100) {
      const some = counted.slice(at, at + 100)
      await eventually(async () => {
        const posts = await anyone.posts.many(some.map(({ id }) => id))
        expect(posts.map(({ id, counts }) => ({ id, counts }))).to.deep.equal(some)
      }, 5_000)
    }
    await anyone.close()
  })
})
