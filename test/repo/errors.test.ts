import { readFileSync } from 'node:fs'
import { errorTable } from '@skein/contracts'
import { expect } from 'chai'
import { fromRoot } from '../support/repo-files.js'

describe('docs/errors.md', () => {
  it('[DOC2] has a row for each code of the table, word for word, and no other', () => {
    const rows = [
      ...readFileSync(fromRoot('docs/errors.md'), 'utf8').matchAll(
        /^\| `(\w+)` \| (\d+) \| (yes|no) \| (.+?) \| (.+?) \|$/gm,
      ),
    ]
    const documented = rows.map(([, code, status, retryable, message, remedy]) => ({
      code,
      status: Number(status),
      retryable: retryable === 'yes',
      message,
      remedy,
    }))
    const table = Object.entries(errorTable).map(([code, row]) => ({ code, ...row }))
    expect(documented).to.deep.equal(table)
  })
})
