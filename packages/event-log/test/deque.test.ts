import { expect } from 'chai'
import * as fc from 'fast-check'
import { Deque } from '../src/deque.js'

describe('deque', () => {
  it('[WIN16] the list behind the window is a plain list at every step', () => {
    const steps = fc.array(fc.constantFrom('push', 'push', 'push', 'shift', 'shift', 'clear'), { maxLength: 300 })
    fc.assert(
      fc.property(steps, (plan) => {
        const deque = new Deque<number>()
        let model: number[] = []
        for (const [i, step] of plan.entries()) {
          if (step === 'push') deque.push(i)
          if (step === 'push') model.push(i)
          if (step === 'shift') expect(deque.shift()).to.equal(model.shift())
          if (step === 'clear') deque.clear()
          if (step === 'clear') model = []
          expect(Array.from({ length: deque.length }, (_, at) => deque.at(at))).to.deep.equal(model)
          expect([deque.at(-1), deque.at(deque.length)]).to.deep.equal([undefined, undefined])
        }
      }),
    )
  })
})
