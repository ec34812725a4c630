import { createClient, type Client, type FeedView } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { Closing, password } from '../test/support/people.js'
import type { Chance } from '../test/support/random.js'
import { startAuthor, type Author } from './author.js'
import { listen, type Listener } from './listener.js'
import { startRestless, untilDone, type Restless } from './restless.js'

/** Somebody who reads home: as a program (what arrives, raw), and some as a page too (a view). */
export interface Reader {
  readonly id: string
  readonly handle: string
  readonly client: Client
  /** Handles followed from the beginning to the end. */
  readonly follows: readonly string[]
  readonly listener: Listener
  readonly view: FeedView | null
  /** Connections lost since the beginning. */
  readonly disconnects: number
}

export interface Joined {
  readonly id: string
  readonly handle: string
  readonly client: Client
}

/** Everybody in a scenario. */
export interface Crowd extends AsyncDisposable {
  readonly authors: readonly Author[]
  readonly readers: readonly Reader[]
  readonly restless: Restless
  readonly acknowledged: number
  readonly deliveries: number
  readonly gaps: number
  /** Somebody new, whose posts are to be looked for too. */
  admit(author: Author): void
  /** A client of a new account, closed with the crowd; over another address when given. */
  join(handle: string, url?: string): Promise<Joined>
  /** Closed with the crowd. */
  readonly closing: Closing
  /** Nobody posts, follows or likes any more; what is under way is finished. */
  hush(): Promise<void>
}

export interface CrowdOptions {
  readonly url: string
  readonly chance: Chance
  readonly name: string
  readonly authors: number
  readonly readers: number
  readonly followsEach: number
  /** How many of the readers keep a view open too. */
  readonly views: number
  readonly postsPerSecond: number
}

const together = 12
const reconnect = { minMs: 100, maxMs: 1_000 } as const

/** Signs everybody up, lets them follow and listen, and begins to post. */
export async function gather(options: CrowdOptions): Promise<Crowd> {
  const { url, chance, name, readers, followsEach, views, postsPerSecond } = options
  const closing = new Closing()
  const join = async (handle: string, through = url): Promise<Joined> => {
    const client = createClient({ url: through, reconnect })
    closing.add(client)
    const { id } = await untilDone(() => client.auth.signUp({ handle, name: handle, password }))
    return { id, handle, client }
  }
  const authors = await inTurns(options.authors, async (n) => ({ ...(await join(`a${n}_${name}`)), n }))
  const reading = await inTurns(readers, async (n): Promise<Reader> => {
    const person = await join(`r${n}_${name}`)
    const follows = new Set(
      Array.from({ length: followsEach }, (_, k) => authors[(n + k * 7) % authors.length]?.handle ?? ''),
    )
    for (const handle of follows) await untilDone(() => person.client.users.follow(handle, true))
    await untilDone(async () => await person.client.timeline('home', { limit: 20 }))
    const view = n < views ? person.client.view('home', { autoShow: true, onGap: 'fill' }) : null
    if (view !== null) await eventually(() => view.getSnapshot().live, 60_000)
    let disconnects = 0
    let isLive = true
    const listener = await listen(person.client)
    person.client.on('connection', ({ status }) => {
      if (isLive && status === 'offline') disconnects += 1
      isLive = status === 'live' || (isLive && status !== 'offline')
    })
    return {
      ...person,
      follows: [...follows],
      listener,
      view,
      get disconnects() {
        return disconnects
      },
    }
  })
  const everyMs = (1_000 * authors.length) / postsPerSecond
  const posting = authors.map((person) => startAuthor(person, chance, everyMs))
  const restless = startRestless(reading, posting, chance)
  return {
    authors: posting,
    readers: reading,
    restless,
    closing,
    admit: (author) => void posting.push(author),
    join,
    get acknowledged() {
      return posting.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
    },
    get deliveries() {
      return reading.reduce((sum, { listener }) => sum + listener.heard.length, 0)
    },
    get gaps() {
      return reading.reduce((sum, { listener }) => sum + listener.gaps.length, 0)
    },
    hush: async () => {
      await Promise.all([...posting.map((author) => author.stop()), restless.stop()])
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...posting.map((author) => author.abandon()), restless.stop()])
      await closing[Symbol.asyncDispose]()
    },
  }
}

/** Some at once, so that a small machine keeps up. */
export async function inTurns<T>(count: number, make: (n: number) => Promise<T>, atOnce = together): Promise<T[]> {
  const made: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      for (let n = next++; n < count; n = next++) made[n] = await make(n)
    }),
  )
  return made
}

/** Time until everybody's posts arrive again: each author has one acknowledged and heard that was begun since. */
export async function untilRight(crowd: Crowd, sinceMs: number, withinMs: number): Promise<number> {
  const { readers } = crowd
  const authors = crowd.authors.filter(({ isSteady }) => isSteady)
  await eventually(() => {
    const newest = new Map(authors.map(({ handle, sent }) => [handle, sent.findIndex((p) => isBack(p, sinceMs))]))
    if ([...newest.values()].includes(-1)) throw new Error('somebody cannot post yet')
    const deaf = readers.find(({ follows, listener }) =>
      follows.some((handle) => (listener.newest.get(handle) ?? -1) < (newest.get(handle) ?? 0)),
    )
    if (deaf === undefined) return
    const { follows, listener, handle, client } = deaf
    const unheard = follows.filter((author) => (listener.newest.get(author) ?? -1) < (newest.get(author) ?? 0))
    const { status } = client.connection
    throw new Error(`${handle}, ${listener.ended ?? status}, does not hear ${unheard.join()} yet`)
  }, withinMs)
  return performance.now() - sinceMs
}

const isBack = (post: { readonly fromMs: number; readonly id?: string }, sinceMs: number): boolean =>
  post.fromMs >= sinceMs && post.id !== undefined
