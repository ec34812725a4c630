import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { filesUnder, fromRoot } from '../support/repo-files.js'

const ruleLine = /^- \*\*([A-Z]{2,4}\d+)\*\* /gm
const citation = /\[([A-Z]{2,4}\d+)\]/g

function rules(): string[] {
  const files = ['docs/SPEC.md', ...readdirSync(fromRoot('docs/spec')).map((name) => `docs/spec/${name}`)]
  return files.flatMap((file) =>
    [...readFileSync(fromRoot(file), 'utf8').matchAll(ruleLine)].map((match) => match[1] ?? ''),
  )
}

function citations(): Map<string, string> {
  const tests = filesUnder(['packages', 'services', 'gateway', 'client-sdk', 'apps', 'test'], /\.(test|contract)\.ts$/)
  return new Map(
    tests.flatMap((file) =>
      [...readFileSync(fromRoot(file), 'utf8').matchAll(citation)].map((match) => [match[1] ?? '', file] as const),
    ),
  )
}

describe('the specification', () => {
  it('[DOC1] every rule is cited by a test', () => {
    const cited = citations()
    expect(rules().filter((rule) => !cited.has(rule))).to.deep.equal([])
  })

  it('[DOC1] every cited rule exists, once', () => {
    const known = rules()
    expect([...citations()].filter(([rule]) => !known.includes(rule))).to.deep.equal([])
    expect(known.filter((rule, i) => known.indexOf(rule) !== i)).to.deep.equal([])
  })
})
