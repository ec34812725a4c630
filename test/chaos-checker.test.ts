import { expect } from 'chai'
import { check } from '../chaos/checker.js'
import type { AuthorRecord, Heard, Line, ReaderRecord, Sent } from '../chaos/record.js'

/*
 * A check that cannot fail proves nothing: each test takes a crowd in which all holds, spoils one thing, and wants exactly
 * that to be found. Times in ms.
 */

const posts = 6

function sentBy(author: string): Sent[] {
  return Array.from({ length: posts }, (_, n) => ({
    text: `${author} ${n}`,
    fromMs: 1_000 * n + 100,
    id: `${author}${n}`,
    acknowledgedMs: 1_000 * n + 150,
  }))
}

const lineOf = (author: string, n: number): Line => ({
  id: `${author}${n}`,
  author,
  text: `${author} ${n}`,
  likes: 0,
  picture: `${author}${n} rev 1`,
})
const linesOf = (author: string): Line[] => Array.from({ length: posts }, (_, n) => lineOf(author, n))
const heardOf = (author: string): Heard[] => linesOf(author).map((line, n) => ({ ...line, atMs: 1_000 * n + 200 }))

interface Soft {
  authors: { [K in keyof AuthorRecord]: AuthorRecord[K] }[]
  readers: (Omit<ReaderRecord, 'listening'> & {
    listening: { fromMs: number; heard: Heard[]; gaps: { atMs: number; lastMs: number }[] }
  })[]
  troubles: { what: string; fromMs: number; toMs: number }[]
}

/** ada and bob post; rea follows ada all the time, and bob until she unfollows him at 10 s, when all was heard. */
function whole(): Soft {
  return {
    authors: ['ada', 'bob'].map((handle) => ({
      handle,
      sent: sentBy(handle),
      isUnordered: false,
      refused: [],
      shown: linesOf(handle),
      followers: { counted: 1, listed: 1 },
    })),
    readers: [
      {
        handle: 'rea',
        follows: ['ada'],
        changes: [
          { author: 'bob', on: true, fromMs: 0, doneMs: 10 },
          { author: 'bob', on: false, fromMs: 10_000, doneMs: 10_050 },
        ],
        refused: [],
        listening: { fromMs: 0, heard: [...heardOf('ada'), ...heardOf('bob')], gaps: [] },
        home: linesOf('ada'),
        view: linesOf('ada'),
      },
    ],
    troubles: [],
  }
}

/** What is found when this is done to a crowd in which all holds. */
function findingsAfter(spoil: (crowd: Soft, ada: AuthorRecord & { shown: Line[] }, rea: Soft['readers'][0]) => void) {
  const crowd = whole()
  const [ada] = crowd.authors
  const [rea] = crowd.readers
  if (ada === undefined || rea === undefined) throw new Error('nobody is there')
  spoil(crowd, ada as AuthorRecord & { shown: Line[] }, rea)
  return check(crowd)
}

/** Each finding begins with one of these, and each of these is found. */
function expectOnly(findings: readonly string[], ...beginnings: readonly string[]): void {
  expect(findings.filter((text) => !beginnings.some((beginning) => text.startsWith(beginning)))).to.deep.equal([])
  expect(beginnings.filter((beginning) => !findings.some((text) => text.startsWith(beginning)))).to.deep.equal([])
}

const withoutOf = <T extends { readonly id: string }>(lines: readonly T[], id: string): T[] =>
  lines.filter((line) => line.id !== id)

describe('the checker of chaos scenarios', () => {
  it('[CHA1] finds nothing where all holds', () => {
    expect(findingsAfter(() => {})).to.deep.equal([])
  })

  it('[CHA1] I1: an acknowledged post is not in its author’s timeline', () => {
    expectOnly(
      findingsAfter((_, ada) => (ada.shown = withoutOf(ada.shown, 'ada3'))),
      'I1 lost in the timeline of ada: 1, such as ada 3',
    )
  })

  it('[CHA1] I1: it is not in a follower’s home, of which the view says the same', () => {
    expectOnly(
      findingsAfter((_, _ada, rea) => Object.assign(rea, { home: withoutOf(linesOf('ada'), 'ada3'), view: null })),
      'I1 lost in the home of rea: 1, such as ada 3',
    )
  })

  it('[CHA1] I1: a follower who was told no gap did not hear it', () => {
    expectOnly(
      findingsAfter((_, _ada, { listening }) => (listening.heard = withoutOf(listening.heard, 'ada3'))),
      'I1 rea did not hear: 1, such as ada 3',
    )
  })

  it('[CHA2] a gap that was told covers what was missed just before, and nothing later', () => {
    const missing = (id: string) =>
      findingsAfter((_, _ada, { listening }) => {
        listening.heard = withoutOf(listening.heard, id)
        listening.gaps.push({ atMs: 1_500, lastMs: 200 })
      })
    expect(missing('ada1')).to.deep.equal([])
    expectOnly(missing('ada5'), 'I1 rea did not hear: 1, such as ada 5')
  })

  it('[CHA2] a post without an answer may be there or not, but not twice', () => {
    const unknown = (shown: Line[]) =>
      findingsAfter((_, ada, rea) => {
        const { id: _id, acknowledgedMs: _at, ...sent } = ada.sent[5] as Sent
        Object.assign(ada, { sent: [...ada.sent.slice(0, 5), sent], shown })
        Object.assign(rea, { home: linesOf('ada').slice(0, 5), view: null })
      })
    expect(unknown(linesOf('ada'))).to.deep.equal([])
    expect(unknown(linesOf('ada').slice(0, 5))).to.deep.equal([])
    expectOnly(unknown([...linesOf('ada'), { ...lineOf('ada', 5), id: 'ada5 again' }]), 'I3 doubled in the timeline')
  })

  it('[CHA1] I2: something is shown, or heard, that was never sent', () => {
    expectOnly(
      findingsAfter((_, ada) => ada.shown.push({ id: 'x', author: 'ada', text: 'ada 99' })),
      'I2 never sent, in the timeline of ada',
    )
    expectOnly(
      findingsAfter((_, _ada, { listening }) =>
        listening.heard.push({ id: 'x', author: 'ada', text: 'ada 99', atMs: 9_000 }),
      ),
      'I2 rea heard what was never sent',
    )
  })

  it('[CHA1] I3: one line twice, in a timeline, a home, a view, or live', () => {
    expectOnly(
      findingsAfter((_, ada) => ada.shown.push(lineOf('ada', 5))),
      'I3 doubled in the timeline of ada',
    )
    expectOnly(
      findingsAfter((_, _ada, rea) => Object.assign(rea, { home: [...linesOf('ada'), lineOf('ada', 5)], view: null })),
      'I3 doubled in the home of rea',
    )
    expectOnly(
      findingsAfter((_, _ada, rea) => Object.assign(rea, { view: [...linesOf('ada').slice(1), lineOf('ada', 5)] })),
      'I3 the view of rea shows twice',
    )
    expectOnly(
      findingsAfter((_, _ada, { listening }) =>
        listening.heard.push({ ...(listening.heard[5] as Heard), atMs: 9_000 }),
      ),
      'I3 rea heard twice',
    )
  })

  it('[CHA1] I4: an author’s posts in another order than they were accepted', () => {
    const swapped = [...linesOf('ada').slice(0, 4), lineOf('ada', 5), lineOf('ada', 4)]
    expectOnly(
      findingsAfter((_, ada) => (ada.shown = swapped)),
      'I4 out of order in the timeline of ada',
    )
    expectOnly(
      findingsAfter((_, _ada, rea) => Object.assign(rea, { home: swapped, view: null })),
      'I4 out of order in the home of rea',
    )
    expectOnly(
      findingsAfter((_, _ada, { listening }) => listening.heard.reverse()),
      'I4 rea heard out of order',
    )
  })

  it('[CHA1] I5: home shows somebody who is no longer followed', () => {
    expectOnly(
      findingsAfter((_, _ada, rea) => Object.assign(rea, { home: [lineOf('bob', 0), ...linesOf('ada')], view: null })),
      'I5 not followed, in the home of rea',
    )
  })

  it('[CHA1] I6: a view lacks a line, has one more, or shows one otherwise than a fresh load', () => {
    const seen = (view: Line[]) => findingsAfter((_, _ada, rea) => Object.assign(rea, { view }))
    expect(seen(linesOf('ada').slice(2))).to.deep.equal([])
    expectOnly(seen(withoutOf(linesOf('ada'), 'ada3')), 'I6 the view of rea misses')
    expectOnly(seen([...linesOf('ada'), lineOf('bob', 5)]), 'I6 the view of rea shows too')
    expectOnly(
      seen([...linesOf('ada').slice(0, 5), { ...lineOf('ada', 5), picture: 'ada5 rev 2' }]),
      'I6 the view of rea differs',
    )
  })

  it('[CHA1] I7: heard 2 s after the unfollow was acknowledged; excused only while something is broken', () => {
    const late: Heard = { id: 'bob6', author: 'bob', text: 'bob 6', atMs: 13_000 }
    const heardLate = (troubles: Soft['troubles']) =>
      findingsAfter((crowd, _ada, { listening }) => {
        const bob = crowd.authors[1] as AuthorRecord
        const sent = { text: 'bob 6', fromMs: 12_000, id: 'bob6', acknowledgedMs: 12_100 }
        Object.assign(bob, { sent: [...bob.sent, sent], shown: [...bob.shown, late] })
        listening.heard.push(late)
        crowd.troubles = troubles
      })
    expectOnly(heardLate([]), 'I7 rea heard after it had ended')
    expect(heardLate([{ what: 'pause', fromMs: 9_000, toMs: 12_000 }])).to.deep.equal([])
  })

  it('[CHA1] I7: a deleted post is still in a timeline or a home', () => {
    expectOnly(
      findingsAfter((_, ada) => Object.assign(ada.sent[2] as Sent, { deletingMs: 9_000, deletedMs: 9_100 })),
      'I7 deleted, in the timeline of ada',
      'I7 deleted, in the home of rea',
    )
  })

  it('[CHA1] I8: likes or followers are counted otherwise than there are', () => {
    expectOnly(
      findingsAfter((_, ada) => Object.assign(ada.sent[2] as Sent, { likers: new Set(['rea']) })),
      'I8 likes of ada',
    )
    expectOnly(
      findingsAfter((_, ada) => Object.assign(ada, { followers: { counted: 2, listed: 1 } })),
      'I8 ada has 1 followers and counts 2',
    )
  })

  it('[CHA1] I9: somebody hears who was never followed', () => {
    expectOnly(
      findingsAfter((_, _ada, rea) => Object.assign(rea, { changes: [] })),
      'I9 rea heard who was never followed: 6, such as bob 0',
    )
  })

  it('[CHA3] what was refused for good is found too', () => {
    expectOnly(
      findingsAfter((_, ada) => Object.assign(ada, { refused: ['ada 7: internal'] })),
      'refused ada',
    )
  })
})
