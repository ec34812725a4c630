import { expect } from 'chai'
import { deviceWords } from '../../src/text/devices.js'
import { sparkPath } from '../../src/text/sparkline.js'
import { aboutSuggestion, firstName, listed } from '../../src/text/suggestions.js'
import { swatchOf } from '../../src/text/swatch.js'
import { card, person } from '../support/fake-people.js'

describe('small words and pictures', () => {
  const devices: [string, string][] = [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile Safari/604.1',
      'Safari on iOS',
    ],
    ['skein tail, on the kitchen shelf', 'skein tail, on the kitchen shelf'],
    ['', 'Unknown device'],
  ]
  for (const [client, words] of devices)
    it(`[WEB55] a session begun with "${client.slice(0, 40)}" is called ${words}`, () =>
      expect(deviceWords(client)).to.equal(words))

  it('[WEB10] a handle has one swatch, in range', () => {
    expect(swatchOf('wren')).to.deep.equal(swatchOf('wren'))
    const swatches = Array.from({ length: 500 }, (_, i) => swatchOf(`person_${i}`))
    expect(swatches.every(({ hue, weave }) => hue >= 0 && hue < 360 && weave >= 0 && weave < 7)).to.equal(true)
    expect(new Set(swatches.map(({ weave }) => weave)).size).to.equal(7)
    expect(new Set(swatches.map(({ hue }) => hue)).size).to.be.greaterThan(200)
  })

  it('[WEB11] a suggestion says who of one’s own follows them, else what they say, else how many follow', () => {
    const user = person('hanne')
    expect(aboutSuggestion({ user, followedBy: [card('wren'), card('tobi')], followers: 3 })).to.equal(
      'Wren and Tobias follow them',
    )
    expect(aboutSuggestion({ user, followedBy: [], followers: 3 })).to.equal(user.bio)
    expect(aboutSuggestion({ user: { ...user, bio: '' }, followedBy: [], followers: 1 })).to.equal('1 follower')
    expect(listed(['A', 'B', 'C'])).to.equal('A, B and C')
    expect(firstName('  Ines Kovač ')).to.equal('Ines')
  })

  it('[WEB12] a sparkline stays in its box, also when nothing happened', () => {
    for (const series of [
      [0, 0, 0],
      [1, 5, 2, 9],
    ]) {
      const numbers =
        sparkPath(series, 72, 28)
          .match(/[\d.]+/g)
          ?.map(Number) ?? []
      expect(numbers.every((n) => n >= 0 && n <= 72)).to.equal(true)
    }
    expect(sparkPath([1], 72, 28)).to.equal('')
  })
})
