import { expect } from 'chai'
import fc from 'fast-check'
import type { LogEvent, RelationEvent } from '@skein/contracts'
import { posted, related, reposted, record, settle, Stage, user, type Seen } from './support.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

describe('viewer states', () => {
  it('[LIV11] what happens while a state is being read is applied to it', async () => {
    const stage = new Stage()
    stage.follows.set(1, [2])
    const acquiring = stage.viewers.acquire(user(1))
    await new Promise((go) => setImmediate(go))
    stage.emit(related('follow', 1, 3, true, 1), related('follow', 1, 2, false, 2))
    const state = await acquiring
    expect([state.follows(user(2)), state.follows(user(3))]).to.deep.equal([false, true])
    expect([...stage.viewers.viewersOf(user(3))]).to.deep.equal([state])
    expect([...stage.viewers.viewersOf(user(2))]).to.deep.equal([])
  })

  it('[LIV11] an older revision that comes late changes nothing', async () => {
    const stage = new Stage()
    const state = await stage.viewers.acquire(user(1))
    stage.emit(related('mute', 1, 2, true, 3), related('mute', 1, 2, false, 2))
    expect(state.mutes(user(2))).to.equal(true)
  })

  it('[LIV11] hundred people at a time are read in one call, each person once', async () => {
    const stage = new Stage()
    await Promise.all([...Array.from({ length: 150 }, (_, i) => i), 1, 2].map((n) => stage.viewers.acquire(user(n))))
    expect(stage.loads).to.deep.equal([100, 50])
  })

  it('[LIV11] released by its last holder, a person leaves every index', async () => {
    const stage = new Stage()
    stage.follows.set(1, [2])
    const [first, second] = [await stage.viewers.acquire(user(1)), await stage.viewers.acquire(user(1))]
    stage.viewers.release(first)
    expect(stage.viewers.get(user(1))).to.equal(second)
    stage.viewers.release(second)
    expect([stage.viewers.size, [...stage.viewers.viewersOf(user(2))].length]).to.deep.equal([0, 0])
  })
})

describe('live and replay', () => {
  /** A short history among five people: no deletes or edits, whose replay is shorter by design. */
  const events: fc.Arbitrary<(n: number) => LogEvent> = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }).map((author) => (n: number) => posted(n, author)) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).map(
        ([who, author]) =>
          (n: number) =>
            reposted(n, who, record(n, author), true, n),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).map(
        ([author, to]) =>
          (n: number) =>
            posted(n, author, { replyTo: { id: record(0, to).id, authorId: user(to) } }),
      ),
    },
  )
  const relations: fc.Arbitrary<(n: number) => RelationEvent> = fc
    .tuple(
      fc.constantFrom('follow' as const, 'block' as const, 'mute' as const),
      fc.integer({ min: 2, max: 5 }),
      fc.boolean(),
    )
    .map(
      ([kind, whom, on]) =>
        (n: number) =>
          related(kind, 1, whom, on, n),
    )

  it('[LIV5] replay from a cursor gives exactly what live gave after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(relations, { maxLength: 6 }),
        fc.array(events, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        async (graph, history, at) => {
          const stage = new Stage()
          stage.emit(...graph.map((make, i) => make(i + 1)))
          const live = await stage.connect(1)
          stage.hub.subscribe(live.socket, 'home', { kind: 'home', key: '' }, null)
          stage.emit(...history.map((make, i) => make(graph.length + i + 1)))
          await settle(12)
          const seq = graph.length + (at % (history.length + 1))
          const replay = await stage.connect(1)
          stage.hub.subscribe(
            replay.socket,
            'home',
            { kind: 'home', key: '' },
            { index: seq - 1, positions: [{ epoch: 'e', seq }], cursor: `s1.e-${seq.toString(36)}` },
          )
          await settle(12)
          const after = live.of('post').filter((event) => seqOf(event) > seq)
          expect(replay.of('post').map(lineOf)).to.deep.equal(after.map(lineOf))
          expect(replay.of('caught-up').map((event) => event['replayed'])).to.deep.equal([after.length])
        },
      ),
      { numRuns: 60, seed },
    )
  })
})

function seqOf(event: Seen): number {
  return Number.parseInt(event.cursor?.split('-')[1] ?? '', 36)
}

function lineOf(event: Seen): unknown {
  return { item: event['item'], cursor: event.cursor }
}
