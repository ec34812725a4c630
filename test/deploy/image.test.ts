import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { fromRoot } from '../support/repo-files.js'

const dockerfile = readFileSync(fromRoot('deploy/Dockerfile'), 'utf8')
const stages = dockerfile.split(/^(?=FROM )/m).slice(1)
const last = stages.at(-1) ?? ''

/** Folders of the workspace that have a manifest. */
function workspaces(): string[] {
  const groups = ['packages', 'services', 'apps']
  const folders = groups.flatMap((group) => readdirSync(fromRoot(group)).map((name) => `${group}/${name}`))
  return [...folders, 'gateway', 'client-sdk'].filter((folder) =>
    readdirSync(fromRoot(folder)).includes('package.json'),
  )
}

describe('the image', () => {
  it('[PKG1] installs from the lock file alone, without running what packages bring, every room of the workspace', () => {
    const copied = [...dockerfile.matchAll(/^COPY (\S+)\/package\.json \1\/$/gm)].map((match) => match[1])
    expect(copied).to.have.members(workspaces())
    const installs = dockerfile.split('\n').filter((line) => line.includes('"npm", "ci"'))
    expect(installs).to.have.length(2)
    for (const line of installs) expect(line).to.include('"--ignore-scripts"')
  })

  it('[PKG1] ends with production dependencies and what was built, taken from other stages alone', () => {
    const copies = last.split('\n').filter((line) => line.startsWith('COPY'))
    expect(copies).to.not.be.empty
    expect(copies.filter((line) => !line.includes('--from='))).to.deep.equal([])
    expect(last).to.include('--from=dependencies /src/node_modules')
    expect(stages.find((stage) => stage.includes('AS dependencies'))).to.include('"--omit=dev"')
  })

  it('[PKG1] runs the skein command as a user without rights, says whether it is ready, and is production unless told otherwise', () => {
    expect(last).to.match(/^USER node$/m)
    expect(last).to.match(/^ENTRYPOINT \["node", "apps\/server\/bin\/skein\.mjs"\]$/m)
    expect(last).to.match(/^CMD \["start"\]$/m)
    expect(last).to.match(/^HEALTHCHECK /m)
    expect(last).to.include('SKEIN_MODE=production')
  })

  it('[PKG7] is built on a base that can be named, by name and tag', () => {
    expect(dockerfile).to.match(/^ARG NODE_IMAGE=node:24-slim$/m)
    expect(dockerfile.match(/^FROM (?!\$\{NODE_IMAGE\}|manifests)/gm)).to.equal(null)
    expect(dockerfile).to.not.match(/^# *syntax=|sha256:/m)
  })

  it('[PKG1] is built from the sources alone: nothing of this machine goes in', () => {
    const lines = readFileSync(fromRoot('.dockerignore'), 'utf8').split('\n')
    expect(lines).to.include('**').and.include('**/node_modules').and.include('**/dist')
    expect(lines.filter((line) => /^!(secrets|data|\.env|\.git|\*)/.test(line))).to.deep.equal([])
  })
})
