import { expect } from 'chai'
import { countGraphemes, isEmojiOnly, roomOf } from '../../src/text/graphemes.js'

describe('graphemes', () => {
  it('[WEB3] a character is what a reader sees as one', () => {
    expect(countGraphemes('héllo')).to.equal(5)
    expect(countGraphemes('e\u0301')).to.equal(1)
    expect(countGraphemes('👩‍👩‍👧‍👦🇸🇪')).to.equal(2)
    expect(countGraphemes('  two words  ')).to.equal(9)
  })

  it('[WEB3] the thread shrinks, amber at 20 left, red when over', () => {
    expect(roomOf('', 100)).to.deep.equal({ left: 0, tone: 'plain', words: '', canPost: false })
    expect(roomOf('a'.repeat(50), 100)).to.include({ left: 0.5, tone: 'plain', words: '', canPost: true })
    expect(roomOf('a'.repeat(79), 100)).to.include({ tone: 'plain' })
    expect(roomOf('a'.repeat(86), 100)).to.include({ tone: 'near', words: '14 left', canPost: true })
    expect(roomOf('a'.repeat(100), 100)).to.include({ tone: 'near', words: '0 left', canPost: true })
    expect(roomOf('a'.repeat(112), 100)).to.include({ left: 0, tone: 'over', words: '12 over', canPost: false })
  })

  it('[WEB3] white space alone cannot be posted', () => expect(roomOf(' \n ', 100).canPost).to.equal(false))

  it('[WEB4] one to eight emoji and no word count as emoji only', () => {
    for (const text of ['🥟', '🥟🥟🥟🥟🥟🥟🥟', '❤️ 👍🏽', '🇸🇪', '👩‍👩‍👧‍👦']) expect(isEmojiOnly(text), text).to.equal(true)
    for (const text of ['', ' ', 'a', '1', '🥟 dumplings', '🥟'.repeat(9), '#'])
      expect(isEmojiOnly(text), text).to.equal(false)
  })
})
