import { expect } from 'chai'
import type { Post } from '@skein/client'
import { arrangeThread } from '../../src/text/thread-lines.js'
import { fakePost } from '../support/fake-people.js'

const at = (minute: number) => Date.UTC(2026, 10, 24, 8, minute)
const post = (by: string, minute: number, replyTo?: Post) =>
  fakePost({ by, atMs: at(minute), text: `${by} ${minute}`, ...(replyTo ? { replyTo } : {}) })
const item = (p: Post) => ({ id: p.id, post: p })

const open = post('callum', 0)
const second = post('callum', 1, open)
const third = post('callum', 2, second)
const bench = post('wren', 3, open)
const late = post('noam', 4, open)
const answer = post('callum', 5, bench)
const again = post('wren', 6, answer)
const toSecond = post('gil', 7, second)
const below = [toSecond, again, answer, late, bench, third, second].map(item)

describe('a thread as lines', () => {
  it('[WEB9] the author’s own posts go on from the open one, in order', () => {
    const lines = arrangeThread(open, [], below)
    expect(lines.continuation.map((i) => i.post.text)).to.deep.equal(['callum 1', 'callum 2'])
    expect(lines.part).to.deep.equal({ number: 1, of: 3 })
  })

  it('[WEB9] each reply is followed by everything below it, the oldest reply first', () => {
    const { replies } = arrangeThread(open, [], below)
    expect(replies.map((l) => [l.item.post.text, l.isNested, l.isChained])).to.deep.equal([
      ['wren 3', false, true],
      ['callum 5', true, true],
      ['wren 6', true, false],
      ['noam 4', false, false],
      ['gil 7', false, false],
    ])
  })

  it('[WEB9] the order the posts come in does not matter', () => {
    expect(arrangeThread(open, [], below.toReversed())).to.deep.equal(arrangeThread(open, [], below))
  })

  it('[WEB9] a reply whose parent is not there hangs on the nearest that is', () => {
    const { replies } = arrangeThread(open, [], [again, bench].map(item))
    expect(replies.map((l) => [l.item.post.text, l.isNested])).to.deep.equal([
      ['wren 3', false],
      ['wren 6', true],
    ])
  })

  it('[WEB9] parts are counted with the author’s own posts above', () => {
    expect(arrangeThread(second, [open], [item(third)]).part).to.deep.equal({ number: 2, of: 3 })
    expect(arrangeThread(bench, [open], []).part).to.equal(null)
  })
})
