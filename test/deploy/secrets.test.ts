import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fromRoot } from '../support/repo-files.js'
import { production } from './compose.js'

const command = fromRoot('scripts/secrets.mjs')

describe('the secrets of an installation', () => {
  let folder = ''
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'skein-secrets-')), 'secrets')
    execFileSync(process.execPath, [command, folder])
  })
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const all = (): Map<string, string> => new Map(readdirSync(folder).map((name) => [name, read(name)]))

  it('[PKG8] one command makes every file that the composition names', () => {
    expect(readdirSync(folder)).to.include.members(Object.keys(production().secrets))
  })

  it('[PKG8] nobody else on the machine can read them, and every user of a container can', () => {
    expect(statSync(folder).mode & 0o777).to.equal(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).to.equal(0o444)
  })

  it('[PKG8] no value is used twice, and none is short', () => {
    const values = [...all()].flatMap(([name, text]) =>
      name === 'redis_users' || name === 'scratch_db_url'
        ? []
        : name.includes('url')
          ? [new URL(text).password]
          : [text],
    )
    expect(new Set(values).size).to.equal(values.length)
    expect(values.filter((value) => value.length < 40)).to.deep.equal([])
  })

  it('[PKG8] what is there is never written over', () => {
    const before = all()
    const again = spawnSync(process.execPath, [command, folder], { encoding: 'utf8' })
    expect(again.status).to.equal(1)
    expect(again.stderr).to.include('service_secret')
    expect(all()).to.deep.equal(before)
    rmSync(join(folder, 'service_secret'))
    expect(spawnSync(process.execPath, [command, folder]).status).to.equal(1)
    expect(readdirSync(folder)).to.not.include('service_secret')
  })

  it('[PKG8] rotation changes all but what a database keeps: its root password and its key', () => {
    const before = all()
    execFileSync(process.execPath, [command, folder, '--rotate'])
    const kept = [...all()].filter(([name, text]) => before.get(name) === text).map(([name]) => name)
    expect(kept).to.have.members([
      'accounts_db_key',
      'accounts_db_root',
      'posts_db_key',
      'posts_db_root',
      'scratch_db_root',
      'scratch_db_url',
    ])
    expect([...all().keys()]).to.have.members([...before.keys()])
  })

  it('[PKG8] half a set is not rotated', () => {
    rmSync(join(folder, 'posts_db_url'))
    writeFileSync(join(folder, 'other'), '')
    const before = all()
    expect(spawnSync(process.execPath, [command, folder, '--rotate']).status).to.equal(1)
    expect(all()).to.deep.equal(before)
  })

  it('[PKG9] the users of Redis stand in their file by hash, not by password', () => {
    for (const role of ['account', 'post', 'timeline', 'gateway', 'operator'])
      expect(read('redis_users')).to.not.include(new URL(read(`redis_url_${role}`)).password)
    expect(read('redis_users')).to.match(/^user default off/m)
  })
})
