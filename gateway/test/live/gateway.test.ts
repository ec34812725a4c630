import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError, Handle, type LogEvent } from '@skein/contracts'
import { createSqliteEventLog, createWindow, type WindowOptions } from '@skein/event-log'
import { createEndedSessions, silentLogger, systemClock, systemRandom } from '@skein/platform'
import { eventually } from '@skein/platform/testing'
import { tempSqlite } from '@skein/platform/testing/sqlite'
import { expect } from 'chai'
import { io, type Socket } from 'socket.io-client'
import { createLive, type Live } from '../../src/live/create-live.js'
import type { LiveConfig, LiveDeps } from '../../src/live/deps.js'
import { noMetrics, post, posted, user, type Seen } from './support.js'

const config: LiveConfig = {
  origins: ['https://app.example'],
  maxSockets: 100,
  maxSocketsPerIp: 100,
  maxSocketsPerUser: 3,
  callBurst: 40,
  callsPerSecond: 10,
  openFeedPostsPerSecond: 20,
  windowMaxEntries: 1_000,
  windowMaxBytes: 1_000_000,
  trustProxy: false,
  drainGraceMs: 50,
}

type Token = { userId: string; sessionId: string; expiresAtMs: number }
type Reply = {
  ok: boolean
  cursor?: string
  error?: { code: string; requestId: string; fields?: Record<string, string> }
}

/** A live gateway over a real log and real sockets; people follow whom `follows` says, tokens are what `tokens` says. */
async function openGateway(more: Partial<LiveConfig> = {}) {
  const db = await tempSqlite()
  const log = await createSqliteEventLog({ db, lanes: 1, maxEntries: 10_000, clock: systemClock, pollMs: 20 })
  const http = createServer()
  const tokens = new Map<string, Token>()
  const follows = new Map<string, string[]>()
  const ended = createEndedSessions({ clock: systemClock })
  const deps = {
    openWindow: (options: WindowOptions) => createWindow(log, { ...options, clock: systemClock }),
    lanes: 1,
    account: {
      edges: {
        viewers: async ({ userIds }: { userIds: string[] }) => ({
          items: userIds.map((userId) => ({
            userId,
            follows: (follows.get(userId) ?? []).map((id) => ({ id, rev: 1 })),
            blocking: [],
            blockedBy: [],
            mutes: [],
          })),
        }),
      },
      users: {
        cards: async ({ ids }: { ids: string[] }) => ({
          items: ids.map((id) => ({ id, handle: Handle.parse('someone'), name: id })),
        }),
        byHandles: async ({ handles }: { handles: string[] }) => ({
          items: handles.includes('two') ? [{ id: user(2), handle: 'two', name: 'Two' }] : [],
        }),
      },
      sessions: { ended: async () => ({ items: [] }) },
    },
    post: { posts: { byIds: async ({ ids }: { ids: string[] }) => ({ items: ids.filter((id) => id === post(1)) }) } },
    verifier: {
      verify: async (accessToken: string) => {
        const token = tokens.get(accessToken)
        if (token === undefined) throw new AppError('unauthenticated')
        if (ended.has(token.sessionId)) throw new AppError('session_ended')
        return {
          actor: { userId: token.userId, sessionId: token.sessionId, handle: 'h', role: 'user' },
          expiresAtMs: token.expiresAtMs,
        }
      },
    },
    ended,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    metrics: noMetrics,
  } as unknown as LiveDeps
  const live: Live = createLive(http, { ...config, ...more }, deps)
  await live.start()
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const { port } = http.address() as AddressInfo
  const sockets: Client[] = []
  return {
    live,
    log,
    tokens,
    follows,
    append: (...events: LogEvent[]) => log.append(events),
    token(name: string, who: number, livesMs = 60_000) {
      tokens.set(name, {
        userId: user(who),
        sessionId: `01S0000000000000000000000${who}`,
        expiresAtMs: Date.now() + livesMs,
      })
      return name
    },
    client(auth: object, headers: Record<string, string> = {}) {
      const client = new Client(
        io(`http://127.0.0.1:${port}`, {
          transports: ['websocket'],
          reconnection: false,
          forceNew: true,
          auth,
          extraHeaders: headers,
        }),
      )
      sockets.push(client)
      return client
    },
    async [Symbol.asyncDispose]() {
      for (const client of sockets) client.socket.close()
      await live.close()
      await log.close()
      await db[Symbol.asyncDispose]()
    },
  }
}

class Client {
  readonly socket: Socket
  readonly events: Seen[] = []
  refusal: { code?: string; requestId?: string } | null = null
  refused = false
  gone: string | null = null

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('events', (events: Seen[]) => void this.events.push(...events))
    socket.on('connect_error', (error: Error & { data?: { code: string; requestId: string } }) => {
      this.refused = true
      this.refusal = error.data ?? null
    })
    socket.on('disconnect', (reason) => (this.gone = reason))
  }
  async open(): Promise<this> {
    await eventually(() => expect(this.socket.connected).to.equal(true))
    return this
  }
  call(event: string, input: unknown): Promise<Reply> {
    return this.socket.timeout(8_000).emitWithAck(event, input) as Promise<Reply>
  }
  of(type: string): Seen[] {
    return this.events.filter((event) => event.type === type)
  }
}

describe('a live gateway', () => {
  it('[LIV14] refuses a foreign Origin, and takes a listed one, its own and none', async () => {
    await using gateway = await openGateway()
    const foreign = gateway.client({}, { origin: 'https://evil.example' })
    await eventually(() => expect(foreign.refused).to.equal(true))
    await gateway.client({}, { origin: 'https://app.example' }).open()
    await gateway.client({}).open()
  })

  it('[LIV14] refuses a bad token, an unknown field and too many sockets, each with an error of the table', async () => {
    await using gateway = await openGateway()
    const bad = gateway.client({ accessToken: 'nonsense' })
    const odd = gateway.client({ accessToken: gateway.token('t', 1), admin: true })
    await eventually(() => expect([bad.refusal?.code, odd.refusal?.code]).to.deep.equal(['unauthenticated', 'invalid']))
    expect(bad.refusal?.requestId).to.match(/^\w{8,}$/)
    for (let i = 0; i < 3; i++) await gateway.client({ accessToken: 't' }).open()
    const fourth = gateway.client({ accessToken: 't' })
    await eventually(() => expect(fourth.refusal?.code).to.equal('limit_reached'))
  })

  it('[LIV20] anonymous readers get the open feeds, and unauthenticated for the others', async () => {
    await using gateway = await openGateway()
    const client = await gateway.client({}).open()
    for (const feed of ['public', 'user:two', 'tag:geese', `thread:${post(1)}`])
      expect((await client.call('subscribe', { feed })).ok, feed).to.equal(true)
    for (const feed of ['home', 'notifications'])
      expect((await client.call('subscribe', { feed })).error?.code, feed).to.equal('unauthenticated')
    for (const feed of ['user:nobody', `thread:${post(9)}`])
      expect((await client.call('subscribe', { feed })).error?.code, feed).to.equal('not_found')
  })

  it('[LIV2] resumes over real sockets from the cursor it was given', async () => {
    await using gateway = await openGateway()
    gateway.follows.set(user(1), [user(2)])
    const accessToken = gateway.token('t', 1)
    const first = await gateway.client({ accessToken }).open()
    const { cursor } = await first.call('subscribe', { feed: 'home' })
    first.socket.close()
    await gateway.append(posted(1, 2), posted(2, 3), posted(3, 2))
    const second = await gateway.client({ accessToken }).open()
    await second.call('subscribe', { feed: 'home', from: cursor })
    await eventually(() => expect(second.of('caught-up')).to.have.length(1))
    expect(second.events.map((event) => event.type)).to.deep.equal(['post', 'post', 'caught-up'])
  })

  it('[LIV6] frames of every length arrive as they were written, at everyone who shares them', async () => {
    await using gateway = await openGateway()
    const readers = [await gateway.client({}).open(), await gateway.client({}).open()]
    for (const reader of readers) await reader.call('subscribe', { feed: 'public' })
    const texts = ['short', 'é'.repeat(400), '🪿'.repeat(30_000)]
    for (const [i, text] of texts.entries()) {
      await gateway.append(posted(i + 1, 2, { text }))
      await eventually(() => expect(readers.map((reader) => reader.of('post').length)).to.deep.equal([i + 1, i + 1]))
    }
    for (const reader of readers) {
      expect(reader.of('post').map((event) => (event['item'] as { post: { text: string } }).post.text)).to.deep.equal(
        texts,
      )
    }
  })

  it('[LIV3] a cursor of another epoch gets gap; one that is none is bad_cursor', async () => {
    await using gateway = await openGateway()
    const client = await gateway.client({}).open()
    expect((await client.call('subscribe', { feed: 'public', from: 's1.other-5' })).ok).to.equal(true)
    await eventually(() => expect(client.of('gap').map((event) => event['reason'])).to.deep.equal(['epoch']))
    expect((await client.call('subscribe', { feed: 'public', from: 'rubbish' })).error?.code).to.equal('bad_cursor')
  })

  it('[LIV4] a cursor that is ahead waits for the log to get there', async () => {
    await using gateway = await openGateway()
    const client = await gateway.client({}).open()
    const { cursor = '' } = await client.call('subscribe', { feed: 'public' })
    const ahead = cursor.replace(/-0$/, '-2')
    const waiting = client.call('subscribe', { feed: 'tag:x', from: ahead })
    await gateway.append(posted(1, 2), posted(2, 2))
    expect(await waiting).to.deep.equal({ ok: true, cursor: ahead })
    await eventually(() => expect(client.of('caught-up')).to.have.length(1))
  })

  it('[LIV15] closes when the token ends; a refresh by the same person keeps it, another person’s token does not', async () => {
    await using gateway = await openGateway()
    const short = await gateway.client({ accessToken: gateway.token('short', 1, 400) }).open()
    const kept = await gateway.client({ accessToken: gateway.token('kept', 2, 400) }).open()
    expect((await kept.call('refresh', { accessToken: gateway.token('other', 3) })).error?.code).to.equal('forbidden')
    expect((await kept.call('refresh', { accessToken: gateway.token('longer', 2) })).ok).to.equal(true)
    await eventually(() => expect(short.gone).to.not.equal(null))
    expect(short.of('close').map((event) => event['reason'])).to.deep.equal([4100])
    expect(kept.gone).to.equal(null)
  })

  it('[LIV16] an ended session’s sockets close at once and are told to stay away; the person’s other session lives', async () => {
    await using gateway = await openGateway()
    const out = await gateway.client({ accessToken: gateway.token('out', 1) }).open()
    await out.call('subscribe', { feed: 'home' })
    gateway.tokens.set('else', { userId: user(1), sessionId: 'another', expiresAtMs: Date.now() + 60_000 })
    const stays = await gateway.client({ accessToken: 'else' }).open()
    const sessionId = gateway.tokens.get('out')?.sessionId ?? ''
    await gateway.append({
      id: `session:${sessionId}@1`,
      entity: `session:${sessionId}`,
      kind: 'session',
      subject: user(1),
      rev: 1,
      atMs: Date.now(),
      sessionId,
      userId: user(1),
      reason: 'signed_out',
      untilMs: Date.now() + 60_000,
    } as LogEvent)
    await eventually(() => expect(out.gone).to.equal('io server disconnect'))
    expect(out.of('close').map((event) => event['reason'])).to.deep.equal([4200])
    expect(stays.gone).to.equal(null)
    const again = gateway.client({ accessToken: 'out' })
    await eventually(() => expect(again.refusal?.code).to.equal('session_ended'))
  })

  it('[LIV17] wrong shapes get an error that names the field; twenty of them close the socket', async () => {
    await using gateway = await openGateway()
    const client = await gateway.client({}).open()
    const wrong: [string, unknown][] = [
      ['subscribe', null],
      ['subscribe', { feed: { $gt: '' } }],
      ['subscribe', { feed: 'public', extra: 1 }],
      ['subscribe', { feed: 'x'.repeat(200) }],
      ['subscribe', JSON.parse('{"feed":"public","__proto__":{"a":1}}')],
      ['refresh', { accessToken: 5 }],
      ['publish', { text: 'hello' }],
    ]
    for (const [event, input] of wrong) {
      const { ok, error } = await client.call(event, input)
      expect([ok, error?.code], JSON.stringify(input)).to.deep.equal([false, 'invalid'])
      expect(error?.requestId).to.match(/^\w{8,}$/)
    }
    for (let i = 0; i < 14; i++) client.socket.emit('nothing', i)
    await eventually(() => expect(client.gone).to.not.equal(null))
    expect(client.of('close').map((event) => event['reason'])).to.deep.equal([4201])
  })

  it('[LIV17] calls above the rate are refused with the time to wait', async () => {
    await using gateway = await openGateway({ callBurst: 3, callsPerSecond: 1 })
    const client = await gateway.client({}).open()
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) => client.call('subscribe', { feed: `tag:t${i}` })),
    )
    expect(replies.map(({ ok, error }) => (ok ? 'ok' : error?.code))).to.deep.equal([
      'ok',
      'ok',
      'ok',
      'rate_limited',
      'rate_limited',
      'rate_limited',
    ])
  })

  it('[LIV17] who goes on calling above the rate is closed, and may come back', async () => {
    await using gateway = await openGateway({ callBurst: 1, callsPerSecond: 1 })
    const client = await gateway.client({}).open()
    for (let i = 0; i < 30; i++) client.call('subscribe', { feed: `tag:t${i}` }).catch(() => undefined)
    await eventually(() => expect(client.gone).to.not.equal(null))
    expect(client.of('close').map((event) => event['reason'])).to.deep.equal([4003])
  })

  it('[LIV18] drain tells every socket to come back, gives its cursor, and takes no new one', async () => {
    await using gateway = await openGateway()
    const clients = await Promise.all([1, 2, 3].map(() => gateway.client({}).open()))
    for (const client of clients) await client.call('subscribe', { feed: 'public' })
    await gateway.live.drain()
    await eventually(() =>
      expect(clients.map((client) => client.gone)).to.deep.equal([
        'transport close',
        'transport close',
        'transport close',
      ]),
    )
    for (const client of clients) expect(client.events.map((event) => event.type)).to.deep.equal(['cursor', 'close'])
    const late = gateway.client({})
    await eventually(() => expect(late.refused).to.equal(true))
  })
})
