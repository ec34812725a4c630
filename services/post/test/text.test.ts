import { expect } from 'chai'
import * as fc from 'fast-check'
import { hashBody } from '../src/domain/body-hash.js'
import { firstIdAt, keyOf, nextId, timeOf } from '../src/domain/ids.js'
import { indexableText, searchWords } from '../src/domain/search-words.js'
import { checkText } from '../src/domain/text.js'
import { seriesOf } from '../src/domain/trends.js'

const textOf = (raw: string): string => {
  const check = checkText(raw, 1_000)
  return check.kind === 'ok' ? check.text : `(${check.kind})`
}

describe('text of a post', () => {
  it('[POS1] it is stored in NFC, with line breaks as \\n and nothing blank at its ends', () => {
    expect(textOf(' \n e\u0301te\u0301\r\nthen\rmore\t. \u00a0')).to.equal('été\nthen\nmore\t.')
  })

  it('[POS1] what shows nothing is empty', () => {
    for (const raw of ['', '  \n\t', '\u200b', '\u200d\ufeff ', '\u00a0\u2003']) expect(textOf(raw)).to.equal('(empty)')
    expect(textOf('👍')).to.equal('👍')
  })

  it('[POS2] control characters and halves of characters are refused', () => {
    for (const raw of ['a\u0000b', 'a\u001bb', 'a\u0085b', 'a\ud83db', 'a\udc4db'])
      expect(textOf(raw), JSON.stringify(raw)).to.equal('(unprintable)')
    expect(textOf('a\tb\nc')).to.equal('a\tb\nc')
  })

  it('[POS3] the length counts what a reader takes for one character', () => {
    const family = '👨‍👩‍👧‍👦'
    expect(checkText(family.repeat(10), 10).kind).to.equal('ok')
    expect(checkText(`${family.repeat(10)}!`, 10)).to.deep.equal({ kind: 'too_long', maxGraphemes: 10 })
    expect(checkText('é'.normalize('NFD').repeat(10), 10).kind).to.equal('ok')
    expect(checkText('x'.repeat(11), 10).kind).to.equal('too_long')
  })

  it('[POS12] the hash of a body tells text, reply and quote apart', () => {
    const bodies = [{ text: 'a' }, { text: 'b' }, { text: 'a', replyTo: 'x' }, { text: 'a', quoteOf: 'x' }]
    expect(new Set(bodies.map(hashBody)).size).to.equal(4)
    expect(hashBody({ quoteOf: 'q', text: 'a', replyTo: undefined })).to.equal(hashBody({ text: 'a', quoteOf: 'q' }))
  })
})

describe('ids of posts', () => {
  const zero = new Uint8Array(16)

  it('[POS9] an id is greater than the newest one and orders by its first 63 bits, whatever the clock does', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: -5_000, max: 5_000 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
    )
    fc.assert(
      fc.property(steps, (moves) => {
        let nowMs = 1_700_000_000_000
        let newest: string | null = null
        for (const [step, bytes] of moves) {
          nowMs += step
          const id: string = nextId(nowMs, newest, bytes)
          expect(id).to.match(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
          if (newest !== null) {
            expect(id > newest).to.equal(true)
            expect(keyOf(id) > keyOf(newest)).to.equal(true)
          }
          if (newest === null || nowMs > timeOf(newest)) expect(timeOf(id)).to.equal(nowMs)
          newest = id
        }
      }),
    )
  })

  it('[POS9] when a millisecond is full the next one is taken', () => {
    expect(timeOf(nextId(5, `0000000005ZZZ${'0'.repeat(13)}`, zero))).to.equal(6)
    expect(nextId(5, `000000000509Z${'0'.repeat(13)}`, zero).slice(0, 13)).to.equal('00000000050A0')
  })

  it('[POS9] the key of an id holds its time', () => {
    expect(keyOf(firstIdAt(1_700_000_000_000))).to.equal(1_700_000_000_000n << 15n)
    expect(keyOf('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')).to.equal(2n ** 63n - 1n)
  })
})

describe('words for the search', () => {
  it('[POS24] a query is its different words, without marks and signs', () => {
    expect(searchWords('  Tea, TEA & "cake" #green_tea @bob ')).to.deep.equal(['tea', 'cake', 'green', 'bob'])
    expect(searchWords('👍 !?')).to.deep.equal([])
    expect(searchWords('a b c d e f g h i j k l m n o p q r')).to.have.length(16)
  })

  it('[POS24] words of scripts without spaces are set apart on both sides', () => {
    expect(indexableText('plain text')).to.equal('plain text')
    const words = searchWords('私は東京に住んでいます')
    expect(words).to.include('東京')
    expect(indexableText('私は東京に住んでいます').split(' ')).to.include.members(words)
  })

  it('[POS26] a series has 12 steps, and what lies outside goes to the nearest', () => {
    const series = seriesOf([
      { step: -1, n: 1 },
      { step: 0, n: 2 },
      { step: 11, n: 3 },
      { step: 12, n: 4 },
    ])
    expect(series).to.deep.equal([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])
  })
})
