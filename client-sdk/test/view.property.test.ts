import { expect } from 'chai'
import fc from 'fast-check'
import { collapse } from '@skein/visibility/collapse'
import type { FeedItem, FeedName } from '../src/types.js'
import { settle } from './support/fake-clock.js'
import { ViewHarness } from './support/view-harness.js'
import { World } from './support/world.js'

const people = ['me', 'ann', 'bob', 'cem'] as const
const person = fc.constantFrom(...people)
const pick = fc.nat(30)

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('post' as const), by: person, back: fc.constantFrom(0, 0, 0, 2, 8) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reply' as const), by: person, to: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('quote' as const), by: person, of: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), post: pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), post: pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('repost' as const), by: person, post: pick, on: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('follow' as const), whom: person, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('block' as const), whom: person, on: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('hear' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(50, 500, 5_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'back' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('forget' as const, 'epoch' as const, 'flood' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('again' as const, 'show' as const, 'older' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reload' as const, 'auto' as const, 'manual' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('lag' as const, 'lag' as const, 'now' as const) }) },
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

async function run(h: ViewHarness, c: Command): Promise<void> {
  const { world } = h
  const ids = [...world.posts.keys()]
  const at = (n: number) => ids[ids.length - 1 - (n % Math.max(1, ids.length))]
  const withPost = (n: number, use: (id: string) => void) => {
    const id = at(n)
    if (id !== undefined) use(id)
  }
  switch (c.do) {
    case 'post':
      world.post(c.by, `#x ${world.head}`, { back: c.back })
      break
    case 'reply':
      withPost(c.to, (replyTo) => world.post(c.by, `re ${world.head}`, { replyTo }))
      break
    case 'quote':
      withPost(c.of, (quoteOf) => world.post(c.by, `quote ${world.head}`, { quoteOf }))
      break
    case 'edit':
      withPost(c.post, (id) => world.edit(id, `#x edited ${world.head}`))
      break
    case 'delete':
      withPost(c.post, (id) => id !== ids[0] && world.delete(id))
      break
    case 'repost':
      withPost(c.post, (id) => world.repost(c.by, id, c.on))
      break
    case 'follow':
    case 'block':
      if (c.whom !== 'me') world.relate(c.do, 'me', c.whom, c.on)
      break
    case 'hear':
      for (let n = 0; n < c.count; n += 1) h.hear()
      break
    case 'answer':
      await h.answer()
      break
    case 'wait':
      await h.clock.advance(c.ms)
      break
    case 'cut':
      h.cut()
      break
    case 'back':
      h.back()
      break
    case 'forget':
      world.windowStart = world.head
      break
    case 'epoch':
      h.cut()
      world.newEpoch()
      break
    case 'flood':
      if (h.feed === 'public') h.flood(3)
      break
    case 'again':
      h.hearAgain(3)
      break
    case 'show':
      h.view.showPending()
      break
    case 'older':
      h.view.loadOlder().catch(() => {})
      break
    case 'lag':
      h.lagging = world.copy()
      break
    case 'now':
      h.lagging = null
      break
    case 'reload':
      h.view.reload().catch(() => {})
      break
    case 'auto':
    case 'manual':
      h.view.setAutoShow(c.do === 'auto')
      break
  }
  await settle()
}

/** What must be equal; counts come by `stats`, which this model does not send. */
function essence({ id, post, repostedBy }: FeedItem): object {
  const { quote } = post
  const isDeleted = post.deletedAtMs !== undefined
  return {
    id,
    post: post.id,
    text: post.text,
    rev: post.rev,
    isDeleted,
    by: repostedBy?.handle,
    quote:
      quote !== undefined && !('hidden' in quote) && !isDeleted
        ? [quote.id, quote.text, quote.deletedAtMs !== undefined]
        : null,
  }
}

const feeds: ((world: World) => FeedName)[] = [
  () => 'home',
  () => 'public',
  () => 'user:ann',
  (world) => `thread:${[...world.posts.keys()][0] ?? ''}`,
]

describe('view against the model', () => {
  it('[SDK50] after any stream of changes, cuts, gaps, repeats and late ids the view equals a fresh load of its range', async function () {
    this.timeout(60_000)
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    console.log(`      seed ${seed}`)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.nat(30),
        fc.array(command, { minLength: 5, maxLength: 80 }),
        fc.constantFrom('fill' as const, 'mark' as const),
        async (which, posts, commands, onGap) => {
          const world = new World()
          for (const other of ['ann', 'bob']) world.follow('me', other)
          world.post('ann', 'the first')
          for (let n = 0; n < posts; n += 1) world.post(people[n % people.length] ?? 'ann', `before ${n}`)
          const h = new ViewHarness(feeds[which]?.(world) ?? 'home', { world, pageSize: 5, onGap })
          for (const c of commands) await run(h, c)
          await h.quiet()
          if (onGap === 'mark' && h.view.getSnapshot().gap !== null) {
            void h.view.fillGap()
            await h.quiet()
          }
          compare(h)
        },
      ),
      { seed, numRuns: Number(process.env['RUNS'] ?? 150) },
    )
  })
})

function compare(h: ViewHarness): void {
  const { state } = h.view
  const model = h.world.feed(h.feed, h.reader).filter(({ id }) => id >= state.floor)
  expect(state.status).to.equal('ready')
  expect(h.view.getSnapshot()).to.include({ live: true, gap: null })
  expect(state.lines.map(essence)).to.deep.equal(model.map(essence))
  const { items, pending } = h.view.getSnapshot()
  const shown = collapse(model)
  expect(pending.map(({ id }) => id)).to.deep.equal(shown.filter(({ id }) => state.waiting.has(id)).map(({ id }) => id))
  for (const list of [items, pending]) expect(new Set(list.map(({ post }) => post.id)).size).to.equal(list.length)
  h.view.showPending()
  expect(h.view.getSnapshot().items.map(essence)).to.deep.equal(shown.map(essence))
}
