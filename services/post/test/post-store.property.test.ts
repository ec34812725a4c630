import { Tag, type EntryId, type PostId, type PostRecord, type Range } from '@skein/contracts'
import { seededRandom } from '@skein/platform/testing'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { all, draftOf, laterMs, userId } from './people.js'
import { Model, type ModelLine } from './model.js'
import { createSqlitePostEngine, postOf, type PostEngine } from './post-engine.js'

const people = 4
const texts = ['plain', '#tea', '#tea #cake @p1', '@p0 @p2 hello', 'see @p3 #茶', 'quiet']
const lists = ['include', 'exclude', 'only'] as const
const seed = Number(process.env['SKEIN_TEST_SEED'] ?? Date.now() % 1_000_000_000)

const who = fc.nat({ max: people - 1 })
const which = fc.nat({ max: 8 })
const Step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), who, text: fc.constantFrom(...texts) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('reply' as const, 'quote' as const),
      who,
      which,
      text: fc.constantFrom(...texts),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constantFrom('like' as const, 'repost' as const, 'bookmark' as const),
      who: fc.nat({ max: 2 }),
      which: fc.nat({ max: 3 }),
      on: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), which, text: fc.constantFrom(...texts) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recount' as const) }) },
)
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never

async function apply({ store }: PostEngine, model: Model, step: Step): Promise<void> {
  const posts = [...model.posts.values()].map(({ post }) => post)
  const target = 'which' in step ? posts[step.which % Math.max(1, posts.length)] : undefined
  switch (step.do) {
    case 'create':
      return model.put(postOf(await store.create(draftOf(step.who, step.text))))
    case 'recount':
      await store.recount(await store.dirtyPosts(100))
      return
    case 'reply':
    case 'quote': {
      if (target === undefined) return
      const ref = step.do === 'reply' ? { replyTo: target.id } : { quoteOf: target.id }
      const outcome = await store.create(draftOf(step.who, step.text, ref))
      if (target.deletedAtMs === undefined) model.put(postOf(outcome))
      else expect(outcome.kind).to.equal('gone')
      return
    }
    case 'edit': {
      if (target === undefined) return
      const outcome = await store.edit({ ...draftOf(0, step.text), authorId: target.authorId, id: target.id })
      if (outcome.kind === 'edited') model.put(outcome.post)
      return
    }
    case 'delete': {
      if (target === undefined) return
      const outcome = await store.remove({ id: target.id, authorId: target.authorId, atMs: laterMs() })
      if (outcome.kind === 'removed') model.put(outcome.post)
      return
    }
    case 'like':
    case 'repost':
    case 'bookmark': {
      if (target === undefined) return
      const atMs = laterMs()
      const { do: kind, on } = step
      const outcome = await store.setEdge({ kind, actorId: userId(step.who), postId: target.id, on, atMs })
      if (outcome.kind === 'gone') expect(target.deletedAtMs).to.be.a('number')
      else model.setEdge(kind, userId(step.who), target, on, atMs)
    }
  }
}

type Line = { id: EntryId; postId: PostId; actorId: string; type?: string }

/** A list as a whole, and in pages of two in both directions, must be what the model says. */
async function expectList(name: string, list: (range: Range) => Promise<Line[]>, expected: ModelLine[]): Promise<void> {
  const whole = await list(all)
  const plain = (lines: readonly (Line | (ModelLine & { type?: string }))[]) =>
    lines.map(({ postId, actorId, ...rest }) => [postId, actorId, 'type' in rest ? rest.type : ''])
  expect(plain(whole), name).to.deep.equal(plain(expected))
  const down: Line[] = []
  for (let page = await list({ limit: 2 }); page.length > 0;) {
    down.push(...page)
    const last = page.at(-1)
    page = last === undefined ? [] : await list({ limit: 2, before: last.id })
  }
  expect(down, `${name}, down`).to.deep.equal(whole)
  let up = whole.slice(-1)
  for (let first = up[0]; first !== undefined;) {
    const page = await list({ limit: 2, after: first.id })
    up = [...page, ...up]
    first = page[0]
  }
  expect(up, `${name}, up`).to.deep.equal(whole)
}

async function expectAll({ store }: PostEngine, model: Model): Promise<void> {
  const { entries } = store
  const everyone = Array.from({ length: people }, (_, n) => userId(n))
  for (const replies of lists)
    for (const actors of [everyone, everyone.slice(0, 2), everyone.slice(3)])
      await expectList(
        `byActors ${replies}`,
        (range) => entries.byActors(actors, range, replies),
        model.byActors(actors, replies),
      )
  await expectList(
    'public',
    (range) => entries.public(range),
    model.where((post) => post.replyTo === undefined),
  )
  for (const tag of ['tea', 'cake', '茶'].map((text) => Tag.parse(text)))
    await expectList(
      `tag ${tag}`,
      (range) => entries.byTag(tag, range),
      model.where((post) => post.tags.includes(tag)),
    )
  await expectList(
    'search',
    (range) => entries.search(['hello'], range),
    model.where((post) => post.text.includes('hello')),
  )
  for (const person of everyone) {
    await expectList('bookmarks', (range) => entries.bookmarks(person, range), model.bookmarks(person))
    await expectList('notices', (range) => entries.notices(person, range), model.notices(person))
    const likes = model.notices(person).filter(({ type }) => type === 'like' || type === 'reply')
    await expectList('likes', (range) => entries.notices(person, range, ['like', 'reply']), likes)
    expect(await store.countBy(person)).to.equal(model.where((post) => post.authorId === person).length)
  }
  for (const id of model.posts.keys()) await expectList('below', (range) => entries.below(id, range), model.below(id))
  await expectPosts(store, model)
}

async function expectPosts(store: PostEngine['store'], model: Model): Promise<void> {
  const used = model.alive().flatMap(({ post }) => post.tags)
  const totals = (await store.tagsWith('', 10)).map(({ tag, posts }) => [tag, posts])
  expect(Object.fromEntries(totals)).to.deep.equal(
    Object.fromEntries([...new Set(used)].map((tag) => [tag, used.filter((other) => other === tag).length])),
  )
  const ids = [...model.posts.keys()]
  const expected = ids.map((id): PostRecord | undefined => {
    const held = model.posts.get(id)
    return held && { ...held.post, counts: model.counts(id) }
  })
  expect(await store.byIds(ids, null)).to.deep.equal(expected)
  await store.recount(await store.dirtyPosts(1_000))
  expect(await store.byIds(ids, null)).to.deep.equal(expected)
}

/** The log alone must give the same state: of each entity the highest revision. */
async function expectEvents(engine: PostEngine, model: Model): Promise<void> {
  const events = await engine.events()
  const newest = new Map(events.map((event) => [event.entity, event]))
  for (const [id, { post }] of model.posts) {
    const event = newest.get(`post:${id}`)
    expect(event?.kind === 'post' && { ...event.post, counts: post.counts }).to.deep.equal(post)
  }
  const on = [...newest.values()].flatMap((event) => ('edgeId' in event && event.on ? [event.entity] : []))
  const edges = [...model.edges].filter(([, edge]) => edge.kind !== 'bookmark').map(([key]) => key)
  expect(on.sort()).to.deep.equal(edges.sort())
  for (const event of events)
    expect(events.filter(({ entity, rev }) => entity === event.entity && rev === event.rev)).to.have.length(1)
}

describe('post store against a model', () => {
  it(`[POS31] after any changes every list, both ways, every post and every count is what the model says (seed ${seed})`, async function () {
    this.timeout(60_000)
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 40, maxLength: 120 }), async (steps) => {
        await using engine = await createSqlitePostEngine(seededRandom(seed))
        const model = new Model()
        for (const step of steps) await apply(engine, model, step)
        await expectAll(engine, model)
        await expectEvents(engine, model)
      }),
      { seed, numRuns: 25, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    )
  })
})
