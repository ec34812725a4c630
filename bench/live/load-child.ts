import { readFile } from 'node:fs/promises'
import { seededRandom } from '@skein/platform/testing'
import { Pool } from 'undici'
import { z } from 'zod'
import { answerCalls } from './child.js'
import { atRandomMoments, pause, spreadOf, watchProcess } from './figures.js'
import { openHome, type HomeSocket } from './home-socket.js'
import { Ledger } from './ledger.js'
import { LoadOrder, Plan, type LoadResult } from './protocol.js'

/*
 * The people: sockets that hold a home feed, posts and page reads over the HTTP API. Posts and reads are sent when they are
 * due, whatever became of the earlier ones (an open loop), so a slow server does not slow its load.
 */

const openAtOnce = 20
const unansweredMax = 5_000
const settledAfterMs = 3_000
const settleMaxMs = 20_000

class Crowd {
  readonly #url: string
  readonly #plan: Plan
  readonly #ledger: Ledger
  readonly #posts: Pool
  readonly #reads: Pool
  readonly #next: () => number
  readonly #sockets: HomeSocket[] = []
  #unanswered = 0
  #failedReads = 0
  #acceptances: number[] = []
  #readTimes: number[] = []
  #refused: Record<string, number> = {}

  constructor(url: string, plan: Plan) {
    this.#url = url
    this.#plan = plan
    this.#ledger = new Ledger(
      plan.authors.length,
      plan.viewers.map(({ follows }) => follows),
    )
    this.#posts = new Pool(url, { connections: 64 })
    this.#reads = new Pool(url, { connections: 32 })
    const random = seededRandom(plan.seed + 1)
    this.#next = () => random.next()
  }

  async connect(count: number): Promise<void> {
    for (let at = 0; at < count; at += openAtOnce) {
      const some = this.#plan.viewers.slice(at, Math.min(count, at + openAtOnce))
      const opened = some.map(({ token }, i) =>
        openHome(this.#url, token, {
          onPost: (text, createdAtMs, nowMs) => this.#ledger.receive(at + i, text, createdAtMs, nowMs),
          onClosed: () => this.#ledger.closeSocket(at + i),
        }),
      )
      this.#sockets.push(...(await Promise.all(opened)))
    }
  }

  disconnect(): void {
    for (const socket of this.#sockets.splice(0)) socket.close()
  }

  async run({ postsPerSecond, readsPerSecond, seconds }: LoadOrder): Promise<LoadResult> {
    this.#ledger.begin()
    this.#failedReads = 0
    this.#acceptances = []
    this.#readTimes = []
    this.#refused = {}
    let offered = 0
    const strain = watchProcess()
    await Promise.all([
      atRandomMoments({ rate: postsPerSecond, seconds, random: this.#next }, (dueMs) => {
        offered++
        this.#unanswered < unansweredMax ? void this.#post(dueMs) : this.#refuse('not sent')
      }),
      atRandomMoments({ rate: readsPerSecond, seconds, random: this.#next }, (dueMs) => void this.#read(dueMs)),
    ])
    const own = strain()
    await this.#settle()
    const { deliveries, wholes, closedSockets } = this.#ledger
    return {
      offered,
      accepted: this.#acceptances.length,
      refused: this.#refused,
      ...this.#ledger.balance(),
      closedSockets,
      delivery: spreadOf(deliveries),
      whole: spreadOf(wholes),
      acceptance: spreadOf(this.#acceptances),
      reads: spreadOf(this.#readTimes),
      failedReads: this.#failedReads,
      strain: own,
    }
  }

  /** Until everything is answered and received, or nothing has come for a while. */
  async #settle(): Promise<void> {
    const endMs = Date.now() + settleMaxMs
    let [count, sinceMs] = [-1, 0]
    while (Date.now() < endMs) {
      const now = this.#ledger.deliveries.length + this.#acceptances.length + this.#readTimes.length
      if (now !== count) [count, sinceMs] = [now, Date.now()]
      const { expected, received } = this.#ledger.balance()
      if (this.#unanswered === 0 && expected === received) break
      if (Date.now() - sinceMs > settledAfterMs) break
      await pause(100)
    }
    // What comes twice comes late.
    await pause(300)
  }

  async #post(dueMs: number): Promise<void> {
    const author = Math.floor(this.#next() * this.#plan.authors.length)
    const { serial, text } = this.#ledger.open(author, dueMs)
    this.#unanswered++
    try {
      const { statusCode, body } = await this.#posts.request({
        method: 'POST',
        path: '/v1/posts',
        headers: {
          authorization: `Bearer ${this.#plan.authors[author]?.token ?? ''}`,
          'content-type': 'application/json',
          'idempotency-key': `bench-post-${serial}`,
        },
        body: JSON.stringify({ text }),
      })
      await body.dump()
      if (statusCode !== 201) return this.#refuse(String(statusCode))
      this.#ledger.accept(serial)
      this.#acceptances.push(Date.now() - dueMs)
    } catch (thrown) {
      this.#refuse(thrown instanceof Error ? thrown.message : String(thrown))
    } finally {
      this.#unanswered--
    }
  }

  #refuse(why: string): void {
    this.#refused[why] = (this.#refused[why] ?? 0) + 1
  }

  async #read(dueMs: number): Promise<void> {
    const viewer = this.#plan.viewers[Math.floor(this.#next() * this.#plan.viewers.length)]
    this.#unanswered++
    try {
      const { statusCode, body } = await this.#reads.request({
        method: 'GET',
        path: '/v1/feeds/home',
        headers: { authorization: `Bearer ${viewer?.token ?? ''}` },
      })
      await body.dump({ limit: 1_048_576 })
      if (statusCode === 200) this.#readTimes.push(Date.now() - dueMs)
      else this.#failedReads++
    } catch {
      this.#failedReads++
    } finally {
      this.#unanswered--
    }
  }
}

let crowd: Crowd | undefined

function opened(): Crowd {
  if (crowd === undefined) throw new Error('not open')
  return crowd
}

answerCalls({
  open: async (input) => {
    const { url, plan } = z.object({ url: z.string(), plan: z.string() }).parse(input)
    crowd = new Crowd(url, Plan.parse(JSON.parse(await readFile(plan, 'utf8'))))
  },
  connect: async (input) => opened().connect(z.int().parse(input)),
  disconnect: async () => opened().disconnect(),
  run: async (input) => opened().run(LoadOrder.parse(input)),
})
