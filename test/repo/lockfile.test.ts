import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { z } from 'zod'
import { fromRoot } from '../support/repo-files.js'

const Names = z.record(z.string(), z.string()).optional()
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: Names, dependencies: Names, resolved: z.string().optional() }),
  ),
})

describe('package-lock.json', () => {
  const { packages } = Lock.parse(JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')))

  it('[DOC6] holds the package of every platform, so that `npm ci` works on each', () => {
    const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${at}/node_modules/${name}` in packages),
      ),
    )
    expect(missing).to.deep.equal([])
  })

  it('[DOC6] names no registry', () => {
    expect(
      Object.values(packages).flatMap(({ resolved = '' }) => (resolved.includes('://') ? [resolved] : [])),
    ).to.deep.equal([])
  })

  it('[DOC6] every dependency of ours is an exact version', () => {
    const ours = Object.entries(packages).filter(([at]) => !at.includes('node_modules'))
    const loose = ours.flatMap(([at, { dependencies = {} }]) =>
      Object.entries(dependencies)
        .filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))
        .map(([name]) => `${at}: ${name}`),
    )
    expect(loose).to.deep.equal([])
  })
})
