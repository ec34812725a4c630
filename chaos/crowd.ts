import { setTimeout as wait } from 'node:timers/promises'
import type { FeedView } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { collect, type Collected } from '../test/support/collect.js'
import { Closing, signUp, type Person } from '../test/support/people.js'
import type { Chance } from '../test/support/random.js'

/** Somebody who reads home: as a program (what arrives, raw) and as a page (a view), over one connection. */
export interface Reader {
  readonly person: Person
  readonly follows: readonly Person[]
  readonly heard: Collected
  readonly view: FeedView
}

/** Somebody who posts at a steady pace, one post after another, through every outage. */
export interface Author {
  readonly person: Person
  /** Texts whose sending has begun, in order. */
  readonly tried: string[]
  /** In order. What was tried and is not here has an unknown outcome. */
  readonly acknowledged: { readonly text: string; readonly id: string; readonly tookMs: number }[]
  stop(): Promise<void>
}

/** Everybody in a scenario. */
export interface Crowd extends AsyncDisposable {
  readonly authors: readonly Author[]
  readonly readers: readonly Reader[]
  readonly closing: Closing
  readonly acknowledged: number
  stopPosting(): Promise<void>
}

export interface CrowdOptions {
  readonly url: string
  readonly chance: Chance
  readonly authors: number
  readonly readers: number
  readonly followsEach: number
  readonly postsPerSecond: number
}

const together = 20
const patienceMs = 120_000

/** Signs everybody up, lets them follow and listen, and begins to post. */
export async function gather(options: CrowdOptions): Promise<Crowd> {
  const { url, chance, authors, readers, followsEach, postsPerSecond } = options
  const closing = new Closing()
  const name = chance.between(0, 1e6).toString(36)
  const people = await inTurns(authors, (n) => signUp(closing, url, `a${n}_${name}`))
  const reading = await inTurns(readers, async (n) => {
    const person = await signUp(closing, url, `r${n}_${name}`)
    const follows = Array.from({ length: followsEach }, (_, k) => people[(n + k * 7) % people.length] as Person)
    for (const { handle } of new Set(follows)) await person.client.users.follow(handle, true)
    const view = person.client.view('home', { autoShow: true, onGap: 'fill' })
    await eventually(() => view.getSnapshot().live, 30_000)
    return { person, follows: [...new Set(follows)], view, heard: await collect(person.client, 'home') }
  })
  const posting = people.map((person) => startAuthor(person, chance, (1_000 * authors) / postsPerSecond))
  return {
    authors: posting,
    readers: reading,
    closing,
    get acknowledged() {
      return posting.reduce((sum, author) => sum + author.acknowledged.length, 0)
    },
    stopPosting: async () => void (await Promise.all(posting.map((author) => author.stop()))),
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  }
}

function startAuthor(person: Person, chance: Chance, everyMs: number): Author {
  const tried: Author['tried'] = []
  const acknowledged: Author['acknowledged'] = []
  const stopping = new AbortController()
  async function post(): Promise<void> {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const startedAtMs = performance.now()
      const text = `${person.handle} ${n}`
      tried.push(text)
      const { id } = await person.client.posts.create(text, { idempotencyKey: `key-${text}`, timeoutMs: patienceMs })
      const tookMs = performance.now() - startedAtMs
      acknowledged.push({ text, id, tookMs })
      await wait(Math.max(0, everyMs * (0.5 + chance.next()) - tookMs))
    }
  }
  const posting = post()
  posting.catch(() => {})
  return {
    person,
    tried,
    acknowledged,
    stop: () => {
      stopping.abort()
      return posting
    },
  }
}

/** Some at once, so that a small machine keeps up. */
async function inTurns<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let at = 0; at < count; at += together)
    made.push(...(await Promise.all(Array.from({ length: Math.min(together, count - at) }, (_, k) => make(at + k)))))
  return made
}
