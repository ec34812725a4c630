import type { LogCursor } from '@skein/contracts'
import type { LiveSocket, Sub } from './live-socket.js'

/** The body of a live event, without its braces, and the feeds of one socket that it moves. */
export type Message = { readonly body: string; readonly feeds: string[] }

/** Adds a body for a subscription; feeds of one socket that get the same body share it. */
export function gather(messages: Map<LiveSocket, Message[]>, sub: Sub, body: string): void {
  const list = messages.get(sub.socket)
  if (list === undefined) {
    messages.set(sub.socket, [{ body, feeds: [sub.name] }])
    return
  }
  const same = list.find((message) => message.body === body)
  if (same === undefined) list.push({ body, feeds: [sub.name] })
  else if (!same.feeds.includes(sub.name)) same.feeds.push(sub.name)
}

/** The rest of a message, made once for each combination of feeds. */
export function tailOf(tails: Map<string, string>, body: string, feeds: string[], cursor: LogCursor): string {
  const key = `${isLine(body)} ${feeds.join(' ')}`
  let made = tails.get(key)
  if (made === undefined) tails.set(key, (made = tail(body, feeds, cursor, false)))
  return made
}

/** What completes a body to a message: the feeds it moves, and the cursor after it. */
export function tail(body: string, feeds: readonly string[], cursor: LogCursor, replayed: boolean): string {
  return `,"feeds":${JSON.stringify(feeds)},"cursor":"${cursor}"${isLine(body) ? `,"replayed":${replayed}` : ''}}`
}

/** A new line of a feed, not a change of one. */
export function isLine(body: string): boolean {
  return body.startsWith('"type":"post"') || body.startsWith('"type":"notification"')
}
