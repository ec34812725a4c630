import { z } from 'zod'
import { EntryId, PostId, UserId } from './ids.js'
import { FeedName } from './feed.js'
import { FeedItem, LogCursor, Notification, Post, PostCounts } from './models.js'
import { ErrorBody } from './errors.js'

/*
 * The live protocol over Socket.IO. Client to server: three acknowledged calls. Server to client: one event, `events`,
 * whose only argument is an array of LiveEvent; what one turn has for one socket leaves as one message.
 * Every event that moves a feed names the feeds it moves and the cursor from which each of them resumes after it.
 */
const moves = { feeds: z.array(z.string()).min(1), cursor: LogCursor }

export const LiveEvent = z.discriminatedUnion('type', [
  /** A new line: a post or a repost. May repeat; apply by id and rev. */
  z.object({ type: z.literal('post'), ...moves, item: FeedItem, replayed: z.boolean() }),
  z.object({ type: z.literal('notification'), ...moves, notification: Notification, replayed: z.boolean() }),
  /** The post at a newer revision, wherever it is held, quotes included. */
  z.object({ type: z.literal('edit'), ...moves, post: Post }),
  /** `postId`: the post is deleted, with all its reposts and inside quotes. `entryId`: that one line goes (an undone repost, like, follow). */
  z.object({ type: z.literal('delete'), ...moves, postId: PostId.optional(), entryId: EntryId.optional() }),
  /** The viewer's own graph changed: drop what the removed wrote or reposted, then read the held range again. */
  z.object({ type: z.literal('sources'), ...moves, added: z.array(UserId), removed: z.array(UserId) }),
  /** Counts, re-counted. Never replayed. */
  z.object({ type: z.literal('stats'), postId: PostId, counts: PostCounts }),
  /** More came than a socket is sent in this feed (public, tag, thread): read the feed when wanted. */
  z.object({ type: z.literal('more'), ...moves, count: z.int().positive() }),
  /** Everything after the cursor given to subscribe has been sent. */
  z.object({ type: z.literal('caught-up'), ...moves, replayed: z.int().nonnegative() }),
  /** What came after the given cursor is not known any more: read the feed again. The subscription lives on from `cursor`. */
  z.object({ type: z.literal('gap'), ...moves, reason: z.enum(['expired', 'epoch']) }),
  /** At least every 20 s. */
  z.object({ type: z.literal('cursor'), ...moves }),
  /** The notifications were read, on this or another device. */
  z.object({ type: z.literal('read'), upTo: EntryId }),
  /** From the operator. */
  z.object({ type: z.literal('notice'), text: z.string() }),
  /** The server is about to close this socket. */
  z.object({ type: z.literal('close'), reason: z.int(), retryAfterMs: z.int().nonnegative() }),
])
export type LiveEvent = z.infer<typeof LiveEvent>

export const SubscribeInput = z.strictObject({ feed: FeedName, from: LogCursor.optional() })
export type SubscribeInput = z.infer<typeof SubscribeInput>

export const UnsubscribeInput = z.strictObject({ feed: FeedName })
export const RefreshInput = z.strictObject({ accessToken: z.string().max(4_096) })
/** `Socket.auth`: nothing for an anonymous reader. */
export const HandshakeAuth = z.strictObject({
  accessToken: z.string().max(4_096).optional(),
  client: z.string().max(64).optional(),
})

export const SubscribeReply = z.union([
  z.object({ ok: z.literal(true), cursor: LogCursor }),
  z.object({ ok: z.literal(false), error: ErrorBody }),
])
export type SubscribeReply = z.infer<typeof SubscribeReply>

export const AckReply = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: ErrorBody }),
])
export type AckReply = z.infer<typeof AckReply>

/**
 * Why the server closes a socket. 4000–4099: come back. 4100–4199: come back with another token. 4200–4299: stop.
 * `jitterMs`: spread the return over so long.
 */
export const closeReasons = {
  draining: {
    code: 4000,
    client: 'reconnect',
    jitterMs: 5_000,
    meaning: 'The gateway is going down; another takes over.',
  },
  slow: {
    code: 4001,
    client: 'reconnect',
    jitterMs: 1_000,
    meaning: 'The client read too slowly and its place left the window.',
  },
  capacity: {
    code: 4002,
    client: 'reconnect',
    jitterMs: 30_000,
    meaning: 'The gateway holds as many sockets as it may.',
  },
  rate: { code: 4003, client: 'reconnect', jitterMs: 10_000, meaning: 'The client sent more messages than it may.' },
  token_expired: {
    code: 4100,
    client: 'refresh',
    jitterMs: 0,
    meaning: 'The access token expired and was not refreshed on the socket.',
  },
  session_ended: { code: 4200, client: 'stop', jitterMs: 0, meaning: 'The session was signed out.' },
  protocol: { code: 4201, client: 'stop', jitterMs: 0, meaning: 'The client does not speak this protocol.' },
} as const
export type CloseReason = keyof typeof closeReasons
