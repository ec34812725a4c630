import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { filesUnder, fromRoot } from '../support/repo-files.js'

const skein = /(?:from|import)\s*\(?\s*'(@skein\/[\w-]+)(?:\/[\w/-]+)?'/g

/** Who may import whom in `src`; anything not named may import nothing of the workspace. */
const allowed: Record<string, readonly string[]> = {
  'packages/contracts': [],
  'packages/platform': ['@skein/contracts'],
  'packages/visibility': ['@skein/contracts'],
  'packages/event-log': ['@skein/contracts', '@skein/platform'],
  'services/account': ['@skein/contracts', '@skein/platform', '@skein/visibility', '@skein/event-log'],
  'services/post': ['@skein/contracts', '@skein/platform', '@skein/visibility', '@skein/event-log'],
  'services/timeline': ['@skein/contracts', '@skein/platform', '@skein/visibility', '@skein/event-log'],
  gateway: ['@skein/contracts', '@skein/platform', '@skein/visibility', '@skein/event-log'],
  'client-sdk': ['@skein/visibility'],
  'apps/web': ['@skein/client'],
}

/** Drivers and engines: named by the files that wrap them and by the composition root. */
const engines = /from '(libsql[\w/]*|ioredis|mongoose)'/
const mayNameEngines =
  /^(packages\/platform\/src\/(sqlite|redis|mongo)\/|packages\/event-log\/src\/redis\/|services\/\w+\/src\/(store|homes)\/(mongo|redis)\/|apps\/server\/)/

describe('imports', () => {
  for (const [room, names] of Object.entries(allowed)) {
    it(`[DOC3] ${room} imports only what its place allows`, () => {
      const wrong = filesUnder([`${room}/src`], /\.tsx?$/).flatMap((file) =>
        [...readFileSync(fromRoot(file), 'utf8').matchAll(skein)]
          .map((match) => match[1] ?? '')
          .filter((name) => !names.includes(name))
          .map((name) => `${file} imports ${name}`),
      )
      expect(wrong).to.deep.equal([])
    })
  }

  it('[DOC3] only engines and the composition root name a driver', () => {
    const files = filesUnder(['packages', 'services', 'gateway', 'client-sdk/src', 'apps'], /\/src\/.*\.tsx?$/)
    expect(
      files.filter((file) => !mayNameEngines.test(file) && engines.test(readFileSync(fromRoot(file), 'utf8'))),
    ).to.deep.equal([])
  })

  it('[DOC3] inside a service nobody imports rpc but the service itself', () => {
    const files = filesUnder(['services'], /\/src\/(domain|store)\/.*\.ts$/)
    expect(files.filter((file) => /from '.*\/rpc\//.test(readFileSync(fromRoot(file), 'utf8')))).to.deep.equal([])
  })

  it('[DOC4] domain code does no I/O and asks nobody for the time', () => {
    const files = filesUnder(
      ['services', 'packages/visibility'],
      /\/src\/(domain\/.*|filter|collapse|present|viewer)\.ts$/,
    )
    const impure = /Date\.now\(|Math\.random\(|from 'node:(fs|net|http|child_process)|setTimeout\(/
    expect(files.filter((file) => impure.test(readFileSync(fromRoot(file), 'utf8')))).to.deep.equal([])
  })

  it('[DOC5] no file is longer than 400 lines', () => {
    const files = filesUnder(
      ['packages', 'services', 'gateway', 'client-sdk', 'apps', 'test', 'bench'],
      /\.(tsx?|mjs)$/,
    )
    expect(files.filter((file) => readFileSync(fromRoot(file), 'utf8').split('\n').length > 400)).to.deep.equal([])
  })
})
