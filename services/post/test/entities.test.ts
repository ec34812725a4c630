import { TextEntity } from '@skein/contracts'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { handlesIn, resolveContent } from '../src/domain/content.js'
import { findEntities } from '../src/domain/entities.js'
import { cardOf, userId } from './people.js'

function found(type: 'mention' | 'tag' | 'link', text: string): string[] {
  return findEntities(text).flatMap((entity) => {
    if (entity.type !== type) return []
    switch (entity.type) {
      case 'mention':
        return [entity.handle]
      case 'tag':
        return [entity.tag]
      case 'link':
        return [entity.url]
    }
  })
}

function expectAll(type: 'mention' | 'tag' | 'link', cases: Record<string, string[]>): void {
  for (const [text, wanted] of Object.entries(cases)) expect(found(type, text), text).to.deep.equal(wanted)
}

describe('entities of a text', () => {
  it('[POS4] a mention is @ and a handle', () => {
    expectAll('mention', {
      '@alice hi': ['alice'],
      'hi @Alice_1, @bob.': ['alice_1', 'bob'],
      '(@alice) .@bob "@carol"': ['alice', 'bob', 'carol'],
      '＠alice': ['alice'],
      '你好@alice你好': ['alice'],
      'RT @alice: x': ['alice'],
      "@alice's": ['alice'],
      '@alice @alice': ['alice', 'alice'],
    })
  })

  it('[POS4] within an e-mail, a word, a URL or a longer handle there is none', () => {
    expectAll('mention', {
      'bob@example.com': [],
      'josé@alice': [],
      'https://example.com/@alice': [],
      'medium.com/@alice': [],
      'foo@bar.com/@alice': [],
      '@alice@mastodon.social': [],
      '@a': [],
      '@abcdefghijklmnopqrstuvwxyz': [],
      '@alicé': [],
      '@@alice': [],
      '_@alice': [],
      'user:pw@alice': [],
    })
  })

  it('[POS5] a tag is # and a word of any script, in lower case', () => {
    expectAll('tag', {
      '#Tea': ['tea'],
      '#緑茶 #чай #شاي #चाय': ['緑茶', 'чай', 'شاي', 'चाय'],
      '#tea, (#cake)! #a_b': ['tea', 'cake', 'a_b'],
      '#2024goals #x2': ['2024goals', 'x2'],
      '＃tea': ['tea'],
      '☕️#tea': ['tea'],
      '#CAFÉ': ['café'],
      "#tea's #coffee-break": ['tea', 'coffee'],
      'a\n#tea': ['tea'],
    })
  })

  it('[POS5] digits alone, a part of a word, of a URL or of another tag, or too many letters are none', () => {
    expectAll('tag', {
      '#2024 #1 #_': [],
      'a#tea 1#tea あ#tea &#tea _#tea': [],
      'https://example.com/#tea': [],
      '#tea#cake': [],
      '##tea': [],
      '#️⃣ #': [],
      '#tea://x': [],
      [`#${'x'.repeat(51)}`]: [],
    })
  })

  it('[POS6] links are http, https and bare domains, which become https', () => {
    expectAll('link', {
      'see example.com/a?b=1#c, or (https://ex.org/x_(y)).': ['https://example.com/a?b=1#c', 'https://ex.org/x_(y)'],
      'http://localhost:3000/x': ['http://localhost:3000/x'],
      'пример.рф my.dev a.app': ['https://пример.рф', 'https://my.dev', 'https://a.app'],
      '你好，example.com。': ['https://example.com'],
    })
  })

  it('[POS6] other schemes, e-mails, numbers and ends of sentences are no links', () => {
    expectAll('link', {
      'ftp://a.com mailto:bob@a.com //a.com': [],
      'bob@example.com': [],
      '1.2.3.4 and v1.2.3': [],
      'javascript:alert(1) data:text/html,x': [],
      'the end.Then': [],
      '#a.com': [],
    })
    expect(found('tag', '#a.com')).to.deep.equal(['a'])
  })

  it('[POS7] entities are in order, do not overlap, and their offsets cut out what they name', () => {
    const piece = fc.constantFrom(
      '@alice',
      '#tea',
      'a.com',
      'https://x.org/#a',
      ' ',
      '👍',
      '.',
      'x',
      '\n',
      '@',
      '#',
      '你',
      '/',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        let last = 0
        for (const entity of findEntities(text)) {
          expect(entity.start).to.be.at.least(last)
          expect(entity.end).to.be.above(entity.start)
          last = entity.end
          const cut = text.slice(entity.start, entity.end).toLowerCase()
          if (entity.type === 'mention') expect(cut).to.equal(`@${entity.handle}`)
          if (entity.type === 'tag') expect(cut).to.equal(`#${entity.tag}`)
          if (entity.type === 'link') expect(entity.url.endsWith(cut)).to.equal(true)
        }
        expect(last).to.be.at.most(text.length)
      }),
    )
  })

  it('[POS7] at most 50 handles and 30 tags are found, each as often as it stands there', () => {
    const handles = Array.from({ length: 60 }, (_, n) => `@p${n + 10}`).join(' ')
    expect(handlesIn(findEntities(`${handles} @p10`))).to.have.length(50)
    const tags = Array.from({ length: 40 }, (_, n) => `#t${n}`).join(' ')
    expect(found('tag', `${tags} #t0`)).to.have.length(31)
  })

  it('[POS7] hostile texts take no long time', () => {
    const shapes = ['#a', '@ab', '#a#', 'a.com', 'http://', '(', '@a.com/', '#️', 'a/@', '＃＃']
    const startedMs = Date.now()
    for (const shape of shapes) findEntities(shape.repeat(8_000 / shape.length))
    expect(Date.now() - startedMs).to.be.below(2_000)
  })

  it('[POS8] a handle nobody has is plain text; a blocked person stays a mention and is not among the mentions', () => {
    const text = '@p1 @p2 @nobody @p3 @p2 #tea #tea'
    const content = resolveContent(text, findEntities(text), [1, 2, 3].map(cardOf), (id) => id === userId(3))
    expect(content.mentions).to.deep.equal([userId(1), userId(2)])
    expect(content.tags).to.deep.equal(['tea'])
    const shown = content.entities.flatMap((entity) => (entity.type === 'mention' ? [entity.handle] : []))
    expect(shown).to.deep.equal(['p1', 'p2', 'p3', 'p2'])
    for (const entity of content.entities) expect(TextEntity.parse(entity)).to.deep.equal(entity)
  })
})
