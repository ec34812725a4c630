import fc from 'fast-check'

/** What a hostile client says on a socket: an event and what goes with it. */
export interface HostileCall {
  readonly event: string
  readonly payload: readonly unknown[]
}

export interface HostileSocketWorld {
  /** Feeds of other people and posts, to be asked for. */
  readonly feeds: readonly string[]
  readonly cursors: readonly string[]
  readonly tokens: readonly string[]
}

const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
const withPrototype: unknown = JSON.parse('{"__proto__":{"ok":true},"feed":"public"}')

const wrong = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0.5, 1e308, '', ' ', [], {}, '__proto__', 'constructor', '\u0000', '\ud800'),
  fc.constantFrom<unknown>({ $gt: '' }, { $ne: null }, [{ $regex: '.*' }], withPrototype, { toString: 1 }),
  // Deeper ones are more than this client's own encoder takes: they are among `rawPackets`.
  fc.integer({ min: 5, max: 1_000 }).map(deep),
  // Four of them are still one message: what is larger costs the socket, and is among `rawPackets`.
  fc.integer({ min: 1_000, max: 12_000 }).map((size) => 'x'.repeat(size)),
  // Not empty: an empty attachment never ends its packet, which costs the sender the socket.
  fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  fc.jsonValue({ maxDepth: 3 }),
)

const feedNames = fc.constantFrom(
  'home',
  'public',
  'user:',
  'user:NOBODY',
  'user:__proto__',
  'tag:#x',
  'tag:',
  'thread:1',
  'thread:01KDVCC1C0D6E8B4QZ3M5N7P9R',
  'HOME',
  'home ',
  'user:a:b',
  'bookmarks',
  'search:x',
)
const cursors = fc.constantFrom(
  's1.',
  's1.x-',
  's1.x-1',
  's1.x--1',
  's1.x-zzzzzzzzzzz',
  's2.x-1',
  's1.a-1.b-1',
  '../..',
  'x'.repeat(1_025),
)

/** Calls of every event: right ones with one thing spoilt, and things that are no call at all. */
export function hostileCalls(world: HostileSocketWorld): fc.Arbitrary<HostileCall> {
  const feed = fc.oneof(feedNames, wrong, fc.constantFrom(...world.feeds))
  const from = fc.oneof(cursors, wrong, fc.constantFrom(...world.cursors))
  const token = fc.oneof(wrong, fc.constantFrom(...world.tokens))
  const extra = fc.constantFrom('__proto__', 'constructor', 'userId', 'role', '$where', 'from ')
  const subscribe = fc.oneof(
    feed.map((name) => ({ feed: name })),
    fc.tuple(feed, from).map(([name, cursor]) => ({ feed: name, from: cursor })),
    fc.tuple(feed, extra, wrong).map(([name, key, value]) => ({ feed: name, [key]: value })),
    wrong,
  )
  const refresh = fc.oneof(
    token.map((accessToken) => ({ accessToken })),
    fc.tuple(token, extra, wrong).map(([accessToken, key, value]) => ({ accessToken, [key]: value })),
    wrong,
  )
  const one = (event: string, payload: fc.Arbitrary<unknown>) => payload.map((said) => ({ event, payload: [said] }))
  const calls = fc.oneof(
    { weight: 5, arbitrary: one('subscribe', subscribe) },
    { weight: 2, arbitrary: one('unsubscribe', subscribe) },
    { weight: 2, arbitrary: one('refresh', refresh) },
    fc
      .tuple(fc.constantFrom('subscribe', 'unsubscribe', 'refresh'), fc.array(wrong, { maxLength: 4 }))
      .map(([event, payload]) => ({ event, payload })),
    fc
      .tuple(fc.constantFrom('events', 'post', '__proto__', 'toString', 'constructor', 'join', 'x'.repeat(999)), wrong)
      .map(([event, said]) => ({ event, payload: [said] })),
  )
  return calls.map(shown)
}

/** In reports: a line, however deep the payload. */
function shown(call: HostileCall): HostileCall {
  const line = `${call.event} ${JSON.stringify(call.payload).slice(0, 200)}`
  return Object.defineProperty({ ...call }, fc.toStringMethod, { value: () => line, enumerable: false })
}

/** Bytes that are no packet of the protocol, or too many of them. */
export const rawPackets: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '2["subscribe"',
    '2',
    '20["subscribe",{"feed":"home"}]x',
    '2[]',
    '2{}',
    '2["__proto__"]',
    '2/admin,["subscribe"]',
    '0/admin,',
    '0{}',
    '1',
    '3[]',
    '30["x"]',
    '4"oops"',
    '51-["subscribe",{"_placeholder":true,"num":0}]',
    '59-[]',
    '9',
    'x',
    '',
    '29007199254740993["subscribe",{"feed":"home"}]',
  ),
  fc.integer({ min: 70_000, max: 400_000 }).map((size) => `2["subscribe",{"feed":"${'x'.repeat(size)}"}]`),
  fc.integer({ min: 1, max: 20_000 }).map((depth) => `20["subscribe",${'['.repeat(depth)}${']'.repeat(depth)}]`),
  fc.string({ maxLength: 60 }),
)
