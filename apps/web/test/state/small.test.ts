import { expect } from 'chai'
import { createAnnouncer, type Timers } from '../../src/state/announcer.js'
import { errorShape, isUnreachable } from '../../src/state/errors.js'
import { createFeedRegistry } from '../../src/state/feeds.js'
import { createPageList } from '../../src/state/pages.js'
import { applyChange, withMark } from '../../src/state/post-changes.js'
import type { FeedItem, Page, Pages } from '@skein/client'
import { homeItems } from '../support/fake-data.js'
import { fakePost } from '../support/fake-people.js'
import { FakeError } from '../support/fake-error.js'
import { FakeView } from '../support/fake-view.js'

class FakeTimers implements Timers {
  now = 0
  #waiting: { at: number; run: () => void }[] = []
  nowMs(): number {
    return this.now
  }
  after(ms: number, run: () => void): void {
    this.#waiting.push({ at: this.now + ms, run })
  }
  pass(ms: number): void {
    this.now += ms
    const due = this.#waiting.filter(({ at }) => at <= this.now)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.now)
    for (const { run } of due) run()
  }
}

describe('the polite status', () => {
  it('[WEB16] speaks at once, then at most every 10 s, and then says the newest', () => {
    const timers = new FakeTimers()
    const announcer = createAnnouncer(timers)
    announcer.say('1 new post')
    expect(announcer.words.value).to.equal('1 new post')
    timers.pass(1_000)
    announcer.say('2 new posts')
    announcer.say('3 new posts')
    timers.pass(8_999)
    expect(announcer.words.value).to.equal('1 new post')
    timers.pass(1)
    expect(announcer.words.value).to.equal('3 new posts')
  })
})

describe('errors', () => {
  it('[WEB17] anything thrown has the one shape; what nobody answered is told apart', () => {
    expect(errorShape(new TypeError('x')).code).to.equal('network')
    expect(isUnreachable(errorShape(new TypeError('x')))).to.equal(true)
    const told = new FakeError('internal', 'Something broke.', { requestId: 'r', status: 500 })
    expect(errorShape(told)).to.include({ code: 'internal', message: 'Something broke.', requestId: 'r' })
    expect(isUnreachable(errorShape(told))).to.equal(false)
    const busy = new FakeError('unavailable', 'A part is away.', { retryable: true, requestId: 'r' })
    expect(isUnreachable(errorShape(busy))).to.equal(false)
  })
})

describe('lists that are read once', () => {
  const post = fakePost({ by: 'wren', atMs: 1, counts: [0, 2, 5], text: 'geese' })

  it('[WEB18] a mark counts at once, and setting it twice counts once', () => {
    const liked = withMark(post, 'like', true)
    expect([liked.counts.likes, liked.viewer?.liked]).to.deep.equal([6, true])
    expect(withMark(liked, 'like', true).counts.likes).to.equal(6)
    expect(withMark(liked, 'like', false).counts.likes).to.equal(5)
    expect(withMark(post, 'repost', true).counts.reposts).to.equal(3)
    expect(withMark(post, 'bookmark', true).viewer?.bookmarked).to.equal(true)
  })

  it('[WEB18] changes elsewhere show, and leave other posts as they are', () => {
    const other = fakePost({ by: 'wren', atMs: 2, text: 'ducks' })
    expect(applyChange(post, { type: 'gone', postId: post.id })).to.equal(null)
    expect(applyChange(other, { type: 'gone', postId: post.id })).to.equal(other)
    const counts = { replies: 1, reposts: 1, quotes: 1, likes: 1 }
    expect(applyChange(post, { type: 'counts', postId: post.id, counts })?.counts).to.equal(counts)
  })

  it('[WEB18] pages follow one another to the end; a failed one is read again', async () => {
    const asked: (string | undefined)[] = []
    let fails = true
    const list = createPageList<{ id: string }, Page<{ id: string }>>((before) => {
      asked.push(before)
      const page = Promise.resolve().then(() => {
        if (before === 'p2' && fails) throw new Error('no')
        return { items: [{ id: before ?? 'first' }], next: before === undefined ? 'p2' : null, prev: null }
      })
      return page as unknown as Pages<{ id: string }>
    })
    const settle = () => new Promise((done) => setImmediate(done))
    list.load()
    list.load()
    await settle()
    list.load()
    await settle()
    expect(list.state.value).to.equal('failed')
    fails = false
    list.load()
    await settle()
    list.load()
    expect(asked).to.deep.equal([undefined, 'p2', 'p2'])
    expect(list.items.value.map(({ id }) => id)).to.deep.equal(['first', 'p2'])
    expect(list.state.value).to.equal('end')
  })
})

describe('held feeds', () => {
  it('[WEB19] one goes back to the same feed; the longest unused are closed', async () => {
    const feeds = createFeedRegistry()
    const closed: string[] = []
    const open = (key: string) =>
      feeds.open<FeedItem, FakeView<FeedItem>>(key, () => {
        const view = new FakeView<FeedItem>({
          feed: 'home',
          all: homeItems(1_000_000_000_000),
          pageSize: 5,
          autoShow: false,
          loaded: Promise.resolve(),
          postOf: (item) => item.post,
          withPost: (item, post) => ({ ...item, post }),
        })
        view.close = () => {
          closed.push(key)
          return Promise.resolve()
        }
        return view
      })
    const first = open('a')
    for (const key of 'bcdefgh') open(key)
    expect(open('a')).to.equal(first)
    open('i')
    expect(closed).to.deep.equal(['b'])
    await Promise.resolve()
    await Promise.resolve()
    expect(first.snapshot.value.items).to.have.length(5)
    feeds.clear()
    expect(closed).to.have.length(9)
  })
})
