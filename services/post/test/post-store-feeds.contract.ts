import { Tag, type NotificationType, type PostId, type PostRecord, type Range, type Skeleton } from '@skein/contracts'
import { seededRandom } from '@skein/platform/testing'
import { expect } from 'chai'
import { searchWords } from '../src/domain/search-words.js'
import { all, asEntry, draftOf, laterMs, userId } from './people.js'
import { postOf, type CreatePostEngine, type PostEngine } from './post-engine.js'

const tea = Tag.parse('tea')

/** A list in pages of three from the newest on, and from the oldest on; each comes out newest first as a whole. */
async function inPages<T extends { id: Skeleton['id'] }>(list: (range: Range) => Promise<T[]>): Promise<[T[], T[]]> {
  const down: T[] = []
  for (let page = await list({ limit: 3 }); page.length > 0;) {
    down.push(...page)
    const last = page.at(-1)
    page = last === undefined ? [] : await list({ limit: 3, before: last.id })
  }
  const up: T[] = []
  const oldest = down.at(-1)
  if (oldest !== undefined) up.push(oldest)
  for (let first = up[0]; first !== undefined;) {
    const page = await list({ limit: 3, after: first.id })
    up.unshift(...page)
    first = page[0]
  }
  return [down, up]
}

interface Story {
  readonly engine: PostEngine
  readonly posts: PostRecord[]
}

/** Three people's posts, replies, reposts and bookmarks, some deleted. */
async function tell(engine: PostEngine): Promise<Story> {
  const { store } = engine
  const posts: PostRecord[] = []
  for (let n = 0; n < 24; n++) {
    const replyTo = n % 3 === 2 ? posts[n - 2]?.id : undefined
    posts.push(postOf(await store.create(draftOf(n % 4, `words ${n} ${n % 2 === 0 ? '#tea' : ''} @p9`, { replyTo }))))
  }
  for (const [n, post] of posts.entries()) {
    const actorId = userId((n + 1) % 4)
    const edge = (kind: 'repost' | 'bookmark' | 'like') =>
      store.setEdge({ kind, actorId, postId: post.id, on: true, atMs: laterMs() })
    if (n % 5 === 0) await edge('repost')
    if (n % 4 === 0) await edge('bookmark')
    if (n % 3 === 0) await edge('like')
  }
  for (const n of [4, 8, 15]) {
    const post = posts[n]
    if (post !== undefined) await store.remove({ id: post.id, authorId: post.authorId, atMs: laterMs() })
  }
  return { engine, posts }
}

export function feedsContract(create: CreatePostEngine): void {
  it('[POS19] every list reads the same in pages in both directions as at once, newest first', async () => {
    await using engine = await create()
    const { posts } = await tell(engine)
    const { entries } = engine.store
    const root = posts[0]
    if (root === undefined) throw new Error('posts')
    const actors = [0, 1, 2, 3].map(userId)
    const lists: Record<string, (range: Range) => Promise<{ id: Skeleton['id'] }[]>> = {
      byActors: (range) => entries.byActors(actors, range, 'include'),
      exclude: (range) => entries.byActors(actors, range, 'exclude'),
      only: (range) => entries.byActors(actors, range, 'only'),
      public: (range) => entries.public(range),
      byTag: (range) => entries.byTag(tea, range),
      bookmarks: (range) => entries.bookmarks(userId(1), range),
      search: (range) => entries.search(['words'], range),
      notices: (range) => entries.notices(userId(9), range),
      someNotices: (range) => entries.notices(userId(0), range, ['like', 'reply']),
    }
    for (const [name, list] of Object.entries(lists)) {
      const whole = await list(all)
      expect(whole.length, name).to.be.above(3)
      const ids = whole.map(({ id }) => id)
      expect(ids, name).to.deep.equal([...ids].sort().reverse())
      const [down, up] = await inPages(list)
      expect(down, `${name} down`).to.deep.equal(whole)
      expect(up, `${name} up`).to.deep.equal(whole)
      const [newest, oldest] = [ids[0], ids.at(-1)]
      if (newest === undefined || oldest === undefined) throw new Error('a list')
      const inside = await list({ limit: 500, after: oldest, before: newest })
      expect(inside, `${name} inside`).to.deep.equal(whole.slice(1, -1))
    }
  })

  it('[POS20] byActors merges posts and reposts of the actors alone; replies can be left out or alone', async () => {
    await using engine = await create()
    const { posts } = await tell(engine)
    const isGone = (post: PostRecord) => [4, 8, 15].includes(posts.indexOf(post))
    const own = posts.filter((post) => post.authorId === userId(1) && !isGone(post))
    const reposts = posts.filter((post, n) => n % 5 === 0 && (n + 1) % 4 === 1 && !isGone(post))
    const read = async (replies: 'include' | 'exclude' | 'only') =>
      engine.store.entries.byActors([userId(1), userId(1)], all, replies)
    const ids = (list: PostRecord[]) => list.map(({ id }) => id).sort()
    const include = await read('include')
    expect(include.map(({ postId }) => postId).sort()).to.deep.equal(ids([...own, ...reposts]))
    expect(include.every(({ actorId }) => actorId === userId(1))).to.equal(true)
    expect(include.filter(({ repost }) => repost)).to.have.length(reposts.length)
    const tops = own.filter((post) => post.replyTo === undefined)
    expect((await read('exclude')).map(({ postId }) => postId).sort()).to.deep.equal(ids([...tops, ...reposts]))
    const answers = own.filter((post) => post.replyTo !== undefined)
    expect((await read('only')).map(({ postId }) => postId).sort()).to.deep.equal(ids(answers))
    expect(await engine.store.entries.byActors([], all, 'include')).to.deep.equal([])
    expect(await engine.store.entries.byActors([userId(25)], all, 'include')).to.deep.equal([])
  })

  it('[POS20] of any number of actors every page is the same as from a plain merge', async function () {
    this.timeout(180_000)
    await using engine = await create(seededRandom(7))
    const random = seededRandom(11)
    const authors = 40
    const drafts = Array.from({ length: 1_500 }, (_, n) => draftOf(Math.floor(random.next() ** 3 * authors), `x ${n}`))
    const posts = await engine.store.importPosts(drafts, { events: false })
    const pad = Array.from({ length: 1_200 }, (_, n) => userId(10_000 + n))
    const newest = posts
      .map(({ id, authorId }) => ({ id: asEntry(id), authorId }))
      .sort((a, b) => (a.id < b.id ? 1 : -1))
    for (const rare of [0, 30]) {
      for (const extra of [[], pad]) {
        const actorIds = [...Array.from({ length: authors - rare }, (_, n) => userId(n + rare)), ...extra]
        const wanted = newest.filter(({ authorId }) => actorIds.includes(authorId))
        for (const start of [0, 1, 40, 700, wanted.length - 5].filter((n) => n < wanted.length)) {
          const cursor = wanted[start]?.id
          if (cursor === undefined) throw new Error('a post')
          for (const limit of [1, 20, 100]) {
            const older = await engine.store.entries.byActors(actorIds, { limit, before: cursor }, 'include')
            const newer = await engine.store.entries.byActors(actorIds, { limit, after: cursor }, 'include')
            expect(older.map(({ id }) => id)).to.deep.equal(
              wanted.slice(start + 1, start + 1 + limit).map(({ id }) => id),
            )
            expect(newer.map(({ id }) => id)).to.deep.equal(
              wanted.slice(Math.max(0, start - limit), start).map(({ id }) => id),
            )
          }
        }
      }
    }
  })

  it('[POS20] one who wrote very much, or many who wrote nothing, change nothing', async () => {
    await using engine = await create()
    const authorOf = (n: number): number => (n < 15 ? n + 1 : n < 165 ? 0 : n - 149)
    const drafts = Array.from({ length: 180 }, (_, n) => draftOf(authorOf(n), `x ${n}`))
    const posts = await engine.store.importPosts(drafts, { events: false })
    const newest = posts.map(({ id, authorId }) => ({ id: asEntry(id), authorId })).reverse()
    const few = [0, 3, 20, ...Array.from({ length: 50 }, (_, n) => n + 1_000)].map(userId)
    for (const actorIds of [Array.from({ length: 31 }, (_, n) => userId(n)), few]) {
      const wanted = newest.filter(({ authorId }) => actorIds.includes(authorId)).map(({ id }) => id)
      const [last, first] = [wanted[0], wanted.at(-1)]
      if (last === undefined || first === undefined) throw new Error('posts')
      const older = await engine.store.entries.byActors(actorIds, { limit: 20, before: last }, 'include')
      expect(older.map(({ id }) => id)).to.deep.equal(wanted.slice(1, 21))
      const newer = await engine.store.entries.byActors(actorIds, { limit: 20, after: first }, 'include')
      expect(newer.map(({ id }) => id)).to.deep.equal(wanted.slice(-21, -1))
    }
  })

  it('[POS21] public holds everyone’s posts and no reply and no repost; a tag holds its posts', async () => {
    await using engine = await create()
    const { posts } = await tell(engine)
    const alive = posts.filter((_, n) => ![4, 8, 15].includes(n)).reverse()
    const expected = (list: PostRecord[]) =>
      list.map(({ id, authorId }) => ({ id, postId: id, actorId: authorId, repost: false }))
    expect(await engine.store.entries.public(all)).to.deep.equal(
      expected(alive.filter((post) => post.replyTo === undefined)),
    )
    expect(await engine.store.entries.byTag(tea, all)).to.deep.equal(
      expected(alive.filter((post) => post.tags.includes(tea))),
    )
    expect(await engine.store.entries.byTag(Tag.parse('te'), all)).to.deep.equal([])
  })

  it('[POS22] below a post stands all under it; a deleted one as long as something alive is under it', async () => {
    await using engine = await create()
    const { store } = engine
    const make = async (text: string, replyTo?: PostId) => postOf(await store.create(draftOf(1, text, { replyTo }))).id
    const root = await make('root')
    const a = await make('a', root)
    const b = await make('b', a)
    const c = await make('c', b)
    const d = await make('d', a)
    const remove = (id: PostId) => store.remove({ id, authorId: userId(1), atMs: laterMs() })
    const below = async (id: PostId) => (await store.entries.below(id, all)).map(({ postId }) => postId)
    expect(await below(root)).to.deep.equal([d, c, b, a])
    expect(await below(b)).to.deep.equal([c])
    await remove(a)
    await remove(b)
    expect(await below(root)).to.deep.equal([d, c, b, a])
    expect(await below(a)).to.deep.equal([d, c, b])
    await remove(c)
    expect(await below(root)).to.deep.equal([d, a])
    await remove(root)
    expect(await below(root)).to.deep.equal([d, a])
    await remove(d)
    expect(await below(root)).to.deep.equal([])
    expect(await below(a)).to.deep.equal([])
  })

  it('[POS24] search finds posts with all of the words, in any script', async () => {
    await using engine = await create()
    const make = async (text: string) => postOf(await engine.store.create(draftOf(1, text))).id
    const tea = await make('Green TEA, cake & café')
    const reply = postOf(await engine.store.create(draftOf(2, 'more tea?', { replyTo: tea }))).id
    const tokyo = await make('私は東京に住んでいます')
    const quoted = await make('she said "tea" OR NOT #tea')
    const find = async (q: string) =>
      (await engine.store.entries.search(searchWords(q), all)).map(({ postId }) => postId)
    expect(await find('tea')).to.deep.equal([quoted, reply, tea])
    expect(await find('tea green')).to.deep.equal([tea])
    expect(await find('CAFE')).to.deep.equal([tea])
    expect(await find('東京')).to.deep.equal([tokyo])
    expect(await find('"tea" OR cake')).to.deep.equal([])
    expect(await find('teas')).to.deep.equal([])
    expect(await find('!')).to.deep.equal([])
    for (const q of ['tea*', 'NEAR(tea cake)', 'text:tea', "tea'); DROP", '^tea', '-tea', '"', '()']) await find(q)
  })

  it('[POS25] a post concerns a person once, by the strongest reason, and never its author', async () => {
    await using engine = await create()
    const { store } = engine
    const mine = postOf(await store.create(draftOf(1, 'mine @p1')))
    const reply = postOf(await store.create(draftOf(2, 'hi @p1 @p3', { replyTo: mine.id, quoteOf: mine.id })))
    const quote = postOf(await store.create(draftOf(3, 'see @p1', { quoteOf: mine.id })))
    const mention = postOf(await store.create(draftOf(4, '@p1 @p1')))
    await store.create(draftOf(1, 'own answer', { replyTo: mine.id, quoteOf: mine.id }))
    const edge = (kind: 'like' | 'repost', actor: number, on = true) =>
      store.setEdge({ kind, actorId: userId(actor), postId: mine.id, on, atMs: laterMs() })
    await edge('like', 2)
    await edge('repost', 3)
    await edge('like', 1)
    const read = async (person: number, types?: NotificationType[]) =>
      (await store.entries.notices(userId(person), all, types)).map(({ type, actorId, postId }) => [
        type,
        actorId,
        postId,
      ])
    const lines = {
      repost: ['repost', userId(3), mine.id],
      like: ['like', userId(2), mine.id],
      mention: ['mention', userId(4), mention.id],
      quote: ['quote', userId(3), quote.id],
      reply: ['reply', userId(2), reply.id],
    }
    expect(await read(1)).to.deep.equal([lines.repost, lines.like, lines.mention, lines.quote, lines.reply])
    expect(await read(3)).to.deep.equal([['mention', userId(2), reply.id]])
    expect(await read(1, ['mention', 'reply', 'quote'])).to.deep.equal([lines.mention, lines.quote, lines.reply])
    expect(await read(1, ['like', 'like', 'follow'])).to.deep.equal([lines.like])
    expect(await read(1, [])).to.deep.equal([])
    await edge('like', 2, false)
    expect(await read(1, ['like'])).to.deep.equal([])
    await edge('like', 2)
    expect(await read(1)).to.have.length(5)
    await store.remove({ id: mine.id, authorId: userId(1), atMs: laterMs() })
    expect(await read(1)).to.deep.equal([lines.mention, lines.quote, lines.reply])
  })

  it('[POS26] trends are the tags used since, by different authors, then posts, with 12 steps', async () => {
    await using engine = await create()
    const { store } = engine
    const sinceMs = laterMs() + 1_000_000
    const use = (author: number, step: number, text: string) =>
      store.create(draftOf(author, text, { atMs: sinceMs + step * 1_000 + 500 }))
    await store.create(draftOf(1, '#old #many', { atMs: sinceMs - 1 }))
    for (const step of [0, 0, 5]) await use(1, step, '#many')
    await use(2, 0, '#wide #many')
    const gone = postOf(await use(3, 11, '#wide'))
    await use(4, 11, '#wide')
    await use(5, 11, '#wide')
    await store.remove({ id: gone.id, authorId: userId(3), atMs: laterMs() })
    const query = { sinceMs, nowMs: sinceMs + 12_000, limit: 10 }
    const step = (at: Record<number, number>) => Array.from({ length: 12 }, (_, n) => at[n] ?? 0)
    expect(await store.trending(query)).to.deep.equal([
      { tag: 'wide', posts: 3, authors: 3, series: step({ 0: 1, 11: 2 }) },
      { tag: 'many', posts: 4, authors: 2, series: step({ 0: 3, 5: 1 }) },
    ])
    expect(await store.trending({ ...query, limit: 1 })).to.have.length(1)
    expect(await store.trending({ ...query, sinceMs: query.nowMs, nowMs: query.nowMs })).to.deep.equal([])
  })

  it('[POS27] tags are found by how they begin, the most used first', async () => {
    await using engine = await create()
    for (const text of ['#tea #team', '#tea', '#Teá', '#茶 #cake']) await engine.store.create(draftOf(1, text))
    const find = async (prefix: string, limit = 10) =>
      (await engine.store.tagsWith(prefix, limit)).map(({ tag, posts }) => `${tag} ${posts}`)
    expect(await find('tea')).to.deep.equal(['tea 2', 'team 1'])
    expect(await find('te')).to.deep.equal(['tea 2', 'team 1', 'teá 1'])
    expect(await find('te', 1)).to.deep.equal(['tea 2'])
    expect(await find('茶')).to.deep.equal(['茶 1'])
    expect(await find('%')).to.deep.equal([])
    expect(await find('')).to.have.length(5)
  })
}
