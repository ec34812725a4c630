import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EntryId, PostId, UserId } from '@skein/contracts'
import { createRedisEventLog, laneKeys, statsChannel } from '@skein/event-log/redis'
import { silentLogger, systemClock } from '@skein/platform'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { eventually } from '@skein/platform/testing'
import { hasRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { edgeEvent } from '../../packages/event-log/test/events.js'
import { record } from '../../packages/event-log/test/recorder.js'
import { homeKeys } from '../../services/timeline/src/homes/redis/home-keys.js'
import { createHomesDb } from '../../services/timeline/src/homes/redis/homes-db.js'
import { fromRoot } from '../support/repo-files.js'

const prefix = 'skein'
const { meta, stream, ids, channel } = laneKeys(prefix, 0)
const roles = ['account', 'post', 'timeline', 'gateway'] as const
type Role = (typeof roles)[number]

/** What each role is refused, and nothing else of the table. */
const matrix: readonly { readonly what: string; readonly command: readonly string[]; readonly may: readonly Role[] }[] =
  [
    { what: 'reads the log', command: ['XRANGE', stream, '-', '+', 'COUNT', '1'], may: roles },
    {
      what: 'reads the log in a script',
      command: ['EVAL', `return redis.call('XRANGE', KEYS[1], '-', '+')`, '1', stream],
      may: roles,
    },
    { what: 'reads where the log stands', command: ['HMGET', meta, 'epoch', 'head'], may: roles },
    { what: 'appends', command: ['XADD', stream, '*', 'id', 'x'], may: ['account', 'post'] },
    {
      what: 'appends in a script',
      command: ['EVAL', `return redis.call('XADD', KEYS[1], '*', 'id', 'x')`, '1', stream],
      may: ['account', 'post'],
    },
    { what: 'opens an epoch', command: ['HSET', meta, 'epoch', 'x'], may: ['account', 'post'] },
    { what: 'takes entries away', command: ['UNLINK', ids], may: ['account', 'post'] },
    { what: 'speaks for the log', command: ['PUBLISH', channel, '{}'], may: ['account', 'post'] },
    {
      what: 'speaks for the log in a script',
      command: ['EVAL', `return redis.call('PUBLISH', KEYS[1], 'x')`, '1', channel],
      may: ['account', 'post'],
    },
    { what: 'sends recounted numbers', command: ['PUBLISH', statsChannel(prefix), '{}'], may: ['post'] },
    { what: 'speaks to the other gateways', command: ['PUBLISH', `${prefix}:adapter#/#`, 'x'], may: ['gateway'] },
    { what: 'makes a work group', command: ['XGROUP', 'CREATE', stream, 'g', '0', 'MKSTREAM'], may: ['timeline'] },
    {
      what: 'keeps what a work group remembers',
      command: ['HSET', `${stream}:group:g`, 'era', 'x'],
      may: ['timeline'],
    },
    { what: 'writes a stored home', command: ['ZADD', `${prefix}:home:{1}:u`, '1', 'x'], may: ['timeline'] },
    { what: 'reads a stored home', command: ['ZRANGE', `${prefix}:home:{1}:u`, '0', '1'], may: ['timeline'] },
    {
      what: 'owes work to stored homes',
      command: ['XADD', `${prefix}:{fanout}:work`, '*', 'a', 'b'],
      may: ['timeline'],
    },
    { what: 'reads a key of nobody', command: ['GET', `${prefix}:other`], may: [] },
    { what: 'writes a key of nobody', command: ['SET', 'other', '1'], may: [] },
    { what: 'looks for keys', command: ['SCAN', '0'], may: [] },
    { what: 'sees all keys', command: ['KEYS', '*'], may: [] },
    { what: 'empties Redis', command: ['FLUSHALL'], may: [] },
    { what: 'changes Redis', command: ['CONFIG', 'SET', 'maxmemory', '1'], may: [] },
    { what: 'reads the settings of Redis', command: ['CONFIG', 'GET', '*'], may: [] },
    { what: 'stops Redis', command: ['SHUTDOWN', 'NOSAVE'], may: [] },
    { what: 'makes users', command: ['ACL', 'SETUSER', 'x', 'on'], may: [] },
    { what: 'sees who is connected', command: ['CLIENT', 'LIST'], may: [] },
    { what: 'ends connections of others', command: ['CLIENT', 'KILL', 'TYPE', 'normal'], may: [] },
    { what: 'watches everybody', command: ['MONITOR'], may: [] },
    { what: 'makes Redis follow another', command: ['REPLICAOF', 'example', '1'], may: [] },
    { what: 'loads a module', command: ['MODULE', 'LIST'], may: [] },
  ]

describe('the users of Redis', function () {
  this.timeout(30_000)
  let redis: TestRedis
  let folder = ''
  const opened: Redis[] = []

  const urlOf = (user: string): string => {
    const url = new URL(readFileSync(join(folder, 'secrets', `redis_url_${user}`), 'utf8'))
    url.host = `127.0.0.1:${redis.port}`
    return url.href
  }
  const open = (user: string, whenAway: 'fail' | 'wait' = 'fail'): Redis => {
    const connection = openRedis({ url: urlOf(user), name: `test-${user}`, log: silentLogger, whenAway })
    opened.push(connection)
    return connection
  }

  before(async function () {
    if (!hasRedis() && process.env['SKEIN_REQUIRE_ENGINES'] !== '1') this.skip()
    folder = mkdtempSync(join(tmpdir(), 'skein-acl-'))
    execFileSync(process.execPath, [fromRoot('scripts/secrets.mjs'), join(folder, 'secrets')])
    const file = join(folder, 'users')
    writeFileSync(file, 'user default on nopass ~* &* +@all\n')
    redis = await startRedis({ args: ['--aclfile', file] })
    const first = new Redis(redis.url)
    opened.push(first)
    writeFileSync(file, readFileSync(join(folder, 'secrets', 'redis_users')))
    expect(await first.call('ACL', 'LOAD')).to.equal('OK')
  })
  after(async () => {
    for (const connection of opened) connection.disconnect()
    await redis?.[Symbol.asyncDispose]()
    if (folder !== '') rmSync(folder, { recursive: true })
  })

  it('[PKG9] nobody gets in without a name', async () => {
    const nobody = new Redis(redis.url, {
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
      protocol: 2,
    })
    nobody.on('error', () => undefined)
    opened.push(nobody)
    expect(await refusalOf(nobody.connect().then(() => nobody.ping()))).to.include('NOAUTH')
  })

  afterEach(() => open('operator', 'wait').del(stream, meta, ids, `${stream}:group:g`))

  for (const { what, command, may } of matrix)
    it(`[PKG9] ${may.length === 0 ? 'no role' : may.length === roles.length ? 'every role' : `of all roles only ${may.join(' and ')}`} ${what}`, async () => {
      for (const role of roles) {
        const [name = '', ...args] = command
        const connection = open(role)
        await whenRedisReady(connection, 5_000)
        const refusal = await refusalOf(connection.call(name, ...args))
        if (may.includes(role)) expect(refusal, role).to.equal(undefined)
        else expect(refusal, role).to.match(/NOPERM|no permissions|user executing the script can't/i)
      }
    })

  it('[PKG9] every role hears the log, and only gateways the recounted numbers', async () => {
    for (const role of roles) {
      const connection = open(role, 'wait')
      expect(await refusalOf(connection.subscribe(channel)), role).to.equal(undefined)
      const refusal = await refusalOf(connection.subscribe(statsChannel(prefix)))
      expect(refusal === undefined, role).to.equal(role === 'gateway')
      expect(await refusalOf(connection.psubscribe('*')), role).to.include('NOPERM')
    }
  })

  it('[PKG9] only gateways hear each other', async () => {
    for (const role of roles) {
      const connection = open(role, 'wait')
      for (const attempt of [
        connection.psubscribe(`${prefix}:adapter#/#*`),
        connection.subscribe(`${prefix}:adapter-request#/#`),
      ])
        expect((await refusalOf(attempt)) === undefined, role).to.equal(role === 'gateway')
    }
  })

  it('[PKG9] the log works: account appends, a gateway hears it and cannot append', async () => {
    const logOf = (role: Role, kind: 'producer' | 'reader') =>
      createRedisEventLog({
        redis: open(role),
        subscriber: open(role, 'wait'),
        lanes: 1,
        maxEntries: 100,
        role: kind,
        clock: systemClock,
        pollMs: 50,
      })
    const producer = await logOf('account', 'producer')
    const from = await producer.heads()
    const reader = await logOf('gateway', 'reader')
    const forger = await logOf('gateway', 'producer')
    const heard = await record(reader, from)
    await producer.append([edgeEvent({ actor: 1 })])
    await eventually(() => heard.entries.length === 1, 5_000)
    expect(heard.fault()).to.equal(undefined)
    expect(await refusalOf(forger.append([edgeEvent({ actor: 2 })]))).to.be.a('string')
    expect((await reader.heads())[0]?.seq).to.equal((from[0]?.seq ?? 0) + 1)
    await heard.tail.close()
    for (const log of [producer, reader, forger]) await log.close()
  })

  it('[PKG9] the stored homes work: the timeline builds one, and a post is pushed to it', async () => {
    const [reader, author, postId] = ['1', '2', '3'].map((end) => end.padStart(26, '0'))
    const [userId, actorId] = [UserId.parse(reader), UserId.parse(author)]
    const line = { id: EntryId.parse(postId), postId: PostId.parse(postId), actorId, repost: false }
    const limits = { cap: 10, ttlMs: 60_000, buildPatienceMs: 60_000 }
    const homes = createHomesDb({ redis: open('timeline', 'wait'), prefix, ...limits })
    const build = (await homes.begin(userId, 'acl')) ?? 0
    await homes.enlist(userId, build, [actorId])
    expect(await homes.finish(userId, build, undefined, [])).to.equal(true)
    expect((await homes.push(line, 0, 10)).pushed).to.equal(1)
    expect((await homes.read(userId, 'acl', { limit: 1 }))?.items).to.deep.equal([line])
    await open('operator', 'wait').del(homeKeys(prefix, userId))
    expect((await homes.push(line, 0, 10)).pushed).to.equal(0)
  })
})

async function refusalOf(attempt: Promise<unknown>): Promise<string | undefined> {
  return attempt.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}
