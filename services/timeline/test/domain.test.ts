import { EntryId } from '@skein/contracts'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { mergeNearest } from '../src/domain/merge-newest.js'
import { idAbove, idBelow } from '../src/domain/ulid-neighbours.js'

const anyId = fc
  .tuple(
    fc.integer({ min: 0, max: 7 }),
    fc.array(fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('')), { minLength: 25, maxLength: 25 }),
  )
  .map(([head, rest]) => EntryId.parse(`${head}${rest.join('')}`))

describe('ids beside an id', () => {
  it('[TML4] the id above is greater, the id below less, and each is the other’s neighbour', () => {
    const property = fc.property(anyId, (id) => {
      const above = idAbove(id)
      const below = idBelow(id)
      if (above !== null) expect(above > id && idBelow(above) === id).to.equal(true)
      if (below !== null) expect(below < id && idAbove(below) === id).to.equal(true)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('[TML4] digits that are full carry over, and the ends have no neighbour', () => {
    const id = (text: string) => EntryId.parse(text)
    expect(idAbove(id('01J0000000000000000000ZZZZ'))).to.equal('01J00000000000000000010000')
    expect(idBelow(id('01J00000000000000000010000'))).to.equal('01J0000000000000000000ZZZZ')
    expect(idAbove(id('7ZZZZZZZZZZZZZZZZZZZZZZZZZ'))).to.equal(null)
    expect(idBelow(id('00000000000000000000000000'))).to.equal(null)
  })
})

describe('merging', () => {
  it('[TML40] two lists become one, the nearest to the bound', () => {
    const lists = fc.tuple(fc.uniqueArray(fc.nat(60), { maxLength: 25 }), fc.nat(30), fc.constantFrom('older', 'newer'))
    const property = fc.property(lists, fc.func(fc.boolean()), ([numbers, limit, going], isLeft) => {
      const all = numbers.toSorted((a, b) => b - a).map((n) => ({ id: String(n).padStart(3, '0') }))
      const nearest = (lines: typeof all) =>
        going === 'older' ? lines.slice(0, limit) : lines.slice(Math.max(0, lines.length - limit))
      const left = nearest(all.filter(({ id }) => isLeft(id)))
      const right = nearest(all.filter(({ id }) => !isLeft(id)))
      expect(mergeNearest(left, right, limit, going === 'older' ? 'older' : 'newer')).to.deep.equal(nearest(all))
    })
    fc.assert(property, { numRuns: 500 })
  })
})
