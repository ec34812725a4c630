import { WebSocket } from 'ws'
import { z } from 'zod'

/*
 * One home subscription in the bare protocol, which costs less than socket.io-client: Engine.IO packets are
 * 0 open, 2 ping, 3 pong, 4 message; Socket.IO messages are 0 connect, 2 event, 3 ack, 4 refused.
 */

const Post = z.object({ text: z.string(), createdAtMs: z.number() })
const LiveEvent = z.object({ type: z.string(), item: z.object({ post: Post }).optional() })
const Told = z.tuple([z.literal('events'), z.array(LiveEvent)])
const Answer = z.tuple([z.object({ ok: z.boolean() })])

export interface HomeSocket {
  /** Closes it; `onClosed` is not told. */
  close(): void
}

export interface HomeSocketHooks {
  onPost(text: string, createdAtMs: number, nowMs: number): void
  onClosed(): void
}

/** Resolves once the server acknowledged the subscription. @throws Error when it refused or closed */
export function openHome(url: string, token: string, hooks: HomeSocketHooks): Promise<HomeSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  })
  let isWanted = true
  return new Promise((done, fail) => {
    socket.on('error', fail)
    socket.on('close', () => {
      fail(new Error('the server closed a socket'))
      if (isWanted) hooks.onClosed()
    })
    socket.on('message', (data: Buffer) => {
      const nowMs = Date.now()
      const frame = data.toString()
      if (frame.startsWith('42')) return receive(frame, nowMs, hooks)
      if (frame.startsWith('2')) return socket.send('3')
      if (frame.startsWith('0')) return socket.send(`40${JSON.stringify({ accessToken: token, client: 'bench' })}`)
      if (frame.startsWith('40')) return socket.send('420["subscribe",{"feed":"home"}]')
      if (!isSubscribed(frame)) return fail(new Error(`refused: ${frame}`))
      return done({
        close() {
          isWanted = false
          socket.close()
        },
      })
    })
  })
}

function isSubscribed(frame: string): boolean {
  return frame.startsWith('430') && Answer.safeParse(JSON.parse(frame.slice(3))).data?.[0].ok === true
}

function receive(frame: string, nowMs: number, hooks: HomeSocketHooks): void {
  for (const { type, item } of Told.parse(JSON.parse(frame.slice(2)))[1]) {
    if (type === 'post' && item !== undefined) hooks.onPost(item.post.text, item.post.createdAtMs, nowMs)
  }
}
