import { accountDefaults } from '@skein/account'
import { expect } from 'chai'
import { io, type Socket } from 'socket.io-client'
import { eventually } from '@skein/platform/testing'
import { clockAhead } from './support/clock.js'
import { collect } from './support/collect.js'
import { Closing, signUp, type Device, type Person } from './support/people.js'
import { startSystem, type System } from './support/system.js'

const withinMs = 2_000
const graceMs = accountDefaults.refreshGraceMs

describe('an ended session', function () {
  this.timeout(30_000)
  let system: System
  let closing: Closing
  let count = 0

  before(async () => {
    system = await startSystem()
  })
  beforeEach(() => {
    closing = new Closing()
  })
  afterEach(() => closing[Symbol.asyncDispose]())
  after(() => system?.[Symbol.asyncDispose]())

  async function personWithDevice(): Promise<{ person: Person; other: Device }> {
    count += 1
    const person = await signUp(closing, system.url, `p${count}_${Date.now() % 100_000}`)
    return { person, other: await person.device() }
  }

  /** A socket of this access token that has said hello. */
  async function openSocket(accessToken: string): Promise<Socket> {
    const socket = io(system.url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { accessToken },
    })
    closing.add({ close: () => void socket.disconnect() })
    await eventually(() => socket.connected)
    expect(await socket.emitWithAck('subscribe', { feed: 'home' })).to.include({ ok: true })
    return socket
  }

  async function refusal(accessToken: string): Promise<string> {
    const socket = io(system.url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { accessToken },
    })
    closing.add({ close: () => void socket.disconnect() })
    return await new Promise((resolve) => {
      socket.on('connect', () => resolve('connected'))
      socket.on('connect_error', (error: Error & { data?: { code?: string } }) =>
        resolve(error.data?.code ?? error.message),
      )
    })
  }

  /** Every door, tried with the token. */
  async function doors(accessToken: string): Promise<Record<string, unknown>> {
    const ask = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${system.url}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const { code, requestId } = (await answer.json()) as { code?: string; requestId?: string }
      return answer.status < 400 ? 'opened' : requestId ? code : 'no request id'
    }
    return {
      me: await ask('GET', '/me'),
      home: await ask('GET', '/feeds/home'),
      public: await ask('GET', '/feeds/public'),
      post: await ask('POST', '/posts', { text: 'ghost' }),
      sessions: await ask('GET', '/sessions'),
      socket: await refusal(accessToken),
    }
  }

  const shut = {
    me: 'session_ended',
    home: 'session_ended',
    public: 'session_ended',
    post: 'session_ended',
    sessions: 'session_ended',
    socket: 'session_ended',
  }

  /** What ends `ended` by `act` must end; what lives must live, without so much as a new socket. */
  async function proveEnded(act: () => Promise<unknown>, ended: Device, alive: Device | null): Promise<void> {
    const { accessToken } = ended.session()
    const sockets = [await openSocket(accessToken), await openSocket(accessToken)]
    const told: unknown[] = []
    for (const socket of sockets)
      socket.on('events', (events: { type: string; reason?: number }[]) => {
        for (const event of events) if (event.type === 'close') told.push(event.reason)
      })
    const living = alive && (await openSocket(alive.session().accessToken))
    const opened = await doors(accessToken)
    expect(opened).to.deep.equal({
      ...Object.fromEntries(Object.keys(shut).map((door) => [door, 'opened'])),
      socket: 'connected',
    })
    await act()
    const atMs = Date.now()
    expect(await doors(accessToken)).to.deep.equal(shut)
    await eventually(() => sockets.every((socket) => !socket.connected), withinMs - (Date.now() - atMs))
    expect(told).to.deep.equal([4200, 4200])
    if (alive === null) return
    expect(living?.connected).to.equal(true)
    expect((await alive.client.auth.sessions()).map(({ current }) => current)).to.include(true)
  }

  it('[SYS2] signing out closes the session’s sockets within 2 s and its token opens nothing; others live on', async () => {
    const { person, other } = await personWithDevice()
    await proveEnded(() => person.client.auth.signOut(), person, other)
  })

  it('[SYS2] ending another session by its id does the same', async () => {
    const { person, other } = await personWithDevice()
    await proveEnded(() => other.client.auth.endSession(person.session().sessionId), person, other)
  })

  it('[SYS2] signing out everywhere ends every session', async () => {
    const { person, other } = await personWithDevice()
    const token = other.session().accessToken
    await proveEnded(() => other.client.auth.signOutEverywhere(), person, null)
    expect(await doors(token)).to.deep.equal(shut)
  })

  it('[SYS2] a password change ends the other sessions', async () => {
    const { person, other } = await personWithDevice()
    const change = { current: person.password, next: 'another good password' }
    await proveEnded(() => other.client.auth.changePassword(change), person, other)
  })

  it('[SYS3] a refresh token used twice ends its session, whoever has it, and no other', async () => {
    const { person, other } = await personWithDevice()
    const spent = person.session().refreshToken
    const answer = await refresh(spent)
    expect(answer.status).to.be.lessThan(300)
    const [, next = ''] = /"refreshToken":"([^"]+)"/.exec(await answer.text()) ?? []
    expect((await refresh(next)).status).to.be.lessThan(300)
    await proveEnded(
      async () => {
        using _ = clockAhead(graceMs + 1_000)
        const answer = await refresh(spent)
        expect(answer.status).to.equal(401)
        expect(await answer.json()).to.include({ code: 'session_ended' })
      },
      person,
      other,
    )
  })

  it('[SYS2] an open subscription of the SDK ends, and the client says signed-out', async () => {
    const { person, other } = await personWithDevice()
    const home = await collect(person.client, 'home')
    const living = await collect(other.client, 'home')
    const signedOut = new Promise((resolve) => person.client.on('signed-out', resolve))
    await other.client.auth.endSession(person.session().sessionId)
    await signedOut
    expect(person.client.me).to.equal(null)
    await other.client.posts.create('still here')
    await eventually(() => living.texts().includes('still here'))
    expect(home.texts()).to.deep.equal([])
  })

  it('[SYS2] what ended stays ended over a restart', async () => {
    const { person, other } = await personWithDevice()
    const { accessToken } = person.session()
    await person.client.auth.signOut()
    await system.stop()
    await system.start()
    expect(await doors(accessToken)).to.deep.equal(shut)
    expect((await other.client.auth.sessions()).length).to.equal(1)
  })

  async function refresh(refreshToken: string): Promise<Response> {
    return await fetch(`${system.url}/v1/sessions/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    })
  }
})
