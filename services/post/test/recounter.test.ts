import type { PostId } from '@skein/contracts'
import { eventually, fakeClock } from '@skein/platform/testing'
import { silentLogger, type LogFields } from '@skein/platform'
import { expect } from 'chai'
import { Recounter } from '../src/recounter.js'
import { draftOf, laterMs, userId } from './people.js'
import { createSqlitePostEngine, postOf } from './post-engine.js'
import { createRpcFixture } from './rpc-fixture.js'

describe('recounter', () => {
  it('[POS36] a post is counted and told at most once a second, with its author and its place', async () => {
    await using fixture = await createRpcFixture()
    const { client, as, clock, stats, service } = fixture
    await service.start()
    const root = (await client.posts.create({ text: 'root' }, as(1))).post
    const reply = (await client.posts.create({ text: 'reply', replyTo: root.id }, as(2))).post
    for (const person of [1, 2, 3]) await client.posts.like({ id: reply.id, on: true }, as(person))
    expect(stats).to.deep.equal([])
    await clock.run(1_000)
    await eventually(() => stats.length === 2)
    expect(
      stats.map(({ postId, authorId, path, counts }) => [postId, authorId, path, counts.replies, counts.likes]),
    ).to.deep.equal([
      [root.id, userId(1), [], 1, 0],
      [reply.id, userId(2), [root.id], 0, 3],
    ])
    await clock.run(999)
    await client.posts.like({ id: reply.id, on: false }, as(3))
    expect(stats).to.have.length(2)
    await clock.run(1)
    await eventually(() => stats.length === 3)
    expect(stats[2]?.counts.likes).to.equal(2)
    await clock.run(5_000)
    expect(stats).to.have.length(3)
  })

  it('[POS36] what a crash left uncounted is counted after the next start', async () => {
    await using engine = await createSqlitePostEngine()
    const post = postOf(await engine.store.create(draftOf(1, 'x')))
    await engine.store.setEdge({ kind: 'like', actorId: userId(2), postId: post.id, on: true, atMs: laterMs() })
    await engine.restart()
    const told: PostId[] = []
    const clock = fakeClock()
    const recounter = new Recounter(
      { everyMs: 1_000, maxPosts: 10 },
      { store: engine.store, clock, log: silentLogger, onStats: ({ postId }) => void told.push(postId) },
    )
    recounter.start()
    recounter.start()
    clock.advance(1_000)
    await recounter.close()
    expect(told).to.deep.equal([post.id])
    expect(await engine.store.dirtyPosts(10)).to.deep.equal([])
    expect(clock.pending).to.equal(0)
    await recounter.close()
  })

  it('[POS36] a round that fails is logged and the next one counts; rounds never overlap', async () => {
    const warned: LogFields[] = []
    const log = { ...silentLogger, warn: (fields: LogFields) => void warned.push(fields) }
    const asked: number[] = []
    let fail = true
    const store = {
      dirtyPosts: async (limit: number) => {
        asked.push(limit)
        await new Promise((go) => setImmediate(go))
        if (fail) throw new Error('away')
        return []
      },
      recount: async () => [],
    }
    const recounter = new Recounter(
      { everyMs: 1_000, maxPosts: 7 },
      { store, clock: fakeClock(), log, onStats: () => {} },
    )
    await Promise.all([recounter.run(), recounter.run()])
    expect(asked).to.deep.equal([7])
    expect(warned).to.have.length(1)
    fail = false
    await recounter.run()
    expect(warned).to.have.length(1)
    expect(asked).to.have.length(2)
  })
})
