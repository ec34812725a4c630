import { expect } from 'chai'
import { agoWords, fullTime, secondsUntil, timeWords } from '../../src/text/times.js'

const now = new Date(2026, 10, 24, 8, 54).getTime()
const minute = 60_000
const hour = 60 * minute

describe('times', () => {
  const cases: [string, number, string][] = [
    ['the same moment', now, 'now'],
    ['a moment to come', now + hour, 'now'],
    ['59 s', now - 59_000, 'now'],
    ['a minute', now - minute, '1 min'],
    ['59 min', now - 59 * minute, '59 min'],
    ['an hour', now - hour, '1 h'],
    ['late on the day before, within a day', now - 17 * hour, '17 h'],
    ['the day before, more than a day ago', now - 25 * hour, 'yesterday'],
    ['two days before', new Date(2026, 10, 22, 7, 4).getTime(), '22 Nov'],
    ['another year', new Date(2025, 10, 12).getTime(), '12 Nov 2025'],
  ]
  for (const [what, atMs, words] of cases)
    it(`[WEB1] ${what} is told as "${words}"`, () => expect(timeWords(atMs, now)).to.equal(words))

  it('[WEB1] in a sentence a time reads as a part of it', () => {
    expect(agoWords(now, now)).to.equal('just now')
    expect(agoWords(now - 2 * hour, now)).to.equal('2 h ago')
    expect(agoWords(now - 25 * hour, now)).to.equal('yesterday')
    expect(agoWords(new Date(2026, 10, 12).getTime(), now)).to.equal('on 12 Nov')
  })

  it('[WEB1] the full date names day, date and time', () => {
    expect(fullTime(now)).to.match(/^Tuesday,? 24 November 2026 at 08:54$/)
  })

  it('[WEB1] seconds are counted up to whole ones and never below 0', () => {
    expect(secondsUntil(now + 2_001, now)).to.equal(3)
    expect(secondsUntil(now - 1, now)).to.equal(0)
  })
})
