import { expect } from 'chai'
import { draftOf, laterMs, userId } from './people.js'
import { postOf, type CreatePostEngine } from './post-engine.js'

/** Whom and what the event of an edit or a delete names beside the post. */
export function changeEventsContract(create: CreatePostEngine): void {
  it('[POS17] an edit and a delete name the people and tags before, and where quotes of the post stand', async () => {
    await using engine = await create()
    const { store } = engine
    const other = postOf(await store.create(draftOf(4, 'other')))
    const root = postOf(await store.create(draftOf(5, 'root')))
    const post = postOf(await store.create(draftOf(1, 'old @p2 @p3 #old', { quoteOf: other.id })))
    const below = { quoteOf: post.id, replyTo: root.id }
    const quote = postOf(await store.create(draftOf(6, 'look #cake', below)))
    const second = postOf(await store.create(draftOf(7, '#cake #tea', { quoteOf: post.id })))
    const gone = postOf(await store.create(draftOf(8, '#gone', { quoteOf: post.id })))
    await store.setEdge({ kind: 'repost', actorId: userId(9), postId: quote.id, on: true, atMs: laterMs() })
    await store.remove({ id: gone.id, authorId: userId(8), atMs: laterMs() })
    const last = async () => {
      const event = (await engine.events()).at(-1)
      if (event?.kind !== 'post') throw new Error('the event of a post')
      return event
    }
    expect(await last()).not.to.have.property('quotedIn')

    await store.edit({ ...draftOf(1, 'new @p3 #new'), id: post.id })
    const edited = await last()
    await store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() })
    const removed = await last()
    expect([edited.rev, removed.rev]).to.deep.equal([2, 3])
    expect(edited.formerTags).to.deep.equal(['old'])
    expect(edited.formerMentions).to.deep.equal([2, 3, 4].map(userId))
    expect(removed.formerTags).to.deep.equal(['new'])
    expect(removed.formerMentions).to.deep.equal([3, 4].map(userId))
    for (const event of [edited, removed]) {
      expect(event.spreaders).to.deep.equal([6, 7, 9].map(userId))
      expect(event.quotedIn?.tags).to.have.members(['cake', 'tea'])
      expect(event.quotedIn?.threads).to.have.members([quote.id, root.id, second.id])
    }

    await store.edit({ ...draftOf(5, 'root again'), id: root.id })
    const plain = await last()
    expect(plain).to.deep.include({ formerTags: [], spreaders: [] })
    expect(plain).not.to.have.any.keys('formerMentions', 'quotedIn')
  })

  it('[POS17] above 1,000 spreaders nobody is named', async function () {
    this.timeout(180_000)
    await using engine = await create()
    const { store } = engine
    const post = postOf(await store.create(draftOf(1, 'x')))
    await store.create(draftOf(2, 'quoting', { quoteOf: post.id }))
    const spread = (from: number, to: number) =>
      Promise.all(
        Array.from({ length: to - from }, (_, n) =>
          store.setEdge({
            kind: 'repost',
            actorId: userId(100 + from + n),
            postId: post.id,
            on: true,
            atMs: laterMs(),
          }),
        ),
      )
    const spreaders = async (text: string): Promise<unknown> => {
      await store.edit({ ...draftOf(1, text), id: post.id })
      const event = (await engine.events()).at(-1)
      return event?.kind === 'post' ? event.spreaders : undefined
    }
    await spread(0, 999)
    expect(await spreaders('a'))
      .to.have.length(1_000)
      .and.to.include(userId(2))
    await spread(999, 1_000)
    expect(await spreaders('b')).to.equal(null)
    await store.remove({ id: post.id, authorId: userId(1), atMs: laterMs() })
    expect((await engine.events()).at(-1)).to.have.property('spreaders', null)
  })
}
