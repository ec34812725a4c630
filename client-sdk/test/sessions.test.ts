import { expect } from 'chai'
import { browserStorage, memoryStorage } from '../src/index.js'
import { realEnv } from '../src/timing.js'
import type { StoredSession } from '../src/types.js'
import { eventually } from './support/eventually.js'
import { FakeServer } from './support/fake-server.js'
import { openClient } from './support/open-client.js'
import { installLocks, SharedStorage } from './support/tabs.js'

const refreshes = (server: FakeServer) => server.calls.filter(({ path }) => path === '/sessions/refresh').length

describe('sessions', () => {
  it('[SDK10] signing up or in stores the session, and the next client starts with it', async () => {
    await using server = await FakeServer.start()
    const storage = memoryStorage()
    await using first = openClient(server, undefined, { storage })
    const sessions: (StoredSession | null)[] = []
    first.on('session', (session) => sessions.push(session))
    const me = await first.auth.signUp({ handle: 'ann', name: 'Ann', password: 'long enough' })
    expect(first.me).to.deep.equal(me)
    await using second = openClient(server, undefined, { storage })
    await second.ready()
    expect(second.me?.handle).to.equal('ann')
    expect(sessions.at(-1)?.me.handle).to.equal('ann')
  })

  it('[SDK11] many calls with an expired token make one refresh', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'ann')
    await client.ready()
    server.expireTokens()
    await Promise.all(Array.from({ length: 8 }, () => client.timeline('home')))
    expect(refreshes(server)).to.equal(1)
  })

  it('[SDK11] a token about to expire is refreshed before it is sent', async () => {
    await using server = await FakeServer.start()
    server.accessTtlMs = 3_000
    await using client = openClient(server, 'ann')
    server.accessTtlMs = 900_000
    await client.timeline('home')
    expect(server.calls.map(({ path }) => path)).to.deep.equal(['/sessions/refresh', '/feeds/home'])
  })

  it('[SDK12] tabs refresh one at a time: the second finds what the first has stored', async () => {
    await using server = await FakeServer.start()
    using locks = installLocks()
    const shared = new SharedStorage(server.session('ann'))
    await using one = openClient(server, undefined, { storage: shared.tab() })
    await using two = openClient(server, undefined, { storage: shared.tab() })
    await Promise.all([one.ready(), two.ready()])
    server.expireTokens()
    await Promise.all([one.timeline('home'), two.timeline('home')])
    expect(refreshes(server)).to.equal(1)
    expect(locks.names).to.include('test.refresh')
  })

  it('[SDK12] without locks a spent refresh token that another tab has replaced ends nothing', async () => {
    await using server = await FakeServer.start()
    const shared = new SharedStorage(server.session('ann'))
    await using one = openClient(server, undefined, { storage: shared.tab() })
    await using two = openClient(server, undefined, { storage: shared.tab() })
    await Promise.all([one.ready(), two.ready()])
    server.expireTokens()
    server.fault = async ({ path }) => {
      if (path === '/sessions/refresh') await new Promise((done) => setTimeout(done, 20))
      return undefined
    }
    await Promise.all([one.timeline('home'), two.timeline('home')])
    expect(one.me?.handle).to.equal('ann')
    expect(two.me?.handle).to.equal('ann')
  })

  it('[SDK13] a session ended elsewhere signs out, once, and everything of it closes', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'ann')
    const view = client.view('home')
    await eventually(() => view.getSnapshot().live)
    const reasons: string[] = []
    client.on('signed-out', ({ reason }) => reasons.push(reason))
    server.endSessions()
    const errors = await Promise.all(
      [1, 2].map(async () => await client.users.get('ann').catch((error: unknown) => error)),
    )
    for (const error of errors) expect(error).to.have.property('status', 401)
    expect(client.me).to.equal(null)
    expect(view.getSnapshot().error).to.include({ code: 'session_ended' })
    expect(reasons).to.deep.equal(['session_ended'])
    await eventually(() => server.live.size === 0)
  })

  it('[SDK13] a refresh that cannot reach the server signs nobody out', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'ann')
    await client.ready()
    server.expireTokens()
    server.fault = ({ path }) => (path === '/sessions/refresh' ? 'drop' : undefined)
    const error = await client.timeline('home').then(
      () => null,
      (cause: unknown) => cause,
    )
    expect(error).to.include({ code: 'unavailable' })
    expect(client.me?.handle).to.equal('ann')
    server.fault = () => undefined
    expect((await client.timeline('home')).items).to.deep.equal([])
  })

  it('[SDK14] signing out in one tab signs out the others; a refresh of another tab is taken over', async () => {
    await using server = await FakeServer.start()
    const shared = new SharedStorage(server.session('ann'))
    await using one = openClient(server, undefined, { storage: shared.tab() })
    await using two = openClient(server, undefined, { storage: shared.tab() })
    await Promise.all([one.ready(), two.ready()])
    server.expireTokens()
    await one.timeline('home')
    await two.timeline('home')
    expect(refreshes(server)).to.equal(1)
    const reasons: string[] = []
    two.on('signed-out', ({ reason }) => reasons.push(reason))
    one.on('signed-out', ({ reason }) => reasons.push(`one: ${reason}`))
    await one.auth.signOut()
    await eventually(() => reasons.length > 0)
    expect(two.me).to.equal(null)
    expect(reasons).to.deep.equal(['signed_out'])
  })

  it('[SDK14] signing out works without the server', async () => {
    await using server = await FakeServer.start()
    const shared = new SharedStorage(server.session('ann'))
    await using client = openClient(server, undefined, { storage: shared.tab() })
    await client.ready()
    server.fault = () => 'drop'
    await client.auth.signOut()
    expect(client.me).to.equal(null)
    expect(shared.held).to.equal(null)
  })

  it('[SDK15] while connected the token is refreshed before it expires and told to the live socket', async () => {
    await using server = await FakeServer.start()
    const delays: number[] = []
    const hasty = {
      ...realEnv,
      after(ms: number, run: () => void) {
        delays.push(ms)
        return realEnv.after(ms > 100_000 ? 50 : ms, run)
      },
    }
    await using client = openClient(server, 'ann', {}, hasty)
    await client.subscribe('home').ready
    await eventually(() => server.asked.some(({ event }) => event === 'refresh'))
    expect(refreshes(server)).to.be.at.least(1)
    expect(delays.find((ms) => ms > 100_000)).to.be.within(810_000, 840_000)
    expect(client.connection.status).to.equal('live')
    expect(server.connects).to.have.length(1)
  })

  it('[SDK16] a token from elsewhere is asked for when missing and when refused', async () => {
    await using server = await FakeServer.start()
    const whys: string[] = []
    const token = async (why: string) => {
      whys.push(why)
      return server.session('bot').accessToken
    }
    await using client = openClient(server, undefined, { token })
    await client.ready()
    expect(client.me?.handle).to.equal('bot')
    server.expireTokens()
    await client.timeline('home')
    expect(whys).to.deep.equal(['initial', 'expired'])
    await client.subscribe('home').ready
  })

  it('[SDK16] useRefreshToken signs a program in', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const me = await client.auth.useRefreshToken(server.session('bot').refreshToken)
    expect(me.handle).to.equal('bot')
  })

  it('[SDK17] a clock that is wrong does not make every token look expired', async () => {
    await using server = await FakeServer.start()
    const aheadMs = 3_600_000
    const jwt = (iat: number) => `h.${btoa(JSON.stringify({ iat, exp: iat + 900 }))}.s`
    server.fault = ({ path }) => {
      if (path !== '/sessions') return undefined
      const { me, tokens } = server.signed(server.world.person('ann').id)
      const issued = Date.now() - aheadMs
      const accessToken = jwt(Math.floor(issued / 1_000))
      return { status: 201, body: { me, tokens: { ...tokens, accessToken, accessExpiresAtMs: issued + 900_000 } } }
    }
    await using client = openClient(server)
    await client.auth.signIn({ handle: 'ann', password: 'x' })
    server.fault = ({ path }) => (path === '/trends' ? { status: 200, body: { items: [] } } : undefined)
    await client.trends()
    expect(refreshes(server)).to.equal(0)
  })

  it('[SDK18] browserStorage survives nonsense and forgets with the page where there is no localStorage', async () => {
    expect(await browserStorage().load()).to.equal(null)
    const held = new Map<string, string>([['skein.session', '{"me":1}']])
    const localStorage = {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    }
    Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true })
    try {
      await using server = await FakeServer.start()
      const storage = browserStorage()
      expect(await storage.load()).to.equal(null)
      const session = server.session('ann')
      await storage.save(session)
      expect(await browserStorage().load()).to.deep.equal(session)
      await storage.save(null)
      expect(held.size).to.equal(0)
    } finally {
      Reflect.deleteProperty(globalThis, 'localStorage')
    }
  })
})
