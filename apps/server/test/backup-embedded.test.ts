import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createClient } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { findBackup, listBackups } from '../src/backup/backup-folder.js'
import { manifestText, readManifest } from '../src/backup/manifest.js'
import { createSqliteEngine } from '../src/backup/sqlite-engine.js'
import { takeBackup } from '../src/backup/take-backup.js'
import { databaseFile, startEmbedded, type Embedded } from '../src/embedded.js'
import {
  cheap,
  depsFor,
  newFolder,
  settings,
  signedIn,
  signedUp,
  skein,
  textsOf,
  type Folder,
} from './backup-support.js'

const people = ['ada', 'bob', 'cyd']

describe('backups of the embedded system', function () {
  this.timeout(120_000)
  let home: Folder
  let live = ''
  let dir = ''
  let server: Embedded
  const acknowledged: string[] = []
  const tried: string[] = []
  let name = ''
  let oldToken = ''

  before(async () => {
    home = newFolder()
    live = join(home.path, 'live')
    dir = join(home.path, 'backups')
    server = await startEmbedded(settings(live), { version: 'test' })
    const clients = await Promise.all(people.map((handle) => signedUp(server.port, handle)))
    for (const client of clients)
      for (const whom of people) await client.users.follow(whom, true).catch(() => undefined)
    const call = { context: { requestId: 'test', deadlineAtMs: Date.now() + 30_000 } }
    const { account } = server.core.clientsFor('cli')
    oldToken = (await account.operator.createToken({ handle: 'ada', client: 'old' }, call)).refreshToken
    const stop = new AbortController()
    const all: string[] = []
    const writers = clients.map(async (client, n) => {
      for (let i = 0; !stop.signal.aborted; i += 1) {
        tried.push(`${people[n]} ${i}`)
        await client.posts.create(`${people[n]} ${i}`)
        all.push(`${people[n]} ${i}`)
      }
    })
    await eventually(() => all.length >= 150, 60_000)
    acknowledged.push(...all)
    ;({ name } = await takeBackup(depsFor(createSqliteEngine(databaseFile(live)), dir), { verify: true }))
    stop.abort()
    await Promise.all(writers)
    expect(all.length).to.be.greaterThan(acknowledged.length)
    await Promise.all(clients.map((client) => client.close()))
  })

  after(async () => {
    await server?.close()
    home?.[Symbol.dispose]()
  })

  it('[BAK1] restores what was acknowledged before it began, and a system that serves', async () => {
    const restored = join(home.path, 'restored')
    const said = await skein('restore', name, '--data-dir', restored, '--backup-dir', dir, ...cheap)
    expect(said.err).to.equal('')
    expect(said.out).to.include(`${name} is restored`).and.to.include('signs in again')
    const again = await startEmbedded(settings(restored), { version: 'test' })
    try {
      const ada = await signedIn(again.port, 'ada')
      const shown = await textsOf(ada, 'home')
      expect(shown).to.include.members(acknowledged)
      expect(tried).to.include.members(shown)
      expect(new Set(shown).size).to.equal(shown.length)
      for (const handle of people) {
        const own = shown.filter((text) => text.startsWith(`${handle} `))
        expect(await textsOf(ada, `user:${handle}`)).to.deep.equal(own)
        expect(own.toReversed()).to.deep.equal(own.map((_, n) => `${handle} ${n}`))
      }
      expect(await again.core.accountStore.countDrift()).to.deep.equal([])
      await ada.posts.create('back again')
      expect((await textsOf(ada, 'home'))[0]).to.equal('back again')
      await ada.close()
    } finally {
      await again.close()
    }
  })

  it('[BAK2] sessions and signing keys are in no backup', async () => {
    const { folder, manifest } = await findBackup(dir, name)
    const { account_sessions: sessions, account_keys: keys, account_users: users } = manifest.counts.accounts
    expect({ sessions, keys, users }).to.deep.equal({ sessions: 0, keys: 0, users: 3 })
    const bytes = gunzipSync(readFileSync(join(folder, 'skein.db.gz')))
    expect(bytes.includes('PRIVATE KEY')).to.equal(false)
    expect(readFileSync(databaseFile(live)).includes('PRIVATE KEY')).to.equal(true)
  })

  it('[BAK2] tokens from before the restore open nothing', async () => {
    const restored = join(home.path, 'signed-out')
    await skein('restore', 'latest', '--data-dir', restored, '--backup-dir', dir, ...cheap)
    const again = await startEmbedded(settings(restored), { version: 'test' })
    const client = createClient({ url: `http://127.0.0.1:${again.port}` })
    try {
      const refused = await client.auth.useRefreshToken(oldToken).then(
        () => 'taken',
        (thrown: Error) => thrown.message,
      )
      expect(oldToken.length).to.be.greaterThan(20)
      expect(refused).to.not.equal('taken')
      expect(await again.core.accountStore.signingKeys()).to.have.length(1)
    } finally {
      await client.close()
      await again.close()
    }
  })

  it('[BAK6] refuses a database that a server has open, and changes nothing', async () => {
    const said = await skein('restore', name, '--replace', '--yes', '--data-dir', live, '--backup-dir', dir, ...cheap)
    expect(said).to.deep.include({ exitCode: 1, out: '' })
    expect(said.err).to.include('stop it first')
    const ada = await signedIn(server.port, 'ada')
    await ada.posts.create('still here')
    await ada.close()
  })

  it('[BAK6] refuses a system with people, unless told to put it aside', async () => {
    const other = join(home.path, 'other')
    mkdirSync(other)
    copyFileSync(await copyOf(server, join(home.path, 'copy.db')), databaseFile(other))
    const where = ['--data-dir', other, '--backup-dir', dir, ...cheap]
    const said = await skein('restore', name, ...where)
    expect(said).to.deep.include({ exitCode: 1, out: '' })
    expect(said.err).to.include('has 3 people').and.to.include('--replace')
    expect((await skein('restore', name, '--replace', ...where)).err).to.include('--yes')
  })

  it('[BAK6] refuses what a newer Skein made', async () => {
    const newer = join(home.path, 'newer')
    const backup = await findBackup(dir, name)
    mkdirSync(join(newer, name), { recursive: true })
    for (const { path } of backup.manifest.files) copyFileSync(join(backup.folder, path), join(newer, name, path))
    writeFileSync(join(newer, name, 'manifest.json'), manifestText({ ...backup.manifest, version: '99.0.0' }))
    for (const command of [
      ['restore', name],
      ['backup', 'verify', name],
    ]) {
      const said = await skein(...command, '--data-dir', join(home.path, 'nothing'), '--backup-dir', newer)
      expect(said).to.deep.include({ exitCode: 1, out: '' })
      expect(said.err).to.include('Skein 99.0.0')
    }
    expect(existsSync(databaseFile(join(home.path, 'nothing')))).to.equal(false)
  })

  it('[BAK5] verify says yes to a good one, and names the damaged file of another', async () => {
    const damaged = join(home.path, 'damaged')
    const backup = await findBackup(dir, name)
    mkdirSync(join(damaged, name), { recursive: true })
    for (const file of readdirSync(backup.folder)) copyFileSync(join(backup.folder, file), join(damaged, name, file))
    const where = ['--data-dir', live, '--backup-dir', damaged]
    expect(await skein('backup', 'verify', ...where)).to.deep.include({ exitCode: 0, err: '' })
    const cold = join(damaged, name, 'skein.db.gz')
    const bytes = readFileSync(cold)
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
    writeFileSync(cold, bytes)
    const said = await skein('backup', 'verify', name, ...where)
    expect(said).to.deep.include({ exitCode: 1, out: '' })
    expect(said.err).to.include(cold)
    expect((await skein('backup', 'list', ...where)).out).to.include('does not restore')
    expect((await skein('restore', 'latest', ...where)).err).to.include('no good backup')
    expect(readdirSync(damaged).filter((file) => file.startsWith('.scratch'))).to.deep.equal([])
  })

  it('[BAK5] one that there is no place to try is made, and says so', async () => {
    const untriable = join(home.path, 'untriable')
    const engine = createSqliteEngine(databaseFile(live))
    const verify = () => Promise.reject(new Error('no place'))
    const taken = await takeBackup(depsFor({ ...engine, verify }, untriable), { verify: true })
    expect(taken).to.deep.include({ problems: null, untried: 'no place' })
    expect((await listBackups(untriable)).map((backup) => backup.name)).to.deep.equal([taken.name])
  })

  it('[BAK5] a manifest that was changed is told', async () => {
    const folder = join(home.path, 'changed')
    mkdirSync(folder)
    const text = manifestText((await findBackup(dir, name)).manifest)
    writeFileSync(join(folder, 'manifest.json'), text.replace('"posts": ', '"posts": 1'))
    const thrown = await readManifest(folder).catch(String)
    expect(thrown).to.include('manifest.json is damaged')
  })

  it('[BAK8] the files are their owner’s alone', async () => {
    const { folder } = await findBackup(dir, name)
    expect(statSync(folder).mode & 0o777).to.equal(0o700)
    const modes = readdirSync(folder).map((file) => statSync(join(folder, file)).mode & 0o777)
    expect(modes).to.have.length(3)
    expect(new Set(modes)).to.deep.equal(new Set([0o600]))
  })

  it('[BAK9] one that does not fit is not begun', async () => {
    const full = join(home.path, 'full')
    const deps = depsFor(createSqliteEngine(databaseFile(live)), full, { space: { free: async () => 1_000_000 } })
    const thrown = await takeBackup(deps, { verify: false }).catch(String)
    expect(thrown).to.match(/has 1\.00 MB free and \d+ MB are needed/)
    expect(await listBackups(full)).to.deep.equal([])
  })

  it('[BAK10] one that is less than half of the one before is told', async () => {
    const shrinking = join(home.path, 'shrinking')
    const empty = join(home.path, 'empty')
    const deps = depsFor(createSqliteEngine(databaseFile(live)), shrinking)
    expect((await takeBackup(deps, { verify: false })).shrunk).to.equal(null)
    expect((await takeBackup(deps, { verify: false })).shrunk).to.equal(null)
    await skein('user', 'create', 'alone', '--data-dir', empty, ...cheap)
    const small = await takeBackup({ ...deps, engine: createSqliteEngine(databaseFile(empty)) }, { verify: false })
    expect(small.shrunk).to.match(/^\d+ documents where the one before has \d+$/)
  })
})

async function copyOf(server: Embedded, file: string): Promise<string> {
  await server.core.db.copyTo(file)
  return file
}
