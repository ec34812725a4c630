import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { fromRoot } from '../support/repo-files.js'
import { ask, hasHaproxy, startHaproxy, startStandIn, type Asked } from './haproxy.js'

const file = fromRoot('deploy/haproxy.cfg')
const parsed = (body: string): Asked => JSON.parse(body) as Asked

async function whoAnswers(port: number, times = 20): Promise<Set<string>> {
  const answers = await Promise.all(Array.from({ length: times }, () => ask(port, '/')))
  return new Set(answers.map(({ body }) => parsed(body).by))
}

async function currentSessions(opsPort: number): Promise<string> {
  const { body } = await ask(opsPort, '/metrics')
  return [...body.matchAll(/^haproxy_server_current_sessions.*\n/gm)].join('')
}

async function openWebSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/`)
  await once(socket, 'open')
  return socket
}

async function heardBy(socket: WebSocket, word: string): Promise<string> {
  socket.send(word)
  const [answer] = (await once(socket, 'message')) as [Buffer]
  return answer.toString()
}

describe('the balancer', function () {
  this.timeout(30_000)

  before(function () {
    if (!hasHaproxy() && process.env['SKEIN_REQUIRE_ENGINES'] !== '1') this.skip()
  })

  it('[PKG10] HAProxy takes the file as it is, with and without long polling', () => {
    for (const env of [{}, { BALANCER_POLLING: 'a-key' }]) {
      const { status, stderr } = spawnSync('haproxy', ['-c', '-f', file], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      })
      expect(stderr.replaceAll(/^Configuration file is valid\n/gm, '')).to.equal('')
      expect(status).to.equal(0)
    }
  })

  it('[PKG10] gateways are found by name, every replica, and forgotten when they are gone', () => {
    const [line = ''] = /^ *server-template .*$/m.exec(readFileSync(file, 'utf8')) ?? []
    expect(line).to.match(/server-template gateway 1-\d+ .*gateway:8080.* resolvers names .*init-addr none$/)
    expect(readFileSync(file, 'utf8'))
      .to.match(/parse-resolv-conf/)
      .and.to.match(/hold valid 1s/)
  })

  it('[PKG10] health, metrics and calls between services are not to be had, however the path is written', async () => {
    await using gateway = await startStandIn('one')
    await using haproxy = await startHaproxy([gateway])
    const paths = [
      '/metrics',
      '/livez',
      '/readyz?verbose',
      '/rpc/post/create',
      '//metrics',
      '/%6detrics',
      '/METRICS',
      '/metrics/',
      '/internal',
    ]
    for (const path of paths) expect((await ask(haproxy.port, path)).status, path).to.equal(404)
    for (const path of ['/', '/metricsx', '/v1/feeds/public', '/@metrics']) {
      const { status, body } = await ask(haproxy.port, path)
      expect(status, path).to.equal(200)
      expect(parsed(body).url).to.equal(path)
    }
  })

  it('[PKG10] who asks is said by the balancer alone', async () => {
    await using gateway = await startStandIn('one')
    await using haproxy = await startHaproxy([gateway])
    const forged = {
      'x-forwarded-for': '192.0.2.1, 192.0.2.2',
      forwarded: 'for=192.0.2.3',
      'x-forwarded-proto': 'https',
    }
    const { headers } = parsed((await ask(haproxy.port, '/', forged)).body)
    expect(headers['x-forwarded-for']).to.equal('127.0.0.1')
    expect(headers['x-forwarded-proto']).to.equal('http')
    expect(headers['forwarded']).to.equal(undefined)
  })

  it('[PKG11] a gateway that is not ready gets nothing new, keeps its sockets, and comes back', async () => {
    await using one = await startStandIn('one')
    await using two = await startStandIn('two')
    await using haproxy = await startHaproxy([one, two])
    await eventually(async () => (await whoAnswers(haproxy.port)).size === 2, 10_000)
    const sockets = await Promise.all(Array.from({ length: 6 }, () => openWebSocket(haproxy.port)))
    const heard = await Promise.all(sockets.map((socket) => heardBy(socket, 'a')))
    expect(new Set(heard)).to.deep.equal(new Set(['one heard a', 'two heard a']))
    one.isReady = false
    await eventually(async () => !(await whoAnswers(haproxy.port)).has('one'), 10_000)
    expect(await Promise.all(sockets.map((socket) => heardBy(socket, 'b')))).to.deep.equal(
      heard.map((text) => text.replace(/a$/, 'b')),
    )
    one.isReady = true
    await eventually(async () => (await whoAnswers(haproxy.port)).size === 2, 10_000)
    for (const socket of sockets) socket.terminate()
  })

  it('[PKG11] a gateway that died costs nobody an answer', async () => {
    const one = await startStandIn('one')
    await using two = await startStandIn('two')
    await using haproxy = await startHaproxy([one, two])
    await eventually(async () => (await whoAnswers(haproxy.port)).size === 2, 10_000)
    await one[Symbol.asyncDispose]()
    expect(await whoAnswers(haproxy.port, 50)).to.deep.equal(new Set(['two']))
  })

  it('[PKG11] new connections go to whoever has the fewest', async () => {
    await using one = await startStandIn('one')
    await using two = await startStandIn('two')
    await using haproxy = await startHaproxy([one, two])
    const open = async (): Promise<{ by: string; socket: WebSocket }> => {
      const socket = await openWebSocket(haproxy.port)
      return { by: (await heardBy(socket, 'a')).slice(0, 3), socket }
    }
    const first = [await open(), await open(), await open(), await open(), await open(), await open()]
    const [ofOne, ofTwo] = ['one', 'two'].map((name) => first.filter(({ by }) => by === name))
    expect([ofOne?.length, ofTwo?.length]).to.deep.equal([3, 3])
    for (const { socket } of ofOne ?? []) socket.terminate()
    await eventually(async () => /server="gateway1"} 0\n/.test(await currentSessions(haproxy.opsPort)), 5_000)
    const later = [await open(), await open(), await open()]
    expect(later.map(({ by }) => by)).to.deep.equal(['one', 'one', 'one'])
    for (const { socket } of [...first, ...later]) socket.terminate()
  })

  it('[PKG10] one address holds so many connections and no more', async () => {
    await using gateway = await startStandIn('one')
    await using haproxy = await startHaproxy([gateway], { BALANCER_CONNECTIONS_PER_IP: '3' })
    const sockets = await Promise.all(Array.from({ length: 3 }, () => openWebSocket(haproxy.port)))
    const refused = connect(haproxy.port, '127.0.0.1')
    refused.on('error', () => undefined)
    refused.write('GET / HTTP/1.0\r\n\r\n')
    let answer = ''
    refused.on('data', (data) => (answer += data.toString()))
    await new Promise((done) => refused.once('close', done))
    expect(answer).to.equal('')
    for (const socket of sockets) socket.terminate()
    await eventually(async () => (await ask(haproxy.port, '/')).status === 200, 5_000)
  })

  it('[PKG10] it says itself whether it has a gateway, and its figures, on a port of its own', async () => {
    await using gateway = await startStandIn('one')
    await using haproxy = await startHaproxy([gateway])
    expect((await ask(haproxy.opsPort, '/metrics')).body).to.include('haproxy_backend_active_servers')
    expect((await ask(haproxy.opsPort, '/')).status).to.equal(404)
    gateway.isReady = false
    await eventually(async () => (await ask(haproxy.opsPort, '/readyz')).status === 503, 10_000)
    expect((await ask(haproxy.opsPort, '/livez')).status).to.equal(200)
  })
})
