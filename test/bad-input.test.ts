import { SkeinError } from '@skein/client'
import { apiContract, ErrorBody, errorTable, isErrorCode } from '@skein/contracts'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { io, type Socket } from 'socket.io-client'
import { contractRoutes } from '../gateway/test/support/contract-routes.js'
import { hostileRequests, validRequest } from '../gateway/test/support/hostile-requests.js'
import { createHttpClient, type HttpClient } from '../gateway/test/support/http-client.js'
import { judgeAnswer } from '../gateway/test/support/judge-answer.js'
import { clockAhead } from './support/clock.js'
import { collect, type Collected } from './support/collect.js'
import { loadFeed, textsOf } from './support/feeds.js'
import { hostileCalls, rawPackets, type HostileCall } from './support/hostile-calls.js'
import { Closing, openDevice, signUp, type Person } from './support/people.js'
import { seed } from './support/random.js'
import { homeLagMs, startSystem, type System } from './support/system.js'

const own = seed()
const runs = 600

describe(`whatever is sent to the whole server (seed ${own})`, function () {
  this.timeout(120_000)
  let system: System
  let http: HttpClient
  const closing = new Closing()
  let attacker: Person
  let writer: Person
  let watcher: Person
  let watched: Collected
  let written: string[]
  let badTokens: Record<string, string>
  /** Of the attacker; another one whenever the last was signed out. */
  let token = ''
  const states: string[] = []

  before(async () => {
    system = await startSystem()
    http = createHttpClient(system.port)
    attacker = await signUp(closing, system.url, 'attacker')
    writer = await signUp(closing, system.url, 'writer')
    watcher = await signUp(closing, system.url, 'watcher')
    await watcher.client.users.follow('writer', true)
    written = []
    await write()
    watched = await collect(watcher.client, 'home')
    watcher.client.on('connection', ({ status }) => states.push(status))
    badTokens = await makeBadTokens()
    await signInAgain()
  })
  after(async () => {
    await http?.[Symbol.asyncDispose]()
    await closing[Symbol.asyncDispose]()
    await system?.[Symbol.asyncDispose]()
  })

  async function write(): Promise<void> {
    const text = `post ${written.length}`
    written.push(text)
    await writer.client.posts.create(text)
  }

  async function signInAgain(): Promise<void> {
    token = (await attacker.device()).session().accessToken
  }

  async function makeBadTokens(): Promise<Record<string, string>> {
    const ended = await attacker.device()
    const endedToken = ended.session().accessToken
    await ended.client.auth.signOut()
    const [head = '', payload = '', signature = ''] = attacker.session().accessToken.split('.')
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const operator = encode({ ...Object(claims), role: 'operator' })
    return {
      ended: endedToken,
      expired: await expiredToken(),
      garbage: 'a.b.c',
      'of another role': `${head}.${operator}.${signature}`,
      unsigned: `${encode({ alg: 'none', typ: 'JWT' })}.${operator}.`,
      cut: `${head}.${payload}`,
      'a refresh token': attacker.session().refreshToken,
    }
  }

  async function expiredToken(): Promise<string> {
    using _ = clockAhead(-16 * 60_000)
    const old = openDevice(closing, { url: system.url })
    await old.client.auth.signIn({ handle: attacker.handle, password: attacker.password })
    return old.session().accessToken
  }

  async function hostileWorld() {
    const theirs = (await loadFeed(writer.client, 'user:writer'))[0]?.id ?? ''
    const sessions = await watcher.client.auth.sessions()
    return {
      basePath: '/v1',
      get goodTokens() {
        return [token]
      },
      badTokens: Object.values(badTokens),
      foreign: [theirs, ...sessions.map(({ id }) => id), writer.id, 'writer', 'watcher', 'attacker'],
    }
  }

  it('[SYS30] every route answers every spoilt request by an error of the table or a valid success, never a fault', async () => {
    const world = await hostileWorld()
    let count = 0
    await fc.assert(
      fc.asyncProperty(hostileRequests(apiContract, world), async (request) => {
        count += 1
        if (count % 10 === 0) await write()
        const answer = await http.send(request)
        judgeAnswer(request, answer)
        if (answer.text.includes('session_ended')) await signInAgain()
      }),
      { seed: own, numRuns: runs, endOnFailure: true },
    )
  })

  it('[SYS31] no route takes a token that is expired, ended, forged or none at all', async () => {
    const world = await hostileWorld()
    for (const route of contractRoutes(apiContract))
      for (const [flaw, bad] of Object.entries(badTokens)) {
        const request = validRequest(route, world)
        const answer = await http.send({ ...request, headers: { ...request.headers, authorization: `Bearer ${bad}` } })
        expect(answer.status, `${route.name} with a token ${flaw}`).to.equal(401)
        const { code } = ErrorBody.parse(answer.json)
        expect(code).to.equal(flaw === 'ended' ? 'session_ended' : 'unauthenticated')
      }
  })

  it('[SYS32] nobody changes, deletes or ends what is another’s', async () => {
    const [theirs] = await loadFeed(writer.client, 'user:writer')
    const id = theirs?.id ?? ''
    const codeOf = (answer: Promise<unknown>) =>
      answer.then(
        () => 'done',
        (error: unknown) => (error instanceof SkeinError ? error.code : error),
      )
    const { posts, auth } = (await attacker.device()).client
    expect(await codeOf(posts.edit(id, 'mine now'))).to.equal('forbidden')
    expect(await codeOf(posts.delete(id))).to.equal('forbidden')
    for (const session of await watcher.client.auth.sessions())
      expect(await codeOf(auth.endSession(session.id))).to.equal('not_found')
    expect((await writer.client.posts.get(id)).text).to.equal(theirs?.post.text)
    expect((await watcher.client.auth.sessions()).length).to.equal(1)
  })

  it('[SYS33] every socket call is answered by an error of the table or a success, or ignored, never by a fault', async () => {
    const world = await hostileWorld()
    const calls = hostileCalls({
      feeds: ['user:writer', `thread:${world.foreign[0]}`, 'home'],
      cursors: [watched.subscription.cursor ?? ''],
      tokens: [...world.badTokens, watcher.session().accessToken],
    })
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 10 }), async (some) => {
        await write()
        const socket = await openSocket()
        const replies = await Promise.all(some.map(({ event, payload }) => say(socket, event, payload)))
        for (const [n, reply] of replies.entries()) judgeReply(reply, some[n])
        socket.disconnect()
      }),
      { seed: own, numRuns: 60, endOnFailure: true },
    )
  })

  it('[SYS33] bytes that are no packet, and messages that are too large, cost the sender its socket at most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rawPackets, { minLength: 1, maxLength: 5 }), async (packets) => {
        const socket = await openSocket()
        for (const packet of packets) socket.io.engine.write(packet)
        await Promise.race([say(socket, 'unsubscribe', [{ feed: 'public' }]), gone(socket)])
        socket.disconnect()
      }),
      { seed: own, numRuns: 60, endOnFailure: true },
    )
  })

  it('[SYS31] [SYS33] a handshake with a wrong token, wrong types or fields too many is refused by an error of the table', async () => {
    const prototype = JSON.parse('{"__proto__":{"accessToken":"x"},"accessToken":1}') as object
    const wrong = [1, null, true, {}, [], 'x', 'x'.repeat(5_000), { $gt: '' }].map((accessToken) => ({ accessToken }))
    for (const auth of [...wrong, { accessToken: token, role: 'operator' }, { client: 'x'.repeat(65) }, prototype])
      judgeRefusal(await refusalOf(auth), null)
    for (const [flaw, accessToken] of Object.entries(badTokens))
      judgeRefusal(await refusalOf({ accessToken }), flaw === 'ended' ? 'session_ended' : 'unauthenticated')
  })

  it('[SYS34] and meanwhile a bystander has missed nothing, and was not so much as disconnected', async () => {
    await write()
    await eventually(() => expect(watched.texts()).to.deep.equal(written.slice(1)), 5_000)
    expect(watched.of('gap')).to.deep.equal([])
    expect(states).to.deep.equal([])
    await eventually(
      async () => expect(textsOf(await loadFeed(watcher.client, 'home')).toReversed()).to.deep.equal(written),
      homeLagMs,
    )
    expect((await http.send({ method: 'GET', path: '/v1/info' })).status).to.equal(200)
  })

  function dial(auth: object): Socket {
    const socket = io(system.url, { transports: ['websocket'], reconnection: false, forceNew: true, auth })
    closing.add({ close: () => void socket.disconnect() })
    return socket
  }

  async function openSocket(): Promise<Socket> {
    const socket = dial({ accessToken: token })
    await eventually(() => socket.connected)
    return socket
  }

  function refusalOf(auth: object): Promise<unknown> {
    const socket = dial(auth)
    return new Promise((resolve) => {
      socket.on('connect', () => resolve('connected'))
      socket.on('connect_error', (error: Error & { data?: unknown }) => resolve(error.data ?? error.message))
    })
  }
})

const silent = 'no answer'

/** The answer, or that there was none: what must be answered is waited for longer. */
async function say(socket: Socket, event: string, payload: readonly unknown[]): Promise<unknown> {
  try {
    const reply: unknown = await socket.timeout(isCall(event, payload) ? 5_000 : 300).emitWithAck(event, ...payload)
    return reply
  } catch {
    return socket.connected ? silent : 'disconnected'
  }
}

function isCall(event: string, payload: readonly unknown[]): boolean {
  return ['subscribe', 'unsubscribe', 'refresh'].includes(event) && payload.length === 1
}

function gone(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.on('disconnect', resolve))
}

function judgeReply(reply: unknown, call: HostileCall | undefined): void {
  if (call === undefined || (reply === silent && !isCall(call.event, call.payload))) return
  if (typeof reply === 'object' && reply !== null && 'ok' in reply && reply.ok === true) return
  const error: unknown = Reflect.get(Object(reply), 'error')
  judgeRefusal(error ?? reply, null, JSON.stringify(call)?.slice(0, 300))
}

function judgeRefusal(refusal: unknown, code: string | null, asked = ''): void {
  const error = ErrorBody.strict().safeParse(refusal)
  if (!error.success || !isErrorCode(error.data.code))
    throw new Error(`not an error of the table: ${JSON.stringify(refusal)} ${asked}`)
  expect(errorTable[error.data.code].status, `${error.data.code} ${asked}`).to.be.lessThan(500)
  expect(error.data.requestId).to.match(/^[\w-]{1,64}$/)
  if (code !== null) expect(error.data.code).to.equal(code)
}
