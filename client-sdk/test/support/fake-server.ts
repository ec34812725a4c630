import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import type { FeedName, StoredSession } from '../../src/types.js'
import { paged, World, type PageAt } from './world.js'

/*
 * The protocol over the model, on a real port, able to misbehave in every way a client must survive.
 */

interface Sub {
  position: number
  /** Behind: it is sent what it missed first. */
  behind: boolean
}
interface Live {
  socket: Socket
  reader: string | null
  token: string | null
  subs: Map<FeedName, Sub>
}
export interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  headers: IncomingMessage['headers']
  reader: string | null
}
/** `drop`: no answer at all. `lose`: done, but the answer is lost. */
export type Fault =
  | 'drop'
  | 'lose'
  | { status: number; body: Record<string, unknown>; headers?: Record<string, string> }

class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  constructor(status: number, code: string, more: Record<string, unknown> = {}) {
    super(code)
    this.status = status
    this.body = errorBody(code, more)
  }
}

export function errorBody(code: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const retryable = ['rate_limited', 'unavailable', 'overloaded', 'delayed', 'deadline'].includes(code)
  return { code, message: `test: ${code}`, retryable, requestId: 'r-1', remedy: 'none', ...more }
}

export class FakeServer {
  readonly world = new World()
  readonly calls: Call[] = []
  readonly connects: Record<string, unknown>[] = []
  /** What was asked over sockets, in order. */
  readonly asked: { event: string; feed?: string; from?: string; accessToken?: string }[] = []
  /** Looked at before each HTTP call. */
  fault: (call: Call) => Fault | undefined | Promise<Fault | undefined> = () => undefined
  /** Looked at at each handshake: an ErrorBody refuses it. */
  refuse: (auth: Record<string, unknown>) => Record<string, unknown> | undefined = () => undefined
  /** Looked at at each acknowledged call; 'silent' gives no answer. */
  socketFault: (event: string, payload: Record<string, unknown>) => Record<string, unknown> | 'silent' | undefined =
    () => undefined
  accessTtlMs = 900_000
  readonly #access = new Map<string, { reader: string; expiresAtMs: number; session: string }>()
  readonly #refresh = new Map<string, { reader: string; session: string; spent: boolean }>()
  readonly #keys = new Map<string, string>()
  readonly #passwords = new Map<string, string>()
  readonly live = new Set<Live>()
  readUpTo: string | null = null
  #tokens = 0
  #http: HttpServer
  #io: Server
  url = ''

  private constructor() {
    this.#http = createServer((req, res) => void this.#serve(req, res))
    this.#io = this.#listenLive()
    this.world.onAppend = () => this.#deliver()
  }

  static async start(): Promise<FakeServer> {
    const server = new FakeServer()
    await server.listen(0)
    return server
  }
  async listen(port: number): Promise<void> {
    await new Promise<void>((done) => this.#http.listen(port, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }
  /** The process dies; `listen` brings it back on the same port. */
  async stop(): Promise<number> {
    const { port } = this.#http.address() as AddressInfo
    this.#io.engine.removeAllListeners()
    for (const { socket } of this.live) socket.conn.close()
    this.live.clear()
    await this.#io.close()
    this.#http.closeAllConnections()
    this.#http = createServer((req, res) => void this.#serve(req, res))
    this.#io = this.#listenLive()
    return port
  }
  async close(): Promise<void> {
    for (const { socket } of this.live) socket.conn.close()
    await this.#io.close()
    this.#http.closeAllConnections()
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Cuts every socket without a word. */
  cut(): void {
    for (const { socket } of this.live) socket.conn.close()
  }
  /** Says why and closes, as the gateway does. */
  closeAll(reason: number, retryAfterMs = 0): void {
    for (const { socket } of this.live) {
      socket.emit('events', [{ type: 'close', reason, retryAfterMs }])
      if (reason < 4_100) socket.conn.close()
      else socket.disconnect(true)
    }
  }
  push(events: unknown[]): void {
    for (const { socket } of this.live) socket.emit('events', events)
  }
  forgetWindow(): void {
    this.world.windowStart = this.world.head
  }
  expireTokens(): void {
    for (const token of this.#access.values()) token.expiresAtMs = 0
  }
  endSessions(): void {
    this.#access.clear()
    this.#refresh.clear()
  }
  subscribed(feed: FeedName): number {
    return [...this.live].filter(({ subs }) => subs.has(feed)).length
  }

  signed(
    reader: string,
    session = `s${(this.#tokens += 1)}`,
  ): { me: object; tokens: StoredSession & { refreshExpiresAtMs: number } } {
    this.#tokens += 1
    const accessToken = `access-${this.#tokens}`
    const refreshToken = `refresh-${this.#tokens}`
    const accessExpiresAtMs = Date.now() + this.accessTtlMs
    this.#access.set(accessToken, { reader, expiresAtMs: accessExpiresAtMs, session })
    this.#refresh.set(refreshToken, { reader, session, spent: false })
    const card = this.world.people.get(reader) ?? this.world.person('nobody')
    const me = { ...card, bio: '', createdAtMs: 1, role: 'user' as const }
    return {
      me,
      tokens: { me, sessionId: session, accessToken, accessExpiresAtMs, refreshToken, refreshExpiresAtMs: 0 },
    }
  }
  /** A session as the SDK stores it. */
  session(handle: string): StoredSession {
    const { me, tokens } = this.signed(this.world.person(handle).id)
    const { sessionId, accessToken, accessExpiresAtMs, refreshToken } = tokens
    return { me: me as StoredSession['me'], sessionId, accessToken, accessExpiresAtMs, refreshToken }
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://x')
    let text = ''
    for await (const chunk of req) text += String(chunk)
    const call: Call = {
      method: req.method ?? '',
      path: url.pathname.replace(/^\/v1/, ''),
      query: url.searchParams,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      headers: req.headers,
      reader: null,
    }
    this.calls.push(call)
    const fault = await this.fault(call)
    if (fault === 'drop') return void req.socket.destroy()
    const answer = typeof fault === 'object' ? fault : await this.#answer(call)
    if (fault === 'lose') return void req.socket.destroy()
    const headers = 'headers' in answer && answer.headers !== undefined ? answer.headers : {}
    res.writeHead(answer.status, { 'content-type': 'application/json', ...headers })
    res.end(JSON.stringify(answer.body))
  }

  async #answer(call: Call): Promise<{ status: number; body: unknown }> {
    try {
      call.reader = this.#reader(call.headers.authorization)
      return { status: call.method === 'POST' ? 201 : 200, body: this.#route(call) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, body: error.body }
    }
  }

  #reader(header: string | undefined): string | null {
    if (header === undefined) return null
    const known = this.#access.get(header.replace('Bearer ', ''))
    if (known === undefined || known.expiresAtMs <= Date.now()) throw new Refusal(401, 'unauthenticated')
    return known.reader
  }

  #route(call: Call): unknown {
    const { world } = this
    const { method, path, query, body } = call
    const [, first = '', second = '', third = ''] = path.split('/').map(decodeURIComponent)
    const reader = call.reader
    const me = () => {
      if (reader === null) throw new Refusal(401, 'unauthenticated')
      return reader
    }
    const handleOf = (id: string) => world.people.get(id)?.handle ?? ''
    const at: PageAt = {
      limit: query.has('limit') ? Number(query.get('limit')) : undefined,
      before: query.get('before') ?? undefined,
      after: query.get('after') ?? undefined,
      replies: query.get('replies') ?? undefined,
    }
    switch (`${method} ${first}`) {
      case 'GET info':
        return { name: 'Fake', version: '0', wireVersion: 1, people: 0, postMaxGraphemes: 1000, signUpOpen: true }
      case 'POST accounts':
        this.#passwords.set(String(body['handle']), String(body['password']))
        return this.signed(world.person(String(body['handle'])).id)
      case 'POST sessions': {
        if (second === 'refresh') return this.#rotate(String(body['refreshToken']))
        if (this.#passwords.get(String(body['handle'])) !== body['password'])
          throw new Refusal(401, 'wrong_credentials')
        return this.signed(world.person(String(body['handle'])).id)
      }
      case 'GET sessions':
        return { items: [] }
      case 'DELETE sessions':
        return { done: true, ended: 1 }
      case 'GET me':
        return { ...world.people.get(me()), bio: '', createdAtMs: 1, role: 'user' }
      case 'PATCH me':
        return Object.assign({}, world.people.get(me()), { bio: '', createdAtMs: 1, role: 'user' }, body)
      case 'PUT users':
      case 'DELETE users':
        if (third === 'follow' || third === 'block') world.relate(third, handleOf(me()), second, method === 'PUT')
        return { following: true, followedBy: false, blocking: false, blockedBy: false, muting: false }
      case 'POST posts':
        return this.#create(call, handleOf(me()))
      case 'GET posts':
        if (second !== '') return world.shown(this.#known(second), reader)
        return {
          items: (query.get('ids') ?? '')
            .split(',')
            .filter((id) => world.posts.has(id))
            .map((id) => world.shown(id, reader)),
        }
      case 'PATCH posts':
        world.edit(this.#known(second), String(body['text']))
        return world.shown(second, me())
      case 'PUT posts':
      case 'DELETE posts':
        if (third === '') world.delete(this.#known(second))
        else if (third === 'like') world.like(handleOf(me()), this.#known(second), method === 'PUT')
        else if (third === 'repost') world.repost(handleOf(me()), this.#known(second), method === 'PUT')
        return third === '' ? { done: true } : world.shown(second, me())
      case 'PUT feeds':
        this.readUpTo = String(body['upTo'])
        this.push([{ type: 'read', upTo: this.readUpTo }])
        return { upTo: this.readUpTo }
      case 'GET feeds':
        return this.#feed(second, third, reader, at)
      default:
        throw new Refusal(404, 'not_found')
    }
  }

  #feed(kind: string, key: string, reader: string | null, at: PageAt): unknown {
    const { world } = this
    if ((kind === 'home' || kind === 'notifications') && reader === null) throw new Refusal(401, 'unauthenticated')
    if (kind === 'threads') return world.thread(this.#known(key), reader, at)
    if (kind === 'users') return world.page(`user:${key}`, reader, at)
    if (kind === 'tags') return world.page(`tag:${key}`, reader, at)
    if (kind !== 'notifications' || reader === null) return world.page(kind as FeedName, reader, at)
    const all = world.notifications(reader)
    const unread = all.filter(({ id }) => id > (this.readUpTo ?? '')).length
    return { ...paged(all, at), cursor: world.cursor(), readUpTo: this.readUpTo, unread }
  }

  #known(postId: string): string {
    if (!this.world.posts.has(postId)) throw new Refusal(404, 'not_found')
    return postId
  }

  #create({ body, headers }: Call, handle: string): unknown {
    const key = `${handle} ${String(headers['idempotency-key'])}`
    const text = String(body['text'])
    if (text === '') throw new Refusal(400, 'invalid', { fields: { text: 'must not be empty' } })
    const held = this.#keys.get(key)
    const reader = this.world.person(handle).id
    if (held !== undefined) return this.world.shown(held, reader)
    const extra = {
      ...(typeof body['replyTo'] === 'string' ? { replyTo: body['replyTo'] } : {}),
      ...(typeof body['quoteOf'] === 'string' ? { quoteOf: body['quoteOf'] } : {}),
    }
    const post = this.world.post(handle, text, extra)
    this.#keys.set(key, post.id)
    return this.world.shown(post.id, reader)
  }

  #rotate(refreshToken: string): unknown {
    const held = this.#refresh.get(refreshToken)
    if (held === undefined || held.spent) throw new Refusal(401, 'session_ended')
    held.spent = true
    return this.signed(held.reader, held.session)
  }

  #listenLive(): Server {
    const io = new Server(this.#http, { transports: ['websocket'], pingInterval: 5_000, pingTimeout: 4_000 })
    io.use((socket, next) => {
      const auth = socket.handshake.auth as Record<string, unknown>
      this.connects.push(auth)
      const known = this.#access.get(String(auth['accessToken']))
      const isBad = auth['accessToken'] !== undefined && (known === undefined || known.expiresAtMs <= Date.now())
      const refused = this.refuse(auth) ?? (isBad ? errorBody('unauthenticated') : undefined)
      next(refused === undefined ? undefined : Object.assign(new Error('refused'), { data: refused }))
    })
    io.on('connection', (socket) => this.#connected(socket))
    return io
  }

  #connected(socket: Socket): void {
    const token = (socket.handshake.auth as { accessToken?: string }).accessToken ?? null
    const live: Live = { socket, token, reader: this.#access.get(token ?? '')?.reader ?? null, subs: new Map() }
    this.live.add(live)
    socket.on('disconnect', () => this.live.delete(live))
    for (const event of ['subscribe', 'unsubscribe', 'refresh']) {
      socket.on(event, (payload: Record<string, string>, ack: (reply: unknown) => void) => {
        this.asked.push({ event, ...payload })
        const fault = this.socketFault(event, payload)
        if (fault === 'silent') return
        ack(fault === undefined ? this.#ask(live, event, payload) : { ok: false, error: fault })
      })
    }
  }

  #ask(live: Live, event: string, { feed = '', from, accessToken = '' }: Record<string, string>): unknown {
    const name = feed as FeedName
    if (event === 'refresh') {
      live.token = accessToken
      return this.#access.has(accessToken) ? { ok: true } : { ok: false, error: errorBody('unauthenticated') }
    }
    if (event === 'unsubscribe') {
      live.subs.delete(name)
      return { ok: true }
    }
    if ((name === 'home' || name === 'notifications') && live.reader === null)
      return { ok: false, error: errorBody('unauthenticated') }
    const sub: Sub = { position: this.world.head, behind: false }
    const place = from === undefined ? sub.position : this.world.locate(from)
    if (place === null) return { ok: false, error: errorBody('bad_cursor') }
    live.subs.set(name, sub)
    if (from === undefined) return { ok: true, cursor: this.world.cursor() }
    const cursor = this.world.cursor()
    sub.behind = typeof place === 'number'
    setImmediate(() => {
      if (typeof place !== 'number') {
        live.socket.emit('events', [{ type: 'gap', feeds: [name], cursor, reason: place }])
        return
      }
      if (live.subs.get(name) !== sub) return
      sub.behind = false
      sub.position = this.world.head
      const events = this.#eventsOf(live, name, place, sub.position, true)
      const caughtUp = { type: 'caught-up', feeds: [name], cursor: this.world.cursor(), replayed: events.length }
      live.socket.emit('events', [...events, caughtUp])
    })
    return { ok: true, cursor: typeof place === 'number' ? from : cursor }
  }

  #eventsOf(live: Live, feed: FeedName, from: number, to: number, replayed: boolean): object[] {
    const made: object[] = []
    for (let index = from; index < to; index += 1) {
      for (const body of this.world.events(index, feed, live.reader, replayed))
        made.push({ ...body, feeds: [feed], cursor: this.world.cursor(index + 1) })
    }
    return made
  }

  #deliver(): void {
    for (const live of this.live) {
      for (const [feed, sub] of live.subs) {
        if (sub.behind) continue
        const events = this.#eventsOf(live, feed, sub.position, this.world.head, false)
        sub.position = this.world.head
        if (events.length > 0) live.socket.emit('events', events)
      }
    }
  }
}
