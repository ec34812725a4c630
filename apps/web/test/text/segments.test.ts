import { expect } from 'chai'
import fc from 'fast-check'
import type { TextEntity } from '@skein/client'
import { linkParts, paragraphsOf, segmentsOf, type Segment } from '../../src/text/segments.js'

function shownText(segments: readonly Segment[]): string {
  return segments.map((s) => (s.kind === 'link' ? s.parts.join('') : s.text)).join('')
}

describe('text with entities', () => {
  it('[WEB5] mentions, tags and links become parts, everything else stays text', () => {
    const text = 'Hi @joan, see #geese at https://a.example/b'
    const entities: TextEntity[] = [
      { type: 'mention', start: 3, end: 8, userId: 'u', handle: 'joan' },
      { type: 'tag', start: 14, end: 20, tag: 'geese' },
      { type: 'link', start: 24, end: 43, url: 'https://a.example/b' },
    ]
    expect(segmentsOf(text, entities)).to.deep.equal([
      { kind: 'text', text: 'Hi ' },
      { kind: 'mention', text: '@joan', handle: 'joan' },
      { kind: 'text', text: ', see ' },
      { kind: 'tag', text: '#geese', tag: 'geese' },
      { kind: 'text', text: ' at ' },
      { kind: 'link', parts: ['a.example/', 'b'], url: 'https://a.example/b' },
    ])
  })

  it('[WEB5] a link that is no web address stays text', () => {
    const text = 'press javascript:alert(1) now'
    const entities: TextEntity[] = [{ type: 'link', start: 6, end: 25, url: 'javascript:alert(1)' }]
    expect(segmentsOf(text, entities)).to.deep.equal([{ kind: 'text', text }])
  })

  it('[WEB5] whatever the offsets are, no text is lost or doubled', () => {
    const entity = fc.record({ start: fc.integer({ min: -5, max: 60 }), end: fc.integer({ min: -5, max: 60 }) })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.array(entity, { maxLength: 6 }), (text, spans) => {
        const entities = spans.map(({ start, end }): TextEntity => ({ type: 'tag', start, end, tag: 't' }))
        expect(shownText(segmentsOf(text, entities))).to.equal(text)
      }),
    )
  })

  it('[WEB5] a shown link can break after each slash and is cut when long', () => {
    expect(linkParts('https://www.saltmarsh.example/counts/2026-47/')).to.deep.equal([
      'saltmarsh.example/',
      'counts/',
      '2026-47',
    ])
    const long = linkParts('https://notes.mara.example/why-the-fridge-is-the-worst-place').join('')
    expect(long).to.equal('notes.mara.example/why-the-fridge-is-the-wor…')
  })

  it('[WEB5] empty lines make paragraphs, a single line break does not', () => {
    const paragraphs = paragraphsOf(segmentsOf('one\ntwo\n\nthree\n \n four', []))
    expect(paragraphs.map(shownText)).to.deep.equal(['one\ntwo', 'three', 'four'])
  })
})
