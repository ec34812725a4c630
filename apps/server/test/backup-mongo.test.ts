import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seedAccounts } from '@skein/account'
import { createMongoAccountStore } from '@skein/account/mongo'
import { EntryId, UserId, type PostId } from '@skein/contracts'
import { silentLogger, systemClock, systemRandom } from '@skein/platform'
import type { TestMongo } from '@skein/platform/testing/mongo'
import { eventually } from '@skein/platform/testing'
import { findEntities, resolveContent } from '@skein/post'
import { createMongoPostStore } from '@skein/post/mongo'
import { expect } from 'chai'
import mongoose, { type Connection } from 'mongoose'
import { ulid } from 'ulid'
import type { BackupEngine } from '../src/backup/backup-engine.js'
import { findBackup, listBackups } from '../src/backup/backup-folder.js'
import { connectMongo, databaseOf } from '../src/backup/mongo-connection.js'
import { createMongoEngine } from '../src/backup/mongo-engine.js'
import { restoreBackup } from '../src/backup/restore-backup.js'
import { takeBackup, verifyListed } from '../src/backup/take-backup.js'
import { mongo as server } from './backup-mongo-server.js'
import { depsFor, newFolder, type Folder } from './backup-support.js'

/** Two databases with the services' own stores on them. */
interface Stores extends AsyncDisposable {
  readonly name: string
  readonly accounts: Connection
  readonly posts: Connection
  readonly accountStore: Awaited<ReturnType<typeof createMongoAccountStore>>
  readonly postStore: Awaited<ReturnType<typeof createMongoPostStore>>
}

let databases = 0
const newName = (): string => `backup_${process.pid}_${(databases += 1)}`

async function openStores(mongo: TestMongo, name = newName()): Promise<Stores> {
  const accounts = await connectMongo(mongo.url(`${name}_a`), 'accounts')
  const posts = await connectMongo(mongo.url(`${name}_p`), 'posts')
  const deps = { append: () => Promise.resolve([]), clock: systemClock, log: silentLogger }
  const accountStore = await createMongoAccountStore({ ...deps, connection: accounts })
  const postStore = await createMongoPostStore({ ...deps, connection: posts })
  return {
    name,
    accounts,
    posts,
    accountStore,
    postStore,
    async [Symbol.asyncDispose]() {
      await accountStore.outbox.close()
      await postStore.outbox.close()
      for (const connection of [accounts, posts]) {
        await databaseOf(connection).dropDatabase()
        await connection.close()
      }
    },
  }
}

async function engineOn(mongo: TestMongo, name: string): Promise<BackupEngine & AsyncDisposable> {
  const engine = await createMongoEngine({
    accountsUrl: mongo.url(`${name}_a`),
    postsUrl: mongo.url(`${name}_p`),
    scratchUrl: mongo.url('scratch'),
    emptyRedis: undefined,
  })
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() }
}

function draftOf(authorId: UserId, text: string, replyTo?: PostId) {
  return { ...resolveContent(text, findEntities(text), [], () => false), authorId, atMs: Date.now(), replyTo }
}

/** Everybody posts, replies, likes and follows, until told to stop; what was acknowledged is kept. */
function startWriters({ accountStore, postStore }: Stores, people: readonly UserId[]) {
  const acknowledged: PostId[] = []
  const stop = new AbortController()
  const write = async (who: number): Promise<void> => {
    const me = people[who] as UserId
    for (let n = 0; !stop.signal.aborted; n += 1) {
      const other = people[(who + n) % people.length] as UserId
      const above = n % 3 === 0 ? acknowledged.at(-1) : undefined
      const outcome = await postStore.create(draftOf(me, `${who} writes ${n} #tag${n % 5}`, above))
      if (outcome.kind === 'created') acknowledged.push(outcome.post.id)
      const liked = acknowledged.at(-1 - (n % 7))
      const kind = n % 4 === 0 ? 'repost' : 'like'
      if (liked !== undefined)
        await postStore.setEdge({ kind, actorId: me, postId: liked, on: n % 5 !== 0, atMs: Date.now() })
      if (other === me) continue
      const edgeId = EntryId.parse(ulid())
      const follow = {
        kind: 'follow',
        actorId: me,
        targetId: other,
        on: n % 3 !== 0,
        edgeId,
        nowMs: Date.now(),
      } as const
      await accountStore.setEdge(follow, 1_000)
    }
  }
  const writing = Promise.all(people.map((_, who) => write(who)))
  writing.catch(() => undefined)
  return {
    acknowledged,
    async stop() {
      stop.abort()
      await writing
    },
  }
}

async function seed({ accountStore }: Stores, count: number): Promise<UserId[]> {
  const people = Array.from({ length: count }, (_, n) => ({ handle: `person${n}`, name: `Person ${n}` }))
  const follows = people.flatMap((_, n) => [[n, (n + 1) % count] as const, [n, (n + 2) % count] as const])
  return seedAccounts(
    { people, follows, passwordHash: 'hash', events: false },
    { store: accountStore, clock: systemClock, random: systemRandom },
  )
}

const suite = server === null ? describe.skip : describe
suite(`backups of the replicated system (${server?.kind ?? 'no MongoDB'})`, function () {
  this.timeout(180_000)
  const mongo = server as TestMongo
  let home: Folder
  let live: Stores
  let people: UserId[]
  let dir = ''
  let name = ''
  let early: PostId[]
  let all: PostId[]

  before(async () => {
    home = newFolder()
    dir = join(home.path, 'backups')
    live = await openStores(mongo)
    people = await seed(live, 6)
    const session = { id: 'SES1', userId: people[0], tokenHash: 'h' }
    await databaseOf(live.accounts)
      .collection<{ _id: string }>('sessions')
      .insertOne({ _id: 'one', ...session })
    const first: PostId[] = []
    for (let n = 0; n < 5; n += 1) {
      const made = await live.postStore.create(draftOf(people[0] as UserId, `first #tag${n}`))
      if (made.kind === 'created') first.push(made.post.id)
    }
    const writers = startWriters(live, people)
    writers.acknowledged.push(...first)
    await eventually(() => writers.acknowledged.length >= 60, 60_000)
    early = [...writers.acknowledged]
    await using engine = await engineOn(mongo, live.name)
    const taken = await takeBackup(depsFor(engine, dir), { verify: true })
    name = taken.name
    await writers.stop()
    all = writers.acknowledged
    expect(taken.problems).to.deep.equal([])
    expect(all.length).to.be.greaterThan(early.length)
  })
  after(async () => {
    await live?.[Symbol.asyncDispose]()
    await mongo[Symbol.asyncDispose]()
    home?.[Symbol.dispose]()
  })

  it('[BAK1] restores what was acknowledged before it began, with right counts, and nothing that was not written', async () => {
    const restored = newName()
    await using engine = await engineOn(mongo, restored)
    const lines = await restoreBackup({ engine, version: '0.1.0' }, await findBackup(dir, name), { replace: false })
    expect(lines.join(' ')).to.include('Start Redis empty')
    await using again = await openStores(mongo, restored)
    const found = await again.postStore.byIds(all, null)
    const ids = found.map(({ id }) => id)
    expect(ids).to.include.members(early)
    const total = await databaseOf(again.posts).collection('posts').countDocuments()
    expect(total).to.equal(ids.length)
    const was = new Map((await live.postStore.byIds(ids, null)).map((post) => [post.id, post.text]))
    for (const post of found) expect(post.text).to.equal(was.get(post.id))
    expect(await again.accountStore.countDrift()).to.deep.equal([])
    const recounted = new Map((await again.postStore.recount(ids)).map(({ postId, counts }) => [postId, counts]))
    for (const { id, counts } of found) if (recounted.has(id)) expect(counts, id).to.deep.equal(recounted.get(id))
    for (const { tag, posts } of await again.postStore.tagsWith('tag', 10))
      expect(await databaseOf(again.posts).collection('posts').countDocuments({ tags: tag })).to.equal(posts)
    const person = await again.accountStore.credentialsById(people[0] as UserId)
    expect(person?.passwordHash).to.equal('hash')
    const next = await again.postStore.create(draftOf(people[0] as UserId, 'back again'))
    expect(next.kind === 'created' && ids.every((id) => id < next.post.id)).to.equal(true)
  })

  it('[BAK2] sessions and signing keys are in no backup', async () => {
    const { manifest } = await findBackup(dir, name)
    const files = manifest.files.map(({ path }) => path)
    expect(files).to.include('accounts/users.bson.gz').and.to.include('posts/posts.bson.gz')
    expect(files.filter((path) => /session|keys/.test(path))).to.deep.equal([])
  })

  it('[BAK6] refuses databases with documents, unless told to let them go', async () => {
    const taken = newName()
    await using stores = await openStores(mongo, taken)
    await seed(stores, 3)
    const backup = await findBackup(dir, name)
    await using engine = await engineOn(mongo, taken)
    const restoring = (replace: boolean) => restoreBackup({ engine, version: '0.1.0' }, backup, { replace })
    expect(await restoring(false).catch(String))
      .to.include('has documents in')
      .and.to.include('--replace')
    expect(await stores.accountStore.countPeople()).to.equal(3)
    expect(await stores.accountStore.countDrift()).to.deep.equal([])
    await restoring(true)
    expect(await stores.accountStore.countPeople()).to.equal(6)
  })

  it('[BAK5] names the damaged file, and a restore of it changes nothing', async () => {
    const damaged = newFolder()
    await using stores = await openStores(mongo)
    await seed(stores, 3)
    await using engine = await engineOn(mongo, stores.name)
    const deps = depsFor(engine, damaged.path)
    const taken = await takeBackup(deps, { verify: false })
    const file = join(damaged.path, taken.name, 'accounts/users.bson.gz')
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1)
    writeFileSync(file, bytes)
    const backup = await findBackup(damaged.path, taken.name)
    expect((await verifyListed(deps, backup)).join()).to.include('accounts/users.bson.gz')
    const thrown = await restoreBackup({ engine, version: '0.1.0' }, backup, { replace: true }).catch(String)
    expect(thrown).to.include('accounts/users.bson.gz is')
    expect(await stores.accountStore.countPeople()).to.equal(3)
    damaged[Symbol.dispose]()
  })

  it('[BAK5] a post without its author is told', async () => {
    const own = newFolder()
    await using stores = await openStores(mongo)
    await stores.postStore.create(draftOf(UserId.parse(ulid()), 'nobody wrote this'))
    await using engine = await engineOn(mongo, stores.name)
    const { problems } = await takeBackup(depsFor(engine, own.path), { verify: true })
    expect(problems).to.deep.equal(['1 posts have no author'])
    expect((await listBackups(own.path))[0]?.verification?.problems).to.have.length(1)
    own[Symbol.dispose]()
  })

  it('[BAK5] a verification leaves no database behind', async () => {
    const connection = await connectMongo(mongo.url('admin'), 'test')
    const { databases: found } = await databaseOf(connection).admin().listDatabases({ nameOnly: true })
    await connection.close()
    expect(found.map((database) => database.name).filter((one) => one.startsWith('skein_scratch'))).to.deep.equal([])
  })

  it('[BAK12] every value comes back with its type, byte for byte, also of collections that nobody knows', async () => {
    const own = newFolder()
    await using stores = await openStores(mongo)
    const { Long, Double, Int32, Binary, Decimal128, ObjectId, Timestamp } = mongoose.mongo
    const odd = {
      _id: new ObjectId(),
      long: Long.fromString('9007199254740993'),
      double: new Double(1),
      int: new Int32(1),
    }
    const more = {
      at: new Date(5),
      bytes: new Binary(Buffer.from([0, 255])),
      price: Decimal128.fromString('1.10'),
      none: null,
    }
    const nested = { list: [1, [2.5, 'x'], {}], like: /a+b/i, stamp: Timestamp.fromBits(1, 2), $dollar: { 'a.b': 1 } }
    await databaseOf(stores.accounts)
      .collection('odd')
      .insertOne({ ...odd, ...more, ...nested })
    const digest = async (connection: Connection): Promise<string> => {
      const hash = createHash('sha256')
      for await (const bytes of databaseOf(connection).collection('odd').find({}, { raw: true }))
        hash.update(bytes as unknown as Buffer)
      return hash.digest('hex')
    }
    await using engine = await engineOn(mongo, stores.name)
    const { name: taken } = await takeBackup(depsFor(engine, own.path), { verify: true })
    const restored = newName()
    await using other = await engineOn(mongo, restored)
    await restoreBackup({ engine: other, version: '0.1.0' }, await findBackup(own.path, taken), { replace: false })
    await using again = await openStores(mongo, restored)
    expect(await digest(again.accounts)).to.equal(await digest(stores.accounts))
    own[Symbol.dispose]()
  })
})
