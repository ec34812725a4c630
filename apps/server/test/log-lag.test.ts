import { expect } from 'chai'
import { lagOf } from '../src/log-lag.js'

const at = (epoch: string, seq: number) => ({ epoch, seq })

describe('how far a gateway is behind the log', () => {
  it('[SRV9] is the events that it has not handled, over all lanes', () => {
    expect(lagOf([at('a', 10), at('a', 5)], [at('a', 7), at('a', 5)])).to.equal(3)
  })

  it('[SRV9] is all of a new epoch, and everything before the window is filled', () => {
    expect(lagOf([at('b', 4)], [at('a', 900)])).to.equal(4)
    expect(lagOf([at('b', 4)], [])).to.equal(4)
  })

  it('[SRV9] is never below nothing, when the log was asked before', () => {
    expect(lagOf([at('a', 4)], [at('a', 9)])).to.equal(0)
  })
})
