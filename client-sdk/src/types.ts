import type {
  Cursor,
  FeedItem,
  FeedName,
  Me,
  Notification,
  PageCursor,
  PersonItem,
  Post,
  PostCounts,
  Profile,
  Relation,
  ServerInfo,
  SessionInfo,
  Suggestion,
  Trend,
} from './models.js'

/*
 * The public types of @skein/client, written by hand so that the package's declarations import nothing.
 * A test holds them equal to the contracts. This file: what the client offers.
 */

export type {
  Cursor,
  FeedItem,
  FeedName,
  Me,
  Notification,
  NotificationType,
  PageCursor,
  PersonItem,
  Post,
  PostCounts,
  Profile,
  QuotedPost,
  Relation,
  ServerInfo,
  SessionInfo,
  Suggestion,
  TextEntity,
  Trend,
  UserCard,
} from './models.js'

/** What the SDK keeps between runs. Secret. */
export interface StoredSession {
  me: Me
  sessionId: string
  accessToken: string
  accessExpiresAtMs: number
  refreshToken: string
}

export interface SessionStorage {
  load(): Promise<StoredSession | null> | StoredSession | null
  save(session: StoredSession | null): Promise<void> | void
  /** Names what is stored, when it is shared with other tabs: they refresh one at a time. */
  readonly key?: string
  /** Calls back when another tab changed what is stored. Returns the way to stop. */
  watch?(changed: () => void): () => void
}

export interface Page<T> {
  /** Newest first. Short only at an end. */
  items: T[]
  next: PageCursor | null
  prev: PageCursor | null
}
export interface FeedPage extends Page<FeedItem> {
  /** Subscribe from here and nothing between the page and live is missed. */
  cursor: Cursor
}
export interface ThreadPage extends FeedPage {
  post: Post
  ancestors: Post[]
}
export interface NotificationPage extends Page<Notification> {
  cursor: Cursor
  readUpTo: string | null
  unread: number
}
export interface SearchPage extends FeedPage {
  people: PersonItem[]
  tags: { tag: string; posts: number }[]
}

/** `await` gives the first page; `for await` all items of all pages; `.pages()` page by page. */
export interface Pages<T, P extends Page<T> = Page<T>> extends AsyncIterable<T>, PromiseLike<P> {
  pages(): AsyncIterable<P>
}

export interface CallOptions {
  signal?: AbortSignal
  /** Default 10,000. */
  timeoutMs?: number
}
export interface PageOptions extends CallOptions {
  limit?: number
  before?: PageCursor
  after?: PageCursor
}

export interface ClientOptions {
  /** Where the server is, for example `http://localhost:8080`. */
  url: string
  /** Keeps the session between runs; in browsers `browserStorage()` is shared by all tabs. Default: memory. */
  storage?: SessionStorage
  /** A token from elsewhere, asked for when missing or refused. Instead of signing in. */
  token?: (why: 'initial' | 'expired', signal: AbortSignal) => Promise<string | null>
  /** Full jitter between. Default 500 and 20,000. */
  reconnect?: { minMs?: number; maxMs?: number }
  fetch?: typeof fetch
  /** Shown in the list of sessions. */
  app?: string
}

export type ConnectionState =
  /** Nothing subscribed yet. */
  | { status: 'idle' }
  | { status: 'connecting' }
  | { status: 'live' }
  | { status: 'offline'; sinceMs: number; retryAtMs: number | null; reason: string }
  | { status: 'closed' }

export interface ClientEvents {
  connection: ConnectionState
  session: StoredSession | null
  /** The session was ended elsewhere or its refresh token is spent: sign in again. */
  'signed-out': { reason: string }
  notice: { text: string }
  stats: { postId: string; counts: PostCounts }
  read: { upTo: string }
}

/** What a raw subscription yields, in cursor order, each line once. */
export type FeedEvent =
  | { type: 'post'; item: FeedItem; cursor: Cursor; replayed: boolean }
  | { type: 'notification'; notification: Notification; cursor: Cursor; replayed: boolean }
  | { type: 'edit'; post: Post; cursor: Cursor }
  | { type: 'delete'; postId?: string; entryId?: string; cursor: Cursor }
  | { type: 'sources'; added: string[]; removed: string[]; cursor: Cursor }
  | { type: 'stats'; postId: string; counts: PostCounts }
  | { type: 'more'; count: number; cursor: Cursor }
  | { type: 'caught-up'; replayed: number; cursor: Cursor }
  | { type: 'gap'; reason: 'expired' | 'epoch'; cursor: Cursor }

export interface SubscribeOptions {
  /** Resume from a saved cursor, or start with what comes from now on (the default). */
  from?: Cursor
  signal?: AbortSignal
  /** Events kept while the consumer is busy; above it the subscription is paused by position, never dropped. Default 1,000. */
  buffer?: number
}

/** One feed's events through every outage, until closed. */
export interface Subscription extends AsyncIterable<FeedEvent>, AsyncDisposable {
  /** The position after the last event handed out. */
  readonly cursor: Cursor | null
  /** Resolves once the server has accepted the subscription. */
  readonly ready: Promise<void>
  on<T extends FeedEvent['type']>(type: T, handler: (event: Extract<FeedEvent, { type: T }>) => void): () => void
  close(): Promise<void>
}

/** What a line of a view is made of: a feed's item, or a post of one's own on its way. */
export type ViewStatus = 'loading' | 'ready' | 'failed'

export interface OutgoingPost {
  /** The Idempotency-Key. */
  key: string
  text: string
  replyTo?: string
  quoteOf?: string
  createdAtMs: number
  state: 'sending' | 'failed'
  error?: SkeinErrorShape
}

/** The server's codes (docs/errors.md says what each means) and `closed`: this client was closed. */
export type ErrorCode =
  | 'invalid'
  | 'bad_cursor'
  | 'unauthenticated'
  | 'session_ended'
  | 'wrong_credentials'
  | 'forbidden'
  | 'blocked'
  | 'not_found'
  | 'method_not_allowed'
  | 'handle_taken'
  | 'idempotency_conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported_media'
  | 'limit_reached'
  | 'rate_limited'
  | 'internal'
  | 'unavailable'
  | 'overloaded'
  | 'delayed'
  | 'deadline'
  | 'closed'
  | (string & {})

export interface SkeinErrorShape {
  code: string
  message: string
  retryable: boolean
  retryAfterMs?: number
  fields?: Record<string, string>
  requestId?: string
  remedy?: string
  status?: number
}

/** An immutable picture of a feed; a new object at every change. */
export interface FeedSnapshot<T = FeedItem> {
  status: ViewStatus
  /** Why `failed`. */
  error: SkeinErrorShape | null
  /** What is shown, newest first, collapsed, each post once. Changes only by showPending, loadOlder, edits, counts, deletes and sources. */
  items: readonly T[]
  /** Arrived and not shown yet, newest first. */
  pending: readonly T[]
  /** Own posts on their way, newest first: shown above the items. */
  outgoing: readonly OutgoingPost[]
  /** Posts are missing right below the item with this id (null: above all items). */
  gap: { belowId: string | null; state: 'offered' | 'loading' | 'failed' } | null
  older: 'more' | 'loading' | 'failed' | 'end'
  /** The socket is up and everything up to now is in items or pending. */
  live: boolean
  /** Set for a while after an outage: how many posts were caught up. */
  caughtUp: { posts: number; atMs: number } | null
  /** Ids of items that came in by showPending or live since the view opened or markSeen was called. */
  fresh: ReadonlySet<string>
}

export interface FeedViewOptions {
  /** Default 20. */
  pageSize?: number
  /** New lines go straight into items instead of pending. Default false; can be switched later. */
  autoShow?: boolean
  /** `fill` (default): after a gap read until nothing is missing. `mark`: show the gap and wait for fillGap. */
  onGap?: 'fill' | 'mark'
  /** User feeds only. */
  replies?: 'include' | 'exclude' | 'only'
  signal?: AbortSignal
}

/** A feed kept true: page and live joined by cursor, ordered, deduped, collapsed, through any outage. */
export interface FeedView<T = FeedItem> extends AsyncDisposable {
  readonly feed: FeedName
  getSnapshot(): FeedSnapshot<T>
  /** Called after every change, at most once a microtask. Returns the way to stop. */
  subscribe(listener: () => void): () => void
  showPending(): void
  setAutoShow(on: boolean): void
  loadOlder(options?: CallOptions): Promise<void>
  fillGap(options?: CallOptions): Promise<void>
  /** Reads the held range again; what is shown stays until the answer is there. */
  reload(options?: CallOptions): Promise<void>
  markSeen(): void
  close(): Promise<void>
}

export interface ThreadView extends FeedView {
  /** The post itself and what is above it; null until loaded. */
  getThread(): { post: Post; ancestors: readonly Post[] } | null
}

export interface NotificationsView extends FeedView<Notification> {
  getRead(): { upTo: string | null; unread: number }
  /** Everything shown is seen; tells the other devices. */
  markRead(options?: CallOptions): Promise<void>
}

export interface Client extends AsyncDisposable {
  readonly me: Me | null
  readonly connection: ConnectionState
  /** Resolves when the stored session (if any) was loaded. */
  ready(): Promise<void>
  info(options?: CallOptions): Promise<ServerInfo>
  readonly auth: {
    signUp(input: { handle: string; name: string; password: string }, options?: CallOptions): Promise<Me>
    signIn(input: { handle: string; password: string }, options?: CallOptions): Promise<Me>
    /** For programs: the refresh token that `skein token create` printed. */
    useRefreshToken(refreshToken: string, options?: CallOptions): Promise<Me>
    signOut(options?: CallOptions): Promise<void>
    signOutEverywhere(options?: CallOptions): Promise<void>
    sessions(options?: CallOptions): Promise<SessionInfo[]>
    endSession(id: string, options?: CallOptions): Promise<void>
    changePassword(input: { current: string; next: string }, options?: CallOptions): Promise<void>
    updateMe(change: { name?: string; bio?: string }, options?: CallOptions): Promise<Me>
  }
  readonly posts: {
    /**
     * Safe to repeat: one Idempotency-Key a post, retried through outages until it is acknowledged, refused, or the signal
     * aborts; writes of one client go out one at a time. Shown as outgoing in home and in the thread it replies to.
     */
    create(
      text: string,
      options?: CallOptions & { replyTo?: string; quoteOf?: string; idempotencyKey?: string },
    ): Promise<Post>
    /** Sends a failed outgoing post again. */
    retry(key: string): Promise<Post>
    /** Forgets a failed outgoing post; returns its text. */
    discard(key: string): string | null
    get(id: string, options?: CallOptions): Promise<Post>
    many(ids: readonly string[], options?: CallOptions): Promise<Post[]>
    edit(id: string, text: string, options?: CallOptions): Promise<Post>
    delete(id: string, options?: CallOptions): Promise<void>
    history(id: string, options?: CallOptions): Promise<{ rev: number; text: string; atMs: number }[]>
    /** Optimistic in every open view; put back if refused. */
    like(id: string, on: boolean, options?: CallOptions): Promise<Post>
    repost(id: string, on: boolean, options?: CallOptions): Promise<Post>
    bookmark(id: string, on: boolean, options?: CallOptions): Promise<Post>
  }
  readonly users: {
    get(handle: string, options?: CallOptions): Promise<Profile>
    search(prefix: string, options?: CallOptions & { limit?: number }): Promise<PersonItem[]>
    suggestions(options?: CallOptions & { limit?: number }): Promise<Suggestion[]>
    followers(handle: string, options?: PageOptions): Pages<PersonItem>
    following(handle: string, options?: PageOptions): Pages<PersonItem>
    follow(handle: string, on: boolean, options?: CallOptions): Promise<Relation>
    block(handle: string, on: boolean, options?: CallOptions): Promise<Relation>
    mute(handle: string, on: boolean, options?: CallOptions): Promise<Relation>
  }
  trends(options?: CallOptions & { limit?: number }): Promise<Trend[]>
  search(q: string, options?: PageOptions): Pages<FeedItem, SearchPage>
  bookmarks(options?: PageOptions): Pages<FeedItem, FeedPage>
  /** History only, newest first. */
  timeline(
    feed: Exclude<FeedName, 'notifications'>,
    options?: PageOptions & { replies?: 'include' | 'exclude' | 'only' },
  ): Pages<FeedItem, FeedPage>
  /** Live only. */
  subscribe(feed: FeedName, options?: SubscribeOptions): Subscription
  /** History and live, joined. */
  view(feed: Exclude<FeedName, 'notifications' | `thread:${string}`>, options?: FeedViewOptions): FeedView
  viewThread(postId: string, options?: FeedViewOptions): ThreadView
  viewNotifications(options?: FeedViewOptions & { only?: 'all' | 'mentions' }): NotificationsView
  on<E extends keyof ClientEvents>(
    event: E,
    handler: (value: ClientEvents[E]) => void,
    options?: { signal?: AbortSignal },
  ): () => void
  /** Tries to connect at once instead of waiting for the next attempt. */
  reconnectNow(): void
  close(): Promise<void>
}
