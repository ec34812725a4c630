import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { collect, type Collected } from './support/collect.js'
import { doubled, idsOf } from './support/feeds.js'
import { Closing, signUp, signUpAll, type Person } from './support/people.js'
import { followAll, postMany } from './support/posting.js'
import { openProxy, type Proxy } from './support/proxy.js'
import { isCluster, readMetric, spawnSystem, type Spawned } from './support/system.js'

const missed = 3_000
const slowBytesPerSecond = 50_000
const slowForMs = 8_000
const mebibyte = 1_048_576
/** 4,500 bytes a post, 15 MB in all: more than the kernel's buffers on the way could swallow. */
const filling = 'e\u0301\u0323'.repeat(900)

describe('a reader of 50 kB/s in the middle of a replay of 3,000 posts', function () {
  this.timeout(isCluster ? 400_000 : 120_000)
  let system: Spawned
  let proxy: Proxy
  let closing: Closing
  let slow: Collected
  let other: Collected
  let expected: string[]
  let latencies: number[]
  let memory: { before: number; readings: number[] }
  let paused: number

  before(async () => {
    system = await spawnSystem({ 'live.windowBytes': 256 * mebibyte })
    closing = new Closing()
    proxy = await openProxy(system.port)
    const authors = await signUpAll(closing, system.url, ['ada', 'bob', 'cyd', 'dee', 'eve', 'fay', 'gus', 'hal'])
    const reader = await signUp(closing, system.url, 'reader')
    const watcher = await signUp(closing, system.url, 'watcher')
    await followAll(reader, authors)
    await followAll(watcher, authors)
    const from = (await reader.client.timeline('home')).cursor
    const posts = await postMany(authors, missed, (n) => `${n} ${filling}`)
    other = await collect(watcher.client, 'home')
    memory = { before: await usedBytes(system), readings: [] }
    const device = await reader.device({ url: proxy.url })
    proxy.setRate(slowBytesPerSecond)
    slow = await collect(device.client, 'home', { from })
    const live = await postWhileSlow(authors[0] ?? reader)
    paused = await readMetric(system.opsPort, 'skein_ws_paused_sockets')
    expected = [...idsOf(posts), ...live]
    proxy.setRate(null)
    await eventually(() => slow.of('post').length >= expected.length, 20_000)
  })

  after(async () => {
    await closing?.[Symbol.asyncDispose]()
    await proxy?.close()
    await system?.[Symbol.asyncDispose]()
  })

  /** Somebody goes on posting; how long each took to the other reader, and what the process holds meanwhile. */
  async function postWhileSlow(author: Person): Promise<string[]> {
    const ids: string[] = []
    latencies = []
    for (const endMs = Date.now() + slowForMs; Date.now() < endMs;) {
      const atMs = performance.now()
      const { id } = await author.client.posts.create(`live ${ids.length}`)
      await eventually(() => other.of('post').some(({ item }) => item.id === id), 5_000)
      latencies.push(performance.now() - atMs)
      ids.push(id)
      memory.readings.push(await usedBytes(system))
      await wait(100)
    }
    return ids
  }

  it('[SYS4] the reader really was slow, and was paused', () => {
    expect(paused).to.equal(1)
  })

  it('[SYS4] the process holds no more memory for it', () => {
    const highest = Math.max(...memory.readings)
    console.log(`      ${Math.round((highest - memory.before) / mebibyte)} MiB more at most`)
    expect(highest - memory.before).to.be.lessThan(50 * mebibyte)
  })

  it('[SYS4] nobody else notices', () => {
    const sorted = latencies.toSorted((a, b) => a - b)
    console.log(
      `      post to arrival: ${sorted[sorted.length >> 1]?.toFixed(0)} ms, at most ${sorted.at(-1)?.toFixed(0)} ms`,
    )
    expect(latencies.length).to.be.greaterThan(20)
    expect(sorted.at(-1)).to.be.lessThan(1_000)
  })

  it('[SYS4] [INV6] it ends up complete: everything once, in order, without a gap', () => {
    const ids = slow.of('post').map(({ item }) => item.id)
    expect(slow.of('gap')).to.deep.equal([])
    expect(doubled(ids)).to.deep.equal([])
    expect(ids.toSorted()).to.deep.equal(expected.toSorted())
  })
})

/** Heap and external memory in use, as the process says. */
async function usedBytes({ opsPort }: Spawned): Promise<number> {
  const heap = await readMetric(opsPort, 'nodejs_heap_size_used_bytes')
  return heap + (await readMetric(opsPort, 'nodejs_external_memory_bytes'))
}
