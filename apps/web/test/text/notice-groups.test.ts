import { expect } from 'chai'
import type { Notification } from '@skein/client'
import { groupNotices, nameActors } from '../../src/text/notice-groups.js'
import { card, fakeId, fakePost } from '../support/fake-people.js'

const now = Date.UTC(2026, 10, 24)
const minute = 60_000
const mine = fakePost({ by: 'ines', atMs: now - 10 * minute, text: 'A duck.' })

function notice(by: string, type: Notification['type'], minutesAgo: number): Notification {
  const atMs = now - minutesAgo * minute
  const post =
    type === 'follow' ? {} : { post: type === 'reply' ? fakePost({ by, atMs, replyTo: mine, text: 'Quack.' }) : mine }
  return { id: fakeId(atMs), type, atMs, actor: card(by), ...post }
}

describe('notices as lines', () => {
  it('[WEB8] likes of one post become one line where its newest stands; answers stay apart', () => {
    const lines = groupNotices(
      [notice('wren', 'like', 1), notice('callum', 'reply', 2), notice('tobi', 'like', 3), notice('kit', 'follow', 4)],
      null,
    )
    expect(lines.map((l) => (l.kind === 'group' ? [l.type, l.actors.map((a) => a.handle)] : l.kind))).to.deep.equal([
      ['like', ['wren', 'tobi']],
      'post',
      ['follow', ['kit']],
    ])
  })

  it('[WEB8] seen and unseen ones are never in one line', () => {
    const seen = notice('tobi', 'like', 3)
    const lines = groupNotices([notice('wren', 'like', 1), seen], seen.id)
    expect(lines.map((l) => l.isNew)).to.deep.equal([true, false])
  })

  it('[WEB8] what is more than a day apart is not in one line', () => {
    expect(groupNotices([notice('wren', 'like', 1), notice('tobi', 'like', 1_500)], null)).to.have.length(2)
  })

  it('[WEB8] a person who did it twice is named once', () => {
    const [line] = groupNotices([notice('wren', 'like', 1), notice('wren', 'like', 2)], null)
    expect(line?.kind === 'group' && line.actors).to.have.length(1)
  })

  it('[WEB8] two are named, the others counted', () => {
    const actors = ['wren', 'tobi', 'mara', 'bao'].map(card)
    expect(nameActors(actors)).to.deep.equal({ named: actors.slice(0, 2), others: 2 })
    expect(nameActors(actors.slice(0, 2)).others).to.equal(0)
  })
})
