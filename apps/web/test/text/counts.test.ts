import { expect } from 'chai'
import { badgeCount, countOf, shortCount } from '../../src/text/counts.js'

describe('counts', () => {
  const cases: [number, string][] = [
    [0, ''],
    [1, '1'],
    [999, '999'],
    [1_000, '1K'],
    [1_250, '1.2K'],
    [1_999, '1.9K'],
    [12_900, '12K'],
    [999_999, '999K'],
    [3_450_000, '3.4M'],
  ]
  for (const [n, words] of cases) it(`[WEB2] ${n} is shown as "${words}"`, () => expect(shortCount(n)).to.equal(words))

  it('[WEB2] one is named in the singular, all others in the plural', () => {
    expect(countOf(1, 'new post')).to.equal('1 new post')
    expect(countOf(12, 'new post')).to.equal('12 new posts')
    expect(countOf(2_847, 'reply', 'replies')).to.equal('2,847 replies')
  })

  it('[WEB2] a badge holds 99+ at most', () => {
    expect(badgeCount(99)).to.equal('99')
    expect(badgeCount(100)).to.equal('99+')
  })
})
