import { setTimeout as wait } from 'node:timers/promises'
import { laneKeys } from '@skein/event-log/redis'
import { eventually } from '@skein/platform/testing'
import { requireRedis } from '@skein/platform/testing/redis'
import { expect } from 'chai'
import { collect, type Collected } from '../support/collect.js'
import { doubled, idsOf } from '../support/feeds.js'
import { startParts, type Parts } from '../support/parts.js'
import { Closing, signUp, type Person } from '../support/people.js'
import { openProxy } from '../support/proxy.js'
import { sumOfMetric } from '../support/readings.js'
import { watchRedis, type Ran, type RedisWatch } from '../support/redis-watch.js'

const many = 200
const returning = 50
const posts = 10
const patientMs = 60_000

describe('what a post and a return cost, with two of each role', function () {
  this.timeout(240_000)
  let parts: Parts
  let closing: Closing
  let watch: RedisWatch

  before(async function () {
    requireRedis(this)
    parts = await startParts()
    closing = new Closing()
    watch = await watchRedis(parts.redis.url)
  })
  after(async () => {
    await closing?.[Symbol.asyncDispose]()
    await watch?.[Symbol.asyncDispose]()
    await parts?.[Symbol.asyncDispose]()
  })

  /** People who follow the author and hold their home, in turn at one gateway and the other. */
  async function follow(author: Person, name: string, count: number, urlOf: (n: number) => string) {
    const followers: Collected[] = []
    for (let at = 0; at < count; at += 4)
      followers.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(4, count - at) }, async (_, i) => {
            const person = await signUp(closing, urlOf(at + i), `${name}_${at + i}`)
            await person.client.users.follow(author.handle, true)
            return collect(person.client, 'home')
          }),
        )),
      )
    return followers
  }
  const gateway = (n: number): string => parts.urls[n % 2] ?? ''

  const channel = (): string => laneKeys(parts.prefix, 0).channel
  const isAppend = ({ command, args, byScript }: Ran): boolean =>
    !byScript &&
    command.startsWith('eval') &&
    args.includes(channel()) &&
    args.some((arg) => arg.includes('"kind":"post"'))
  /** Messages over channels, of the log or of anything else; a heartbeat of the log is not one. */
  const isMessage = ({ command, args }: Ran): boolean =>
    /^s?publish$/.test(command) && (args[0] !== channel() || args[1]?.includes('"events"') === true)
  /** The stored homes are filled behind the live path, by commands on keys of their own. */
  const isOfHomes = ({ args }: Ran): boolean =>
    args.some((arg) => arg.startsWith(`${parts.prefix}:home:`) || arg.startsWith(`${parts.prefix}:{fanout}:`))

  interface Cost {
    readonly appends: number
    readonly messages: number
    readonly homes: number
    readonly subscribers: number
  }

  async function costOfPosts(name: string, followers: number): Promise<Cost> {
    const author = await signUp(closing, gateway(0), name)
    const heard = await follow(author, `${name}f`, followers, gateway)
    await wait(1_000)
    const ran = await watch.during(async () => {
      for (let n = 0; n < posts; n += 1) await author.client.posts.create(`${name} ${n}`)
      await eventually(() => heard.every(({ of }) => of('post').length === posts), patientMs)
    })
    return {
      appends: ran.filter(isAppend).length,
      messages: ran.filter(isMessage).length,
      homes: ran.filter((one) => !one.byScript && isOfHomes(one)).length,
      subscribers: await watch.subscribers(channel()),
    }
  }

  it('[ROL10] a post is one append and one message, for 1 follower as for 200', async () => {
    const one = await costOfPosts('quiet', 1)
    const all = await costOfPosts('loud', many)
    console.log(`      ${posts} posts: ${JSON.stringify({ 1: one, [many]: all })}`)
    for (const { appends, messages } of [one, all])
      expect({ appends, messages }).to.deep.equal({ appends: posts, messages: posts })
    for (const { subscribers } of [one, all]) expect(subscribers).to.equal(parts.of('gateway').length)
  })

  it('[ROL11] who comes back with a cursor costs the post service and the log in Redis nothing', async () => {
    const proxies = await Promise.all(parts.of('gateway').map(({ port }) => openProxy(port)))
    for (const proxy of proxies) closing.add(proxy)
    const author = await signUp(closing, gateway(0), 'writer')
    const heard = await follow(author, 'back', returning, (n) => proxies[n % 2]?.url ?? '')
    await author.client.posts.create('before')
    await eventually(() => heard.every(({ of }) => of('post').length === 1), patientMs)
    for (const proxy of proxies) proxy.cut()
    for (let n = 0; n < posts; n += 1) await author.client.posts.create(`missed ${n}`)
    await wait(2_000)
    const ops = parts.of('post').map(({ opsPort }) => opsPort)
    const calls = () => sumOfMetric(ops, 'skein_rpc_served_total')
    const before = await calls()
    expect(before).to.be.greaterThan(posts)
    const ran = await watch.during(async () => {
      for (const proxy of proxies) proxy.mend()
      await eventually(
        () => heard.every(({ of }) => of('caught-up').length > 0 && of('post').length > posts),
        patientMs,
      )
    })
    expect(await calls()).to.equal(before)
    const { stream } = laneKeys(parts.prefix, 0)
    // XREAD is the filling of stored homes, which waits for what comes; the log is read by XRANGE.
    expect(ran.filter(({ command, args }) => command === 'xrange' && args.includes(stream))).to.deep.equal([])
    for (const { of } of heard) {
      const ids = idsOf(of('post').map(({ item }) => item))
      expect(doubled(ids)).to.deep.equal([])
      expect(ids).to.have.length(posts + 1)
      expect(of('gap')).to.deep.equal([])
    }
  })
})
