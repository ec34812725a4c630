import { AppError, decodeLogCursor, limits, parseFeed, type LogCursor } from '@skein/contracts'
import type { Window } from '@skein/event-log'
import type { Hub } from './hub.js'
import type { LiveSocket } from './live-socket.js'
import { isPersonal, type FeedKey } from './match.js'

export interface SubscribeDeps {
  readonly hub: Hub
  readonly window: () => Window
  readonly lanes: number
  /** @throws AppError not_found */
  readonly resolve: (name: string) => Promise<FeedKey>
  readonly onReplay: (result: 'expired' | 'epoch') => void
}

const aheadWaitMs = 5_000

/**
 * Subscribes a socket to a feed and answers with the subscription's position. With a cursor: what was missed follows,
 * then `caught-up`; or `gap`, and it goes on from now. Never a part that looks whole.
 * @throws AppError unauthenticated, not_found, bad_cursor, limit_reached
 */
export async function subscribe(
  deps: SubscribeDeps,
  socket: LiveSocket,
  name: string,
  from: LogCursor | undefined,
): Promise<LogCursor> {
  const feed = parseFeed(name)
  if (feed !== null && isPersonal(feed.kind) && socket.viewer === null) throw new AppError('unauthenticated')
  if (!socket.subs.has(name) && socket.subs.size >= limits.subscriptionsPerSocket) throw new AppError('limit_reached')
  const key = await deps.resolve(name)
  if (from === undefined) return deps.hub.subscribe(socket, name, key, null)
  const positions = decodeLogCursor(from, deps.lanes)
  let place = deps.window().locate(positions)
  if (place.kind === 'ahead') {
    await deps.window().waitFor(positions, aheadWaitMs)
    place = deps.window().locate(positions)
  }
  if (socket.closed) throw new AppError('unavailable')
  if (place.kind === 'found')
    return deps.hub.subscribe(socket, name, key, { index: place.index, positions, cursor: from })
  const cursor = deps.hub.subscribe(socket, name, key, null)
  const reason = place.kind === 'gap' ? place.reason : 'epoch'
  deps.hub.gap(socket, name, reason)
  deps.onReplay(reason)
  return cursor
}
