import type {
  EntryId,
  Handle,
  PersonItem,
  Relation,
  Role,
  SessionEndReason,
  SessionId,
  UserCard,
  UserId,
  ViewerEdges,
} from '@skein/contracts'
import type { EdgeRecord, EdgeWish } from '../domain/edges.js'
import type { Refresh, SessionRecord } from '../domain/sessions.js'
import type { SuggestionCandidate } from '../domain/suggestions.js'
import type { ProfileEdit, UserRecord } from '../domain/users.js'

/** A new person or session, at rev 1. */
export type NewUser = Pick<UserRecord, 'id' | 'handle' | 'name' | 'bio' | 'role' | 'createdAtMs'> & {
  readonly passwordHash: string
}
export type NewSession = Pick<
  SessionRecord,
  'id' | 'userId' | 'client' | 'createdAtMs' | 'tokenHash' | 'tokenExpiresAtMs'
>

export interface Credentials {
  readonly user: UserRecord
  readonly passwordHash: string
}

/** Why and when sessions end; `untilMs`: when the last of their access tokens expires by itself. */
export interface Ending {
  readonly reason: SessionEndReason
  readonly nowMs: number
  readonly untilMs: number
}

export type RefreshOutcome =
  /** `rotated`: the successor is the current token now. `repeated`: it was made before, by the same token. */
  | { readonly kind: 'rotated' | 'repeated'; readonly session: SessionRecord; readonly user: UserRecord }
  /** The token was spent long before and is not the last that was: the session was ended by this call. */
  | { readonly kind: 'reused'; readonly session: SessionRecord }
  /** The session is over or unknown. */
  | { readonly kind: 'over' }

export type EdgeOutcome =
  | { readonly kind: 'set'; readonly relation: Relation; readonly changed: number }
  | { readonly kind: 'refused'; readonly why: 'oneself' | 'blocked' | 'limit_reached' | 'not_found' }

/** Strictly older than `before` (the newest first), or strictly newer than `after` (the nearest to it, returned newest first). */
export interface EdgeRange {
  readonly limit: number
  readonly before?: EntryId | undefined
  readonly after?: EntryId | undefined
}

export type ListedPerson = Pick<PersonItem, 'id' | 'user'>

/** A private key that signs access tokens. */
export interface SigningKey {
  readonly kid: string
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string
  readonly createdAtMs: number
  /** After this no token signed by it is alive. */
  readonly expiresAtMs: number
}

export interface ImportedFollow {
  readonly actorId: UserId
  readonly targetId: UserId
  readonly edgeId: EntryId
  readonly atMs: number
}

/**
 * The accounts database. Whatever changes something resolves only when the change is durable and its events are appended;
 * where the log lies in the same file both happen or neither, else a change that stands is `delayed` until its events are
 * appended, and the same call again completes it. Each method decides on what is stored at that moment, alone: of two calls
 * at once one is first.
 * The revision of an entity only grows, also when an edge is turned off and on again. Reads see every resolved change.
 * Everything but `import*` costs about the same whatever the number of people. @throws AppError unavailable, overloaded, delayed
 */
export interface AccountStore {
  /** The person, and their first session when given. Event: user. A person of this handle is never replaced. */
  createUser(user: NewUser, session: NewSession | null): Promise<'created' | 'handle_taken'>
  userById(id: UserId): Promise<UserRecord | null>
  userByHandle(handle: Handle): Promise<UserRecord | null>
  /** Unknown ones are left out; in no order. */
  cardsById(ids: readonly UserId[]): Promise<UserCard[]>
  cardsByHandle(handles: readonly Handle[]): Promise<UserCard[]>
  /** Those that nobody has, in the order given. */
  freeHandles(handles: readonly Handle[]): Promise<Handle[]>
  credentialsByHandle(handle: Handle): Promise<Credentials | null>
  credentialsById(id: UserId): Promise<Credentials | null>
  /** Event: user, unless nothing changes. null: no such person. */
  updateProfile(id: UserId, edit: ProfileEdit, nowMs: number): Promise<UserRecord | null>
  setRole(id: UserId, role: Role): Promise<UserRecord | null>
  /**
   * Puts `next` in the place of `expected` and ends every session but `keep`. Events: session, each.
   * `stale`: another change was first. Resolves with how many ended.
   */
  changePassword(
    change: { userId: UserId; expected: string; next: string; keep: SessionId | null },
    ending: Ending,
  ): Promise<number | 'stale'>
  /** On: also ends every session, and no session can begin. Events: session, each. False: no such person. */
  setSuspended(id: UserId, on: boolean, ending: Ending): Promise<boolean>
  countPeople(): Promise<number>
  /** Moves the read marker forward, never back; resolves with where it stands. null: no such person. */
  moveReadMarker(id: UserId, upTo: EntryId): Promise<EntryId | null>

  /** `refused` when the person is suspended, unknown, or `passwordHash` (when given) is not theirs any more. */
  createSession(session: NewSession, passwordHash: string | null): Promise<'created' | 'refused'>
  sessionById(id: SessionId): Promise<SessionRecord | null>
  /** Live ones, the last used first. */
  sessionsOf(userId: UserId, nowMs: number): Promise<SessionRecord[]>
  /** Spends a refresh token, once. Event: session, when its reuse ends it (`token_reused`, until `untilMs`). */
  refresh(sessionId: SessionId, refresh: Refresh, untilMs: number): Promise<RefreshOutcome>
  /** True also when it was ended before; false when it is not a session of this person. Event: session. */
  endSession(id: SessionId, userId: UserId, ending: Ending): Promise<boolean>
  /** Ends every live session of a person but `keep`; resolves with how many. Events: session, each. */
  endSessions(userId: UserId, keep: SessionId | null, ending: Ending): Promise<number>
  /** Ended sessions whose access tokens may still be alive. */
  endedSessions(nowMs: number): Promise<{ sessionId: SessionId; untilMs: number; reason: SessionEndReason }[]>
  /** Forgets sessions that are over and can open nothing, and keys that have expired. */
  sweep(nowMs: number): Promise<void>

  /** The newest first. */
  signingKeys(): Promise<SigningKey[]>
  /** Adds it if the newest is still the one of `after` (null: if there is none), so that of several processes one does. */
  addSigningKey(key: SigningKey, after: string | null): Promise<void>
  /** The bytes kept under this name: those given if there were none before. */
  keepSecret(name: string, bytes: Uint8Array): Promise<Uint8Array>

  /**
   * Decides by `decideEdge` and writes all of it. `edgeId` is raised above the actor's newest edge of this kind. Follower
   * counts change with it. Events: follow, block or mute, one for each edge changed.
   */
  setEdge(wish: EdgeWish, followsMax: number): Promise<EdgeOutcome>
  /** null for an edge that never was; off ones are there. */
  edge(kind: EdgeRecord['kind'], actorId: UserId, targetId: UserId): Promise<EdgeRecord | null>
  /** How the viewer stands to each; every id asked for is in it. */
  relations(viewerId: UserId, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Relation>>
  /** Who follows a person, by edge id. Those whom a block parts from the viewer are left out, and the page is filled up. */
  followers(userId: UserId, viewerId: UserId | null, range: EdgeRange): Promise<ListedPerson[]>
  /** Whom a person follows, likewise. */
  following(userId: UserId, viewerId: UserId | null, range: EdgeRange): Promise<ListedPerson[]>
  /** In the order asked for. Read from where writes are acknowledged, never from a copy that may lag. */
  viewerEdges(userIds: readonly UserId[]): Promise<ViewerEdges[]>
  followNotices(userId: UserId, range: EdgeRange): Promise<{ id: EntryId; actorId: UserId; atMs: number }[]>
  /**
   * People by handle prefix: the one of exactly this handle, then the much followed first. Of a short prefix that thousands
   * share, the most followed of all and the first in the alphabet are looked at. Without those a block parts from the viewer.
   */
  search(prefix: string, viewerId: UserId | null, limit: number): Promise<ListedPerson[]>
  /** Friends of friends over the newest follows, and the most followed: bounded, unranked, up to `limit` of each. */
  suggestionCandidates(viewerId: UserId, limit: number): Promise<SuggestionCandidate[]>
  /** People whose counts are not what a recount of their follows gives: none, unless something is broken. Costs a full scan. */
  countDrift(): Promise<UserId[]>

  /**
   * Many new people at once, some hundreds a transaction, so that a call that fails leaves some behind. With `events: false`
   * nothing is appended: only for a database that nobody reads yet. @throws AppError handle_taken
   */
  importPeople(people: readonly NewUser[], options: { events: boolean }): Promise<void>
  /** Many new follows between people who exist, likewise. Not checked against blocks and limits; those there are left. */
  importFollows(follows: readonly ImportedFollow[], options: { events: boolean }): Promise<void>
  close(): Promise<void>
}
