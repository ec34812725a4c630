import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createClient } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { posted } from './live/support.js'
import { openCluster, openTestClient, sessionEnded, textOf } from './live-cluster-support.js'

const soon = 20_000

/** New connections go to the port it is told; those that are open stay where they are. */
async function openBalancer(port: number) {
  const open = new Set<Socket>()
  let target = port
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sendTo: (next: number) => void (target = next),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('several gateways and their clients', function () {
  this.timeout(60_000)

  it('[ADP9] a drained gateway’s clients come up at the other one; each has every post once, in order', async () => {
    await using cluster = await openCluster()
    const { a, b } = cluster
    await using balancer = await openBalancer(a.port)
    const clients = Array.from({ length: 12 }, () => createClient({ url: balancer.url }))
    const seen = clients.map((): string[] => [])
    const gaps: string[] = []
    const subscriptions = clients.map((client, i) => {
      const subscription = client.subscribe('public')
      subscription.on('post', (event) => void seen[i]?.push(textOf(event)))
      subscription.on('gap', ({ reason }) => void gaps.push(reason))
      return subscription
    })
    await Promise.all(subscriptions.map(({ ready }) => ready))
    const texts: string[] = []
    const write = async (): Promise<void> => {
      const n = texts.length + 1
      texts.push(`post ${n}`)
      await cluster.append(posted(n, 2))
    }
    for (let n = 0; n < 5; n++) await write()
    balancer.sendTo(b.port)
    const drain = { isDone: false }
    const draining = a.gateway.drain().then(() => (drain.isDone = true))
    while (!drain.isDone || clients.some(({ connection }) => connection.status !== 'live')) {
      await write()
      await new Promise((go) => setTimeout(go, 20))
    }
    await draining
    await write()
    await eventually(() => expect(seen.map((own) => own.length)).to.deep.equal(clients.map(() => texts.length)), soon)
    expect(seen).to.deep.equal(clients.map(() => texts))
    expect(gaps).to.deep.equal([])
    for (const client of clients) await client.close()
  })

  it('[ADP9] a client that comes back to the draining gateway is refused there and finds the other one', async () => {
    await using cluster = await openCluster()
    const { a, b } = cluster
    await using balancer = await openBalancer(a.port)
    await a.gateway.drain()
    const client = createClient({ url: balancer.url, reconnect: { minMs: 20, maxMs: 100 } })
    const seen: string[] = []
    const subscription = client.subscribe('public')
    subscription.on('post', (event) => void seen.push(textOf(event)))
    await eventually(() => expect(client.connection.status).to.equal('offline'), soon)
    balancer.sendTo(b.port)
    await subscription.ready
    await cluster.append(posted(1, 2))
    await eventually(() => expect(seen).to.deep.equal(['post 1']), soon)
    await client.close()
  })

  it('[ADP10] a client that only polls is refused', async () => {
    await using cluster = await openCluster({ hears: ['soon'] })
    const client = openTestClient(cluster.a.port, 1, { transports: ['polling'] })
    await eventually(() => expect(client.refusal).to.not.equal(null), soon)
    expect(client.socket.connected).to.equal(false)
  })

  for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
    it(`[ADP10] allowed: feeds, sign-out and drain by ${transports.join(' then ')}`, async () => {
      await using cluster = await openCluster({ hears: ['soon'], live: { allowPolling: true } })
      const { a } = cluster
      const client = await a.client(1, { transports })
      const stays = await a.client(3, { transports })
      for (const each of [client, stays]) await each.subscribe('home')
      const texts = ['short', 'é'.repeat(400), '🪿'.repeat(30_000)]
      for (const [i, text] of texts.entries()) await cluster.append(posted(i + 1, 2, { text }))
      await eventually(() => expect([client.texts(), stays.texts()]).to.deep.equal([texts, texts]), soon)
      const used = () => client.socket.io.engine.transport.name
      await eventually(() => expect(used()).to.equal(transports.at(-1)), soon)
      await cluster.append(posted(4, 2))
      await eventually(() => expect(client.texts()).to.deep.equal([...texts, 'post 4']), soon)
      await cluster.append(sessionEnded(1))
      await eventually(() => expect(client.gone).to.equal('io server disconnect'), soon)
      expect(client.of('close').map((event) => event['reason'])).to.deep.equal([4200])
      await a.gateway.drain()
      await eventually(() => expect(stays.gone).to.equal('transport close'), soon)
      expect(stays.of('close').map((event) => event['reason'])).to.deep.equal([4000])
    })
  }
})
