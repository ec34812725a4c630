import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@skein/platform/testing'
import { startMongo, type TestMongo } from '@skein/platform/testing/mongo'
import { freePort, requireRedis, startRedis, type TestRedis } from '@skein/platform/testing/redis'
import type { ServerConfig } from '@skein/server'
import { expect } from 'chai'
import { bundledSkein } from '../support/bundle.js'
import { collect } from '../support/collect.js'
import { loadFeed, textsOf } from '../support/feeds.js'
import type { PartRole } from '../support/parts.js'
import { Closing, signUpAll, type Person } from '../support/people.js'
import { ask } from '../support/raw-http.js'
import { spawnRole, type RoleProcess } from '../support/role-process.js'

const patientMs = 60_000
const quick: Partial<ServerConfig> = {
  'auth.passwordMemoryKiB': 8,
  'auth.passwordPasses': 1,
  'limits.ipPerMinute': 10_000_000,
  'limits.userPerMinute': 10_000_000,
  'limits.postsPerMinute': 10_000_000,
  'live.drainGraceMs': 100,
}

describe('roles as processes', function () {
  this.timeout(180_000)
  before(async function () {
    requireRedis(this)
    await bundledSkein()
  })

  const needed: Record<PartRole, readonly string[]> = {
    account: ['SERVICE_SECRET', 'REDIS_URL', 'MONGO_ACCOUNTS_URL'],
    post: ['SERVICE_SECRET', 'REDIS_URL', 'MONGO_POSTS_URL', 'SERVICES_ACCOUNT'],
    timeline: ['SERVICE_SECRET', 'REDIS_URL', 'SERVICES_ACCOUNT', 'SERVICES_POST'],
    gateway: ['SERVICE_SECRET', 'REDIS_URL', 'SERVICES_ACCOUNT', 'SERVICES_POST', 'SERVICES_TIMELINE'],
  }
  for (const [role, names] of Object.entries(needed) as [PartRole, readonly string[]][])
    it(`[ROL1] ${role} without what it needs names all of it at once and ends with 78`, async () => {
      const one = await spawnRole({ role })
      expect(await one.ended()).to.equal(78)
      for (const name of names) expect(one.said()).to.include(`SKEIN_${name}`)
    })

  it('[ROL1] [ROL8] all roles over Redis need both databases', async () => {
    const one = await spawnRole({ 'redis.url': 'redis://127.0.0.1:1' })
    expect(await one.ended()).to.equal(78)
    for (const name of ['MONGO_ACCOUNTS_URL', 'MONGO_POSTS_URL']) expect(one.said()).to.include(`SKEIN_${name}`)
  })

  describe('over servers', () => {
    let redis: TestRedis
    let mongo: TestMongo
    let closing: Closing
    const processes: RoleProcess[] = []

    before(async () => {
      ;[redis, mongo] = await Promise.all([startRedis({ aof: 'everysec' }), startMongo()])
    })
    beforeEach(() => {
      closing = new Closing()
    })
    afterEach(async () => {
      await closing[Symbol.asyncDispose]()
      await Promise.all(processes.splice(0).map((one) => one.end('SIGKILL')))
    })
    after(async () => {
      await Promise.all([redis?.[Symbol.asyncDispose](), mongo?.[Symbol.asyncDispose]()])
    })

    const stores = (): Partial<ServerConfig> => {
      const prefix = `t${randomBytes(6).toString('hex')}`
      return {
        ...quick,
        'redis.url': redis.url,
        'redis.prefix': prefix,
        'mongo.accountsUrl': mongo.url(`${prefix}_accounts`),
        'mongo.postsUrl': mongo.url(`${prefix}_posts`),
      }
    }
    const run = async (settings: Partial<ServerConfig>): Promise<RoleProcess> => {
      const one = await spawnRole(settings)
      processes.push(one)
      return one
    }
    const becomesReady = (one: RoleProcess): Promise<unknown> =>
      eventually(() => {
        if (one.exitCode() !== null) throw new Error(`it ended: ${one.said()}`)
        return one.said().includes(' ready in ')
      }, patientMs)

    async function usable(url: string): Promise<[Person, Person]> {
      const [ada, rea] = (await signUpAll(closing, url, ['ada', 'rea'])) as [Person, Person]
      await rea.client.users.follow('ada', true)
      const heard = await collect(rea.client, 'home')
      await ada.client.posts.create('hello')
      await eventually(() => heard.texts().includes('hello'), patientMs)
      return [ada, rea]
    }

    it('[ROL8] one process is every role, over Redis and MongoDB, and ends with 0 when told to', async () => {
      const [port, opsPort] = [await freePort(), await freePort()]
      const one = await run({ ...stores(), port, 'ops.port': opsPort })
      await becomesReady(one)
      const [, rea] = await usable(`http://127.0.0.1:${port}`)
      expect(textsOf(await loadFeed(rea.client, 'home'))).to.deep.equal(['hello'])
      await closing[Symbol.asyncDispose]()
      closing = new Closing()
      expect(await one.end('SIGTERM')).to.equal(0)
    })

    it('[ROL2] [ROL9] parts start in any order, gateway first and databases last; one replica of each killed, calls go on', async function () {
      if (mongo.kind === 'given') return this.skip()
      const ports = await Promise.all(Array.from({ length: 14 }, freePort))
      const take = (): number => ports.pop() ?? 0
      const places = { account: [take(), take()], post: [take(), take()], timeline: [take(), take()] }
      const at = (own: readonly number[]): string => own.map((port) => `127.0.0.1:${port}`).join(',')
      const common: Partial<ServerConfig> = {
        ...stores(),
        'service.secret': randomBytes(32).toString('hex'),
        'services.account': at(places.account),
        'services.post': at(places.post),
        'services.timeline': at(places.timeline),
      }
      await Promise.all([redis.kill(), mongo.kill()])
      const [port, opsPort] = [take(), take()]
      const gateway = await run({ ...common, role: 'gateway', port, 'ops.port': opsPort })
      const services: Record<keyof typeof places, RoleProcess[]> = { timeline: [], post: [], account: [] }
      for (const [role, own] of Object.entries(services) as [keyof typeof places, RoleProcess[]][])
        for (const rpcPort of places[role])
          own.push(await run({ ...common, role, 'rpc.port': rpcPort, 'ops.port': take() }))
      const readyz = async (): Promise<number> => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status
      await eventually(async () => expect(await readyz()).to.equal(503), patientMs)
      await eventually(() => processes.every((one) => one.said().includes('waiting for redis')), patientMs)
      await redis.start()
      await mongo.start()
      await Promise.all(processes.map(becomesReady))
      await eventually(async () => expect(await readyz()).to.equal(200), patientMs)
      for (const one of processes) expect(one.said().match(/waiting for redis/g)).to.have.length(1)
      expect(gateway.exitCode()).to.equal(null)

      const url = `http://127.0.0.1:${port}`
      const [ada, rea] = await usable(url)
      const token = rea.session().accessToken
      const failed: string[] = []
      const over = new AbortController()
      let reads = 0
      const reading = (async () => {
        for (; !over.signal.aborted; reads += 1) {
          const path = ['feeds/home', 'feeds/users/ada', 'users/ada', 'trends'][reads % 4] ?? ''
          const { status, body } = await ask(`${url}/v1/${path}`, { token })
          if (status !== 200) failed.push(`${path}: ${JSON.stringify(body)}`)
          await wait(5)
        }
      })()
      const texts = ['hello']
      for (const [role, [first]] of Object.entries(services)) {
        const before = reads
        await first?.end('SIGKILL')
        for (let n = 0; n < 10; n += 1) {
          texts.push(`${role} was killed, ${n}`)
          await ada.client.posts.create(texts.at(-1) ?? '')
        }
        await eventually(() => reads > before + 20, patientMs)
      }
      over.abort()
      await reading
      expect(failed).to.deep.equal([])
      expect(textsOf(await loadFeed(rea.client, 'home')).toReversed()).to.deep.equal(texts)
    })
  })
})
