import { expect } from 'chai'
import { oc } from '@orpc/contract'
import { z } from 'zod'
import * as contracts from '../src/index.js'
import { wireHistory, wireVersion } from '../src/wire-version.js'
import { hashOf, wireSurface } from './wire-surface.js'

/** Codes and close reasons are numbers and words of the wire too, without their texts. */
function surface(): unknown {
  const { errorTable, closeReasons } = contracts
  const errors = Object.entries(errorTable).map(([code, { status, retryable }]) => ({ code, status, retryable }))
  const reasons = Object.entries(closeReasons).map(([reason, { code, client }]) => ({ reason, code, next: client }))
  return [wireSurface(contracts), sorted(errors, 'code'), sorted(reasons, 'reason')]
}

function sorted<T extends Record<K, string>, K extends string>(rows: readonly T[], by: K): readonly T[] {
  return [...rows].sort((a, b) => (a[by] < b[by] ? -1 : 1))
}

describe('the wire', () => {
  it('[WIRE1] the wire is that of its version', () => {
    const hash = hashOf(surface())
    const newest = wireHistory.at(-1)
    expect(newest?.version, 'the newest line of wireHistory is of another version than wireVersion').to.equal(
      wireVersion,
    )
    const advice = [
      'The wire changed; its hash is now',
      `  ${hash}`,
      'If that is meant: raise wireVersion in packages/contracts/src/wire-version.ts and add a line to wireHistory with the',
      'new version, this hash and what changed. (Before a version was released, replace the hash of its line.)',
    ]
    expect(newest?.hash === hash, advice.join('\n')).to.equal(true)
  })

  it('[WIRE1] versions grow by one, and each says what changed', () => {
    expect(wireHistory.map(({ version }) => version)).to.deep.equal(wireHistory.map((_line, index) => index + 1))
    expect(wireHistory.every(({ change }) => change.length > 5)).to.equal(true)
  })

  it('[WIRE1] every contract and schema exported is part of the hash', () => {
    const names = Object.keys(wireSurface(contracts))
    expect(names).to.include.members([
      'Post',
      'LogEvent',
      'LiveEvent',
      'accountContract.users.get',
      'postContract.posts.create',
    ])
    expect(names.filter((name) => name.startsWith('apiContract.')).length).to.be.greaterThan(20)
  })

  it('[WIRE1] any change of a schema or method changes the hash; order and words for people do not', () => {
    const base = {
      A: z.object({ a: z.string(), b: z.int().optional() }),
      m: { do: oc.input(z.object({ x: z.string() })).output(z.string()) },
    }
    const hash = hashOf(wireSurface(base))
    const same = { m: base.m, A: z.object({ b: z.int().optional().describe('a word'), a: z.string() }) }
    expect(hashOf(wireSurface(same))).to.equal(hash)
    const input = z.object({ x: z.string() })
    const changed: Record<string, unknown>[] = [
      { ...base, A: z.object({ a: z.string(), b: z.int() }) },
      { ...base, A: z.object({ a: z.string().max(5), b: z.int().optional() }) },
      { ...base, A: z.strictObject({ a: z.string(), b: z.int().optional() }) },
      { ...base, A: z.object({ a: z.string(), b: z.int().optional(), description: z.string() }) },
      { ...base, m: { do: oc.input(input).output(z.int()) } },
      { ...base, m: { do: oc.route({ method: 'GET', path: '/x' }).input(input).output(z.string()) } },
      { ...base, m: { do: oc.$meta({ safe: true }).input(input).output(z.string()) } },
      { A: base.A },
    ]
    for (const [index, one] of changed.entries()) expect(hashOf(wireSurface(one)), String(index)).not.to.equal(hash)
  })
})
