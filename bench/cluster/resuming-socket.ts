import { LiveEvent, SubscribeReply } from '@skein/contracts'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { pause } from '../live/figures.js'

/*
 * A home feed that comes back by itself from its last cursor, in the bare protocol (see ../live/home-socket.ts).
 */

const Told = z.tuple([z.literal('events'), z.array(LiveEvent)])

export interface ResumingHooks {
  onPost(postId: string, createdAtMs: number, nowMs: number): void
  /** What came after the cursor has been sent. */
  onCaughtUp(): void
  onGap(): void
}

export class ResumingSocket {
  readonly #url: string
  readonly #token: string
  readonly #hooks: ResumingHooks
  #socket: WebSocket | undefined
  #cursor: string | undefined
  #isWanted = true
  closedAtMs = 0
  caughtUpAtMs = 0

  constructor(url: string, token: string, hooks: ResumingHooks) {
    this.#url = url
    this.#token = token
    this.#hooks = hooks
  }

  /** Resolves once the subscription is acknowledged. @throws Error when it is refused */
  open(): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
    })
    this.#socket = socket
    let isSubscribed = false
    return new Promise((done, fail) => {
      const accepted = (): void => {
        isSubscribed = true
        done()
      }
      const refused = (frame: string): void => {
        fail(new Error(frame))
        socket.close()
      }
      socket.on('error', fail)
      socket.on('close', () => {
        fail(new Error('closed'))
        // Who never came in is tried again by who called this.
        if (isSubscribed) void this.#comeBack()
      })
      socket.on('message', (data: Buffer) => {
        const frame = data.toString()
        if (frame.startsWith('42')) this.#receive(frame)
        else if (frame.startsWith('2')) socket.send('3')
        else if (frame.startsWith('0'))
          socket.send(`40${JSON.stringify({ accessToken: this.#token, client: 'bench' })}`)
        else if (frame.startsWith('40')) socket.send(`420${JSON.stringify(['subscribe', this.#subscription()])}`)
        else if (frame.startsWith('430') && this.#accept(frame)) accepted()
        else refused(frame)
      })
    })
  }

  close(): void {
    this.#isWanted = false
    this.#socket?.close()
  }

  #subscription(): object {
    return { feed: 'home', ...(this.#cursor === undefined ? {} : { from: this.#cursor }) }
  }

  #accept(frame: string): boolean {
    const [reply] = z.tuple([SubscribeReply]).parse(JSON.parse(frame.slice(3)))
    if (reply.ok) this.#cursor ??= reply.cursor
    return reply.ok
  }

  /** As the client library does: after a random pause that doubles. */
  async #comeBack(): Promise<void> {
    if (!this.#isWanted) return
    this.closedAtMs = Date.now()
    this.caughtUpAtMs = 0
    for (let mostMs = 500; this.#isWanted; mostMs = Math.min(mostMs * 2, 5_000)) {
      await pause(Math.random() * mostMs)
      const isBack = await this.open().then(
        () => true,
        () => false,
      )
      if (isBack) return
    }
  }

  #receive(frame: string): void {
    const nowMs = Date.now()
    for (const event of Told.parse(JSON.parse(frame.slice(2)))[1]) {
      if ('cursor' in event) this.#cursor = event.cursor
      if (event.type === 'post') this.#hooks.onPost(event.item.post.id, event.item.post.createdAtMs, nowMs)
      if (event.type === 'gap') this.#hooks.onGap()
      if (event.type !== 'caught-up') continue
      this.caughtUpAtMs = nowMs
      this.#hooks.onCaughtUp()
    }
  }
}
