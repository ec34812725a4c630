import { Pool } from 'undici'
import { z } from 'zod'
import { pause } from '../live/figures.js'
import { ResumingSocket } from './resuming-socket.js'

const atOnce = 20
const storePatienceMs = 30_000
const Posted = z.object({ id: z.string(), createdAtMs: z.number() })
export type Posted = z.infer<typeof Posted>

export interface CrowdTokens {
  readonly url: string
  readonly big: string
  readonly authors: readonly string[]
  readonly viewers: readonly string[]
}

/** Everybody: posts over HTTP, one socket a viewer. */
export class Crowd {
  readonly #tokens: CrowdTokens
  readonly #pool: Pool
  readonly sockets: readonly ResumingSocket[]
  /** Accepted to received, in ms, since `begin`. */
  deliveries: number[] = []
  refused = 0
  gaps = 0
  doubled = 0
  readonly #seen = new Set<string>()

  constructor(tokens: CrowdTokens) {
    this.#tokens = tokens
    this.#pool = new Pool(tokens.url, { connections: 64 })
    this.sockets = tokens.viewers.map(
      (token, viewer) =>
        new ResumingSocket(tokens.url, token, {
          onPost: (postId, createdAtMs, nowMs) => this.#received(`${viewer} ${postId}`, nowMs - createdAtMs),
          onCaughtUp: () => undefined,
          onGap: () => void (this.gaps += 1),
        }),
    )
  }

  async open(): Promise<void> {
    for (let at = 0; at < this.sockets.length; at += atOnce)
      await Promise.all(this.sockets.slice(at, at + atOnce).map((socket) => socket.open()))
  }

  /** Every viewer's, which stores it: at once or at the next read, when the process is busy storing others. */
  async readHomes(isStored: (viewer: number) => Promise<boolean>): Promise<void> {
    const readUntilStored = async (token: string, viewer: number): Promise<void> => {
      for (const endMs = Date.now() + storePatienceMs; Date.now() < endMs; await pause(100)) {
        await this.#readHome(token)
        if (await isStored(viewer)) return
      }
      throw new Error(`the home of viewer ${viewer} was not stored within ${storePatienceMs} ms`)
    }
    const readers = this.#tokens.viewers
    for (let at = 0; at < readers.length; at += atOnce)
      await Promise.all(readers.slice(at, at + atOnce).map((token, n) => readUntilStored(token, at + n)))
  }

  begin(): void {
    this.deliveries = []
    this.refused = this.gaps = this.doubled = 0
  }

  /** null when it was refused. */
  async post(author: number | 'big', text: string): Promise<Posted | null> {
    const token = author === 'big' ? this.#tokens.big : (this.#tokens.authors[author] ?? '')
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: '/v1/posts',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
      })
      const answer = await body.json()
      if (statusCode === 201) return Posted.parse(answer)
    } catch {
      // Counted below.
    }
    this.refused += 1
    return null
  }

  close(): void {
    for (const socket of this.sockets) socket.close()
    void this.#pool.close()
  }

  async #readHome(token: string): Promise<void> {
    const { body } = await this.#pool.request({
      method: 'GET',
      path: '/v1/feeds/home',
      headers: { authorization: `Bearer ${token}` },
    })
    await body.dump({ limit: 1_048_576 })
  }

  #received(key: string, tookMs: number): void {
    if (this.#seen.has(key)) this.doubled += 1
    this.#seen.add(key)
    this.deliveries.push(Math.max(0, tookMs))
  }
}
