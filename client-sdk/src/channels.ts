import { furthest, isWithin, least } from './cursor.js'
import { toSkeinError, type SkeinError } from './errors.js'
import { backoffMs, type Env } from './timing.js'
import type { Cursor, FeedName } from './types.js'
import type { FeedLiveEvent } from './wire.js'

/*
 * Feeds on the socket. Many members may read one feed; the server sees one subscription a feed. A member stands at a
 * cursor; a subscription starts at the least of its members' cursors, and a member passes over what is behind its own.
 * Whatever happens (a new socket, a member that joins further back or comes back from a pause), the answer is the same:
 * subscribe from the least cursor. A member whose place the running subscription does not cover hears nothing until then.
 */

export interface Member {
  /** Everything up to here was received. null until the first answer: from now on. */
  position: Cursor | null
  receive(event: FeedLiveEvent): void
  /** The server has accepted the subscription; may be called again. */
  onAccepted(): void
  /** Whether everything up to now was received. */
  onLive(live: boolean): void
  /** The server refused the feed; the member is out. */
  onFailed(error: SkeinError): void
}

export interface Channels {
  join(feed: FeedName, member: Member): void
  leave(feed: FeedName, member: Member): void
  /** On a new socket: subscribes everything again. */
  onSocket(): void
  onSocketLost(): void
  dispatch(event: FeedLiveEvent): void
  failAll(error: SkeinError): void
}

export interface ChannelsDeps {
  env: Env
  socketId(): number
  request(event: string, payload: unknown): Promise<Record<string, unknown>>
  /** The server says we are nobody: whether it is worth asking again. */
  renew(): Promise<boolean>
  onWanted(wanted: boolean): void
}

interface Seat {
  /** The running subscription brings everything after this member's position. */
  served: boolean
  live: boolean
  /** Stands further than the subscription: passes over what it knows. */
  ahead: boolean
  /** Its cursor was refused: tell it that something is missing. */
  lost: boolean
}

interface Channel {
  feed: FeedName
  seats: Map<Member, Seat>
  /** The socket on which the server holds our subscription; 0: none. */
  on: number
  /** From which cursor it was started; null: from then on. */
  from: Cursor | null
  isCaughtUp: boolean
  /** The last cursor heard. */
  heard: Cursor | null
  isSyncing: boolean
  isDirty: boolean
  failures: number
}

export function createChannels(deps: ChannelsDeps): Channels {
  const channels = new Map<string, Channel>()

  function setLive(member: Member, seat: Seat, live: boolean): void {
    if (seat.live === live) return
    seat.live = live
    member.onLive(live)
  }

  /** Brings the server's subscription in line with the members; one at a time a channel. */
  async function sync(channel: Channel): Promise<void> {
    channel.isDirty = true
    if (channel.isSyncing) return
    channel.isSyncing = true
    while (channel.isDirty) {
      channel.isDirty = false
      await step(channel).catch((error: unknown) => retryOrFail(channel, toSkeinError(error)))
    }
    channel.isSyncing = false
    if (channel.seats.size === 0 && channel.on === 0 && channels.get(channel.feed) === channel) {
      channels.delete(channel.feed)
      deps.onWanted(channels.size > 0)
    }
  }

  async function step(channel: Channel): Promise<void> {
    const socketId = deps.socketId()
    if (channel.on !== socketId) channel.on = 0
    const isShort = [...channel.seats.values()].some((seat) => !seat.served)
    if (channel.on !== 0 && (isShort || channel.seats.size === 0)) {
      channel.on = 0
      await deps.request('unsubscribe', { feed: channel.feed })
    }
    if (deps.socketId() === socketId && socketId !== 0 && channel.seats.size > 0 && channel.on === 0)
      await subscribe(channel, socketId)
  }

  async function subscribe(channel: Channel, socketId: number): Promise<void> {
    const from = startOf(channel.seats)
    Object.assign(channel, { on: socketId, from, heard: from, isCaughtUp: false })
    for (const [{ position }, seat] of channel.seats) {
      seat.served = from === null || (position !== null && isWithin(from, position) === true)
      seat.ahead = seat.served && position !== from
    }
    const { feed } = channel
    const reply = await deps.request('subscribe', from === null ? { feed } : { feed, from })
    if (channel.on === socketId) accept(channel, typeof reply['cursor'] === 'string' ? reply['cursor'] : null)
  }

  function accept(channel: Channel, cursor: Cursor | null): void {
    const { feed, from } = channel
    channel.failures = 0
    channel.heard ??= cursor
    channel.isCaughtUp ||= from === null
    for (const [member, seat] of channel.seats) {
      if (member.position === null) Object.assign(seat, { served: true, ahead: from !== null })
      member.position ??= cursor
      member.onAccepted()
      if (seat.lost && cursor !== null) member.receive({ type: 'gap', reason: 'epoch', feeds: [feed], cursor })
      seat.lost = false
      if (channel.isCaughtUp && seat.served) setLive(member, seat, true)
    }
  }

  function retryOrFail(channel: Channel, error: SkeinError): void {
    channel.on = 0
    if (deps.socketId() === 0 || channel.seats.size === 0) return
    if (error.code === 'bad_cursor' && channel.from !== null) restartFromNow(channel)
    else if (error.retryable) retryLater(channel, error.retryAfterMs)
    else if (error.code === 'unauthenticated' && channel.failures === 0) {
      channel.failures = 1
      deps.renew().then(
        (renewed) => (renewed ? void sync(channel) : fail(channel, error)),
        () => retryLater(channel),
      )
    } else fail(channel, error)
  }

  function retryLater(channel: Channel, retryAfterMs = 0): void {
    const inMs = Math.max(retryAfterMs, backoffMs(channel.failures, 500, 20_000, deps.env))
    channel.failures += 1
    deps.env.after(inMs, () => void sync(channel), true)
  }

  /** Our cursor means nothing to this server: as after a gap. */
  function restartFromNow(channel: Channel): void {
    for (const [member, seat] of channel.seats) {
      if (member.position !== channel.from) continue
      member.position = null
      seat.lost = true
    }
    void sync(channel)
  }

  function fail(channel: Channel, error: SkeinError): void {
    const members = [...channel.seats.keys()]
    channel.seats.clear()
    void sync(channel)
    for (const member of members) member.onFailed(error)
  }

  function deliver(channel: Channel, member: Member, seat: Seat, event: FeedLiveEvent): void {
    if (event.type === 'gap') loseSome(channel, member, seat, event)
    else if (!seat.served || (member.position === null && channel.from !== null)) return
    else if (event.type !== 'caught-up') {
      if (advance(member, seat, event.cursor)) member.receive(event)
    } else if (!seat.live) {
      member.receive(event)
      setLive(member, seat, true)
    }
  }

  /** Whether the event is news to this member. One position may bring several events, which come in one message. */
  function advance(member: Member, seat: Seat, cursor: Cursor): boolean {
    const { position } = member
    if (seat.ahead && position !== null) {
      if (isWithin(cursor, position) === true) return false
      if (isWithin(position, cursor) !== true) {
        member.position = furthest(position, cursor)
        return true
      }
    }
    seat.ahead = false
    member.position = cursor
    return true
  }

  /** After a subscribe only those who stood where it began have lost something; later everybody has. */
  function loseSome(channel: Channel, member: Member, seat: Seat, event: FeedLiveEvent): void {
    const { position } = member
    if (position !== null && !channel.isCaughtUp && position !== channel.from) {
      seat.served = isWithin(event.cursor, position) === true
      seat.ahead = true
      return
    }
    Object.assign(seat, { served: true, ahead: false })
    member.position = event.cursor
    if (position !== null) member.receive(event)
    setLive(member, seat, true)
  }

  function open(feed: FeedName): Channel {
    const channel: Channel = {
      feed,
      seats: new Map(),
      on: 0,
      from: null,
      isCaughtUp: false,
      heard: null,
      isSyncing: false,
      isDirty: false,
      failures: 0,
    }
    channels.set(feed, channel)
    deps.onWanted(true)
    return channel
  }

  /** A member that stands no further back than the running subscription joins it without asking the server. */
  function joinRunning(channel: Channel, member: Member, seat: Seat): boolean {
    const { heard } = channel
    if (channel.on === 0 || channel.on !== deps.socketId() || !channel.isCaughtUp || heard === null) return false
    if (member.position !== null && isWithin(heard, member.position) !== true) return false
    Object.assign(seat, { served: true, ahead: true })
    member.position ??= heard
    queueMicrotask(() => {
      if (channel.seats.get(member) !== seat || !seat.served) return
      member.onAccepted()
      setLive(member, seat, true)
    })
    return true
  }

  return {
    join(feed, member) {
      const channel = channels.get(feed) ?? open(feed)
      const seat: Seat = { served: false, live: false, ahead: false, lost: false }
      channel.seats.set(member, seat)
      if (!joinRunning(channel, member, seat)) void sync(channel)
    },
    leave(feed, member) {
      const channel = channels.get(feed)
      if (channel?.seats.delete(member) === true && channel.seats.size === 0) void sync(channel)
    },
    onSocket() {
      for (const channel of channels.values()) void sync(channel)
    },
    onSocketLost() {
      for (const channel of channels.values()) {
        channel.on = 0
        for (const [member, seat] of channel.seats) {
          seat.served = false
          setLive(member, seat, false)
        }
      }
    },
    dispatch(event) {
      for (const feed of event.feeds) {
        const channel = channels.get(feed)
        if (channel === undefined || channel.on === 0 || channel.on !== deps.socketId()) continue
        for (const [member, seat] of Array.from(channel.seats)) deliver(channel, member, seat, event)
        channel.heard = event.cursor
        if (event.type !== 'caught-up' && event.type !== 'gap') continue
        channel.isCaughtUp = true
        if ([...channel.seats.values()].some((seat) => !seat.served)) void sync(channel)
      }
    },
    failAll(error) {
      for (const channel of channels.values()) fail(channel, error)
    },
  }
}

/**
 * Where to start so that nobody misses anything; null: from now on. Of cursors that cannot be compared one that has not had
 * its turn is taken, so that each gets its answer and none waits for ever.
 */
function startOf(seats: ReadonlyMap<Member, Seat>): Cursor | null {
  const waitingFirst = [...seats].sort(([, a], [, b]) => Number(a.served) - Number(b.served))
  let start: Cursor | null = null
  for (const [{ position }] of waitingFirst)
    if (position !== null) start = start === null ? position : (least(start, position) ?? start)
  return start
}
