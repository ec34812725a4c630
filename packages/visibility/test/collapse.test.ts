import { expect } from 'chai'
import * as fc from 'fast-check'
import { collapse } from '../src/index.js'
import { idNumber } from './people.js'

interface Line {
  readonly id: string
  readonly post: { readonly id: string }
}
const line = (id: number, post: number): Line => ({ id: idNumber(id), post: { id: idNumber(post) } })
const newestFirst = (a: Line, b: Line): number => (a.id < b.id ? 1 : -1)

/** Up to 30 lines over 6 posts, ids all different. */
const lines = fc
  .uniqueArray(fc.record({ id: fc.integer({ min: 10, max: 90 }), post: fc.integer({ min: 1, max: 6 }) }), {
    selector: ({ id }) => id,
    maxLength: 30,
  })
  .map((all) => all.map(({ id, post }) => line(id, post)))
const sorted = lines.map((all) => all.toSorted(newestFirst))

describe('collapse', () => {
  it('[VIS16] of a post and its reposts the newest line stays', () => {
    const kept = collapse([line(9, 1), line(8, 2), line(7, 1), line(2, 2), line(1, 1)])
    expect(kept).to.deep.equal([line(9, 1), line(8, 2)])
  })

  it('[VIS16] collapsing twice changes nothing, every post stays once, the order is kept', () => {
    const property = fc.property(sorted, (all) => {
      const once = collapse(all)
      expect(collapse(once)).to.deep.equal(once)
      expect(new Set(once.map((l) => l.post.id))).to.deep.equal(new Set(all.map((l) => l.post.id)))
      expect(once).to.deep.equal(once.toSorted(newestFirst))
      expect(new Set(once.map((l) => l.post.id)).size).to.equal(once.length)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('[VIS17] reading further back never changes what stands above', () => {
    const property = fc.property(sorted, fc.nat(30), (all, read) => {
      const above = collapse(all.slice(0, read))
      expect(collapse(all).slice(0, above.length)).to.deep.equal(above)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('[VIS18] the order in which lines came does not matter', () => {
    const shuffled = lines.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    const property = fc.property(shuffled, ([all, other]) => {
      expect(collapse(other.toSorted(newestFirst))).to.deep.equal(collapse(all.toSorted(newestFirst)))
    })
    fc.assert(property, { numRuns: 500 })
  })
})
