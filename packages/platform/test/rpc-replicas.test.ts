import { createServer, type RequestListener, type Server } from 'node:http'
import { createConnection } from 'node:net'
import { createSecretKey } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import {
  createServiceTokens,
  httpLink,
  listen,
  passOn,
  serveRpc,
  shut,
  systemClock,
  type HttpLinkOptions,
  type RpcLink,
} from '../src/index.js'
import { eventually, fakeClock, seededRandom } from '../src/testing.js'
import { callContext, clientOver, createTestService, errorOf, secret, type TestService } from './rpc-fixture.js'

const host = '127.0.0.1'

describe('RPC over HTTP, several replicas', () => {
  const closers: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  async function replica(port = 0): Promise<{ service: TestService; address: string; close(): Promise<void> }> {
    const service = createTestService()
    const server = await serveRpc([service.handler], { host, port, graceMs: 300 })
    closers.push(() => server.close())
    return { service, address: `${host}:${server.port}`, close: () => server.close() }
  }

  /** A replica that answers as told. */
  async function scripted(answer: RequestListener): Promise<{ address: string; asked: () => number; server: Server }> {
    let asked = 0
    const server = createServer((request, response) => {
      asked += 1
      request.resume()
      answer(request, response)
    })
    const port = await listen(server, { host, port: 0 })
    closers.push(() => shut(server, 0))
    return { address: `${host}:${port}`, asked: () => asked, server }
  }

  /** An address where nobody listens. */
  async function nobody(): Promise<string> {
    const server = createServer()
    const port = await listen(server, { host, port: 0 })
    await shut(server, 0)
    return `${host}:${port}`
  }

  function linkTo(addresses: readonly string[], options: Partial<HttpLinkOptions> = {}): RpcLink {
    const link = httpLink({ addresses, tryTimeoutMs: 5_000, openMs: 30, random: seededRandom(1), ...options })
    closers.push(() => link.close())
    return link
  }

  it('[RPC21] a call that may have been sent is tried again only when it is safe', async () => {
    const broken = await scripted((_request, response) => response.socket?.destroy())
    const client = clientOver(linkTo([broken.address], { failuresToOpen: 100 }))
    const unsafe = await errorOf(client.notes.add({ text: '' }, { context: callContext() }))
    expect([unsafe.code, broken.asked()]).to.deep.equal(['unavailable', 1])
    const safe = await errorOf(client.notes.get({ text: '' }, { context: callContext() }))
    expect([safe.code, broken.asked()]).to.deep.equal(['unavailable', 4])
  })

  it('[RPC22] a call that was never sent is tried again elsewhere, safe or not', async () => {
    const good = await replica()
    const client = clientOver(linkTo([await nobody(), good.address, await nobody()], { failuresToOpen: 100 }))
    for (let call = 0; call < 6; call++) await client.notes.add({ text: '' }, { context: callContext() })
    expect(good.service.added()).to.equal(6)
  })

  it('[RPC23] a replica that fails three times in a row is left out, and is used again once it is well', async () => {
    const states: string[] = []
    const good = await replica()
    let dead = await replica()
    const { address } = dead
    await dead.close()
    const link = linkTo([good.address, address], {
      onState: (of, state) => states.push(`${of === address ? 'dead' : 'good'} ${state}`),
    })
    const client = clientOver(link)
    const call = (): Promise<unknown> => client.notes.get({ text: '' }, { context: callContext() })
    for (let calls = 0; calls < 12; calls++) await call()
    expect(states[0]).to.equal('dead open')
    expect(good.service.served).to.have.length(12)
    dead = await replica(Number(address.split(':')[1]))
    await eventually(async () => {
      await call()
      expect(states.at(-1)).to.equal('dead closed')
    })
    const before = dead.service.served.length
    for (let calls = 0; calls < 4; calls++) await call()
    expect(dead.service.served.length - before).to.equal(2)
  })

  it('[RPC24] a replica that hangs costs a safe call one try, and the call is answered elsewhere', async () => {
    const clock = fakeClock()
    const good = await replica()
    const hanging = await scripted(() => undefined)
    const client = clientOver(
      linkTo([hanging.address, good.address], { clock, tryTimeoutMs: 2_000, failuresToOpen: 1, openMs: 60_000 }),
    )
    let answered = 0
    for (let calls = 1; calls <= 6; calls++) {
      void client.notes.get({ text: '' }, { context: callContext() }).then(() => (answered += 1))
      const askedBefore = hanging.asked()
      await eventually(() => answered === calls || hanging.asked() > askedBefore)
      if (answered < calls) clock.advance(2_000)
      await eventually(() => {
        clock.advance(10)
        return answered === calls
      })
    }
    expect([hanging.asked(), good.service.served.length]).to.deep.equal([1, 6])
  })

  it('[RPC24] the deadline of the call ends a try that hangs, and says nothing about the replica', async () => {
    const states: string[] = []
    const hanging = await scripted(() => undefined)
    const client = clientOver(
      linkTo([hanging.address], {
        failuresToOpen: 1,
        tryTimeoutMs: 5_000,
        onState: (_of, state) => states.push(state),
      }),
    )
    const error = await errorOf(
      client.notes.get({ text: '' }, { context: callContext({ deadlineAtMs: Date.now() + 200 }) }),
    )
    expect([error.code, states, hanging.asked()]).to.deep.equal(['deadline', [], 1])
  })

  it('[RPC25] the name is asked again: new addresses are used, those gone are left', async () => {
    const clock = fakeClock(Date.now())
    const first = await replica()
    const port = Number(first.address.split(':')[1])
    const second = createTestService()
    const server = await serveRpc([second.handler], { host: '127.0.0.2', port })
    closers.push(() => server.close())
    let known = [host]
    let lookups = 0
    const link = httpLink({
      host: 'notes',
      port,
      refreshMs: 5_000,
      clock: { ...clock, after: (ms, fn) => clock.after(ms * 1_000, fn) },
      resolve: () => {
        lookups += 1
        return lookups === 3 ? Promise.reject(new Error('resolver away')) : Promise.resolve(known)
      },
    })
    closers.push(() => link.close())
    const client = clientOver(link)
    const call = (): Promise<unknown> => client.notes.get({ text: '' }, { context: callContext() })
    await call()
    known = ['127.0.0.2']
    await clock.run(5_000)
    await call()
    await clock.run(5_000)
    await call()
    expect([lookups, first.service.served.length, second.served.length]).to.deep.equal([3, 1, 2])
  })

  it('[RPC25] a name that is not known is unavailable, and asked again by the next call', async () => {
    const good = await replica()
    let answers = 0
    const link = httpLink({
      host: 'notes',
      port: Number(good.address.split(':')[1]),
      resolve: () => (++answers <= 3 ? Promise.reject(new Error('no such name')) : Promise.resolve([host])),
    })
    closers.push(() => link.close())
    const client = clientOver(link)
    expect((await errorOf(client.notes.get({ text: '' }, { context: callContext() }))).code).to.equal('unavailable')
    await client.notes.get({ text: '' }, { context: callContext() })
  })

  it('[RPC26] an answer of the service is final, whatever it says; one of something in between is a failed try', async () => {
    const good = await replica()
    const client = clientOver(linkTo([good.address]))
    for (const code of ['delayed', 'unavailable', 'overloaded', 'deadline']) {
      expect((await errorOf(client.notes.fail({ code }, { context: callContext() }))).code).to.equal(code)
    }
    expect(good.service.served).to.have.length(4)
    const proxy = await scripted((_request, response) => response.writeHead(502).end('<html>Bad gateway</html>'))
    const behind = clientOver(linkTo([proxy.address], { failuresToOpen: 100 }))
    expect((await errorOf(behind.notes.add({ text: '' }, { context: callContext() }))).code).to.equal('unavailable')
    expect(proxy.asked()).to.equal(1)
    const both = clientOver(linkTo([proxy.address, good.address], { failuresToOpen: 100 }))
    for (let calls = 0; calls < 2; calls++) await both.notes.get({ text: '' }, { context: callContext() })
    expect([proxy.asked(), good.service.served.length]).to.deep.equal([2, 6])
  })

  it('[RPC26] an answer with our header but a code or body that is not ours is internal or unavailable', async () => {
    const answers = ['{"code":"teapot","message":"short and stout"}', '{"what":1}', '<html>']
    const strange = await scripted((_request, response) =>
      response.writeHead(418, { 'x-request-id': 'x' }).end(answers.shift()),
    )
    const client = clientOver(linkTo([strange.address]))
    const codes: string[] = []
    while (answers.length > 0)
      codes.push((await errorOf(client.notes.add({ text: '' }, { context: callContext() }))).code)
    expect(codes).to.deep.equal(['internal', 'unavailable', 'unavailable'])
  })

  it('[RPC26] a reply whose body is not what the contract says is internal', async () => {
    const strange = await scripted((_request, response) =>
      response.writeHead(200, { 'x-request-id': 'x' }).end('{"added":"many"}'),
    )
    const error = await errorOf(
      clientOver(linkTo([strange.address])).notes.add({ text: '' }, { context: callContext() }),
    )
    expect(error.code).to.equal('internal')
  })

  it('[RPC27] a closing server answers what is in flight and takes nothing new', async () => {
    const one = await replica()
    const client = clientOver(linkTo([one.address], { tryTimeoutMs: 2_000 }))
    const inFlight = client.notes.slow({}, { context: callContext() })
    await eventually(() => expect(one.service.slow).to.have.length(1))
    const closing = one.close()
    await eventually(async () => expect(await isOpen(one.address)).to.equal(false))
    one.service.slow[0]?.()
    expect(await inFlight).to.deep.equal({})
    await closing
    expect((await errorOf(client.notes.get({ text: '' }, { context: callContext() }))).code).to.equal('unavailable')
  })

  it('[RPC27] a caller that breaks off in the middle of its body is no failure of ours', async () => {
    const one = await replica()
    const [name = '', port = ''] = one.address.split(':')
    const socket = createConnection(Number(port), name)
    const token = createServiceTokens({ secret, caller: 'gateway', clock: systemClock }).mint('notes')
    const head = [
      'POST /rpc/notes/notes/get HTTP/1.1',
      'host: x',
      'content-type: application/json',
      'authorization: Bearer good',
    ]
    socket.write([...head, `x-service-token: ${token}`, 'content-length: 100', '', '{"text":'].join('\r\n'))
    setTimeout(() => socket.destroy(), 30)
    await eventually(() => expect(one.service.served.map(({ code }) => code)).to.deep.equal(['unavailable']))
    expect(one.service.logged).to.have.length(0)
  })

  it('[RPC28] a server takes paths of its services only', async () => {
    const one = await replica()
    const ask = async (path: string): Promise<number> =>
      (await fetch(`http://${one.address}${path}`, { method: 'POST' })).status
    expect([await ask('/'), await ask('/rpc/'), await ask('/rpc/post/x'), await ask('/notes/get')]).to.deep.equal([
      404, 404, 404, 404,
    ])
  })
})

function isOpen(address: string): Promise<boolean> {
  const [name = '', port = ''] = address.split(':')
  return new Promise((resolve) => {
    const socket = createConnection(Number(port), name)
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}

describe('service tokens', () => {
  it('[RPC29] a token is for one audience and 60 s, and is made anew before its end', async () => {
    const clock = fakeClock()
    const tokens = createServiceTokens({ secret, caller: 'timeline', clock })
    const token = tokens.mint('post')
    expect(tokens.verify(token, 'post')).to.equal('timeline')
    expect((await errorOf(Promise.resolve().then(() => tokens.verify(token, 'account')))).code).to.equal(
      'unauthenticated',
    )
    clock.advance(49_000)
    expect(tokens.mint('post')).to.equal(token)
    expect(tokens.mint('account')).not.to.equal(token)
    clock.advance(1_000)
    expect(tokens.mint('post')).not.to.equal(token)
    clock.advance(14_000)
    expect(tokens.verify(token, 'post')).to.equal('timeline')
    clock.advance(1_000)
    expect((await errorOf(Promise.resolve().then(() => tokens.verify(token, 'post')))).code).to.equal('unauthenticated')
  })

  it('[RPC29] a token of another type, made with the same secret, is refused', async () => {
    const clock = fakeClock()
    const iat = Math.floor(clock.now() / 1000)
    const claims = { sub: 'gateway', aud: 'post', iss: 'skein', iat, exp: iat + 60 }
    const tokens = createServiceTokens({ secret, caller: 'post', clock })
    const made = (typ: string): string =>
      jwt.sign(claims, secret, { algorithm: 'HS256', header: { alg: 'HS256', typ } })
    expect(tokens.verify(made('svc+jwt'), 'post')).to.equal('gateway')
    const error = await errorOf(Promise.resolve().then(() => tokens.verify(made('JWT'), 'post')))
    expect(error.code).to.equal('unauthenticated')
  })

  it('[RPC29] a secret of less than 32 bytes is refused', () => {
    const short = createSecretKey(Buffer.alloc(31))
    expect(() => createServiceTokens({ secret: short, caller: 'post', clock: fakeClock() })).to.throw('32 bytes')
  })

  it('[RPC30] what a service says to the next one is the same request, user and deadline', () => {
    const context = { requestId: 'r', caller: 'gateway' as const, actor: null, deadlineAtMs: 5, traceparent: undefined }
    expect(passOn({ ...context, accessToken: 't' })).to.deep.equal({
      requestId: 'r',
      deadlineAtMs: 5,
      accessToken: 't',
    })
    expect(passOn({ ...context, accessToken: undefined })).to.deep.equal({ requestId: 'r', deadlineAtMs: 5 })
  })
})
