import { expect } from 'chai'
import fc from 'fast-check'
import { thin, thinningRules, type Thinned } from '../src/backup/thinning.js'

const hourMs = 3_600_000
const startMs = Date.UTC(2026, 0, 1)

const history = fc
  .array(fc.record({ gapHours: fc.double({ min: 0.01, max: 200, noNaN: true }), isGood: fc.boolean() }), {
    maxLength: 120,
  })
  .map((steps) => {
    let atMs = startMs
    return steps.map(({ gapHours, isGood }): Thinned => {
      atMs += Math.ceil(gapHours * hourMs)
      return { name: String(atMs), atMs, isGood }
    })
  })

const keptOf = (backups: readonly Thinned[]): Thinned[] => {
  const gone = new Set(thin(backups))
  return backups.filter(({ name }) => !gone.has(name))
}

describe('thinning', () => {
  it('[BAK7] the newest good one always stays; bad ones go once a newer good one is there', () => {
    fc.assert(
      fc.property(history, (backups) => {
        const kept = keptOf(backups)
        const newest = backups.findLast(({ isGood }) => isGood)
        if (newest !== undefined) expect(kept).to.include(newest)
        const bad = backups.filter(({ isGood, atMs }) => !isGood && atMs > (newest?.atMs ?? 0))
        expect(kept.filter(({ isGood }) => !isGood)).to.deep.equal(bad)
      }),
    )
  })

  it('[BAK7] what stays are the newest of the latest stretches of each rule, and nothing else', () => {
    fc.assert(
      fc.property(history, (backups) => {
        const good = backups.filter(({ isGood }) => isGood)
        const wanted = new Set<string>()
        for (const { keep, stretchOf } of thinningRules) {
          const newestOf = new Map(good.map((backup) => [stretchOf(backup.atMs), backup.name]))
          for (const name of [...newestOf.values()].slice(-keep)) wanted.add(name)
        }
        expect(new Set(keptOf(good).map(({ name }) => name))).to.deep.equal(wanted)
        expect(wanted.size).to.be.at.most(23)
      }),
    )
  })

  it('[BAK7] thinning twice is thinning once, and order does not matter', () => {
    fc.assert(
      fc.property(history, (backups) => {
        expect(thin(keptOf(backups))).to.deep.equal([])
        expect(thin(backups.toReversed())).to.deep.equal(thin(backups))
      }),
    )
  })

  it('[BAK7] after a year of backups every 4 hours, thinned each time: a day in hours, a week in days, half a year in months', () => {
    let held: Thinned[] = []
    for (let n = 0; n < 6 * 365; n += 1) {
      const atMs = startMs + n * 4 * hourMs
      held = keptOf([...held, { name: new Date(atMs).toISOString(), atMs, isGood: true }])
    }
    const endMs = startMs + (6 * 365 - 1) * 4 * hourMs
    const agesDays = held.map(({ atMs }) => (endMs - atMs) / (24 * hourMs))
    expect(agesDays.filter((days) => days < 1)).to.have.length(6)
    expect(agesDays.filter((days) => days < 7)).to.have.length(6 + 6)
    expect(Math.max(...agesDays)).to.be.within(150, 190)
    expect(held.length).to.be.within(17, 23)
  })
})
