import { expect } from 'chai'
import { Handle, SessionId, UserId } from '@skein/contracts'
import { isReservedHandle, readHandle, readHandlePrefix, similarHandles } from '../src/domain/handles.js'
import { createIds, ulidAbove } from '../src/domain/ids.js'
import { passwordProblem } from '../src/domain/passwords.js'
import { issueRefreshToken, readRefreshToken, successorOf } from '../src/domain/refresh-tokens.js'
import { rankSuggestions, toSuggestion } from '../src/domain/suggestions.js'
import { delayOf } from '../src/throttle.js'
import { accountDefaults } from '../src/index.js'
import { seededRandom } from '@skein/platform/testing'

const key = Buffer.alloc(32, 1)
const sessionId = SessionId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV')

describe('account rules', () => {
  it('[ACC70] handles that look like a part of the system are reserved, and others are not', () => {
    for (const name of ['admin', 'me', 'skein', 'v1']) expect(isReservedHandle(Handle.parse(name)), name).to.equal(true)
    for (const name of ['ada', 'admins', 'me2']) expect(isReservedHandle(Handle.parse(name)), name).to.equal(false)
  })

  it('[ACC70] what is typed is read as the handle meant, or as none', () => {
    expect(readHandle(' @Ada_1 ')).to.equal('ada_1')
    for (const text of ['', 'a', '@', 'ada lovelace', 'ada@host', 'ж'.repeat(5), 'x'.repeat(25)]) {
      expect(readHandle(text), text).to.equal(null)
    }
    expect(readHandlePrefix('@A')).to.equal('a')
    expect(readHandlePrefix('')).to.equal('')
    expect(readHandlePrefix('a%')).to.equal(null)
  })

  it('[ACC80] similar handles are handles, also of the longest, and none is reserved', () => {
    for (const name of ['ada', 'x'.repeat(24), 'v1']) {
      const similar = similarHandles(Handle.parse(name), [12, 3456])
      expect(new Set(similar).size).to.equal(5)
      for (const handle of similar) expect(Handle.safeParse(handle).success && handle !== name).to.equal(true)
    }
  })

  it('[ACC71] passwords that others would try first are refused, and good ones are not', () => {
    for (const password of [
      'password123',
      'Qwertyuiop',
      'aaaaaaaaaaaa',
      'abababababab',
      'adaadaadaada',
      'lovelacelove',
    ]) {
      expect(passwordProblem(password, password.startsWith('love') ? 'lovelace' : 'ada'), password).to.be.a(
        password.startsWith('love') ? 'null' : 'string',
      )
    }
    for (const password of ['a long walk home', 'correct horse', 'ada went home']) {
      expect(passwordProblem(password, 'ada'), password).to.equal(null)
    }
  })

  it('[ACC73] the successor of a refresh token is the same each time, and another for another token, time or key', () => {
    const token = issueRefreshToken(key, sessionId, Buffer.alloc(32, 2))
    const read = readRefreshToken(key, token.text)
    expect(read).to.deep.equal(token)
    expect(successorOf(key, token, 1)).to.deep.equal(successorOf(key, read ?? token, 1))
    const others = [
      token,
      successorOf(key, token, 1),
      successorOf(key, token, 2),
      successorOf(key, successorOf(key, token, 1), 1),
      successorOf(Buffer.alloc(32, 9), token, 1),
      successorOf(key, issueRefreshToken(key, sessionId, Buffer.alloc(32, 3)), 1),
    ]
    expect(new Set(others.map(({ text }) => text)).size).to.equal(6)
    expect(new Set(others.map(({ hash }) => hash)).size).to.equal(6)
    for (const { text } of others) expect(text.length).to.be.lessThan(200)
  })

  it('[ACC73] a refresh token with any one character changed is none of this server', () => {
    const { text } = issueRefreshToken(key, sessionId, Buffer.alloc(32, 2))
    const accepted = Array.from(text, (char, n) => {
      const changed = text.slice(0, n) + (char === 'B' ? 'C' : 'B') + text.slice(n + 1)
      const read = readRefreshToken(key, changed)
      return read !== null && read.text !== text
    })
    expect(accepted.filter(Boolean)).to.deep.equal([])
    expect(readRefreshToken(Buffer.alloc(32, 9), text)).to.equal(null)
    for (const wrong of ['', '..', '...', `${text}.x`.slice(10)]) expect(readRefreshToken(key, wrong)).to.equal(null)
  })

  it('[ACC74] ids grow, also when the clock stands or goes back', () => {
    let nowMs = 1_700_000_000_000
    const random = seededRandom(5)
    const ids = createIds(
      () => nowMs,
      (length) => random.bytes(length),
    )
    let last = ''
    for (let n = 0; n < 2_000; n++) {
      const id = n % 3 === 0 ? ids.user() : n % 3 === 1 ? ids.entry() : ids.session()
      expect(id > last).to.equal(true)
      last = id
      if (n % 100 === 0) nowMs += n % 200 === 0 ? 50 : -80
    }
    expect(ulidAbove(sessionId, null)).to.equal(sessionId)
    expect(ulidAbove(sessionId, sessionId) > sessionId).to.equal(true)
  })

  it('[ACC44] suggestions are ranked by ways, then followers, then handle; nobody twice', () => {
    const ids = createIds(
      () => 1,
      (length) => new Uint8Array(length),
    )
    const person = (handle: string, paths: number, followers: number, id: UserId = ids.user()) => {
      return { user: { id, handle: Handle.parse(handle), name: handle, bio: '' }, followers, paths, via: [] }
    }
    const twice = person('both', 2, 5)
    const ranked = rankSuggestions(
      [person('zz', 0, 9), person('aa', 0, 9), { ...twice, paths: 0 }, person('few', 2, 1), twice, person('top', 3, 0)],
      4,
    )
    expect(ranked.map(({ user, paths }) => [user.handle, paths])).to.deep.equal([
      ['top', 3],
      ['both', 2],
      ['few', 2],
      ['aa', 0],
    ])
    expect(toSuggestion({ ...twice, via: [UserId.parse(sessionId)] }, new Map()).followedBy).to.deep.equal([])
  })

  it('[ACC82] the delay doubles from a second to a minute', () => {
    const delays = [0, 4, 5, 6, 7, 10, 11, 500].map((failed) => delayOf(failed, accountDefaults.throttle))
    expect(delays).to.deep.equal([0, 0, 1_000, 2_000, 4_000, 32_000, 60_000, 60_000])
  })
})
