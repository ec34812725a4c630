import {
  EntryId,
  Handle,
  type Relation,
  Role,
  SessionEndReason,
  SessionId,
  UserId,
  type ViewerEdges,
} from '@skein/contracts'
import { z } from 'zod'
import type { EdgeRecord } from '../domain/edges.js'
import type { SessionRecord } from '../domain/sessions.js'
import type { UserRecord } from '../domain/users.js'

/** The parsers of everything that comes out of the account tables. All throw on a row that is not what a statement gives. */

const int = z.int()
const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1)

export const userColumns = `id, handle, name, bio, role, suspended, created_at_ms AS createdAtMs, rev, followers, following,
  read_up_to AS readUpTo, password_hash AS passwordHash`
const userFields = { id: UserId, handle: Handle, name: z.string(), bio: z.string() }
const UserRow = z.object({
  ...userFields,
  role: Role,
  suspended: flag,
  createdAtMs: int,
  rev: int,
  followers: int,
  following: int,
  readUpTo: EntryId.nullable(),
})
const CredentialsRow = UserRow.extend({ passwordHash: z.string() })

export function parseUser(row: unknown): UserRecord | null {
  return row === undefined ? null : UserRow.parse(row)
}

export function parseCredentials(row: unknown): { user: UserRecord; passwordHash: string } | null {
  if (row === undefined) return null
  const { passwordHash, ...user } = CredentialsRow.parse(row)
  return { user, passwordHash }
}

export const CardRows = z.array(z.object({ id: UserId, handle: Handle, name: z.string() }))
export const HandleRows = z.array(z.object({ handle: Handle }))

export const sessionColumns = `id, user_id AS userId, client, created_at_ms AS createdAtMs, last_used_at_ms AS lastUsedAtMs, rev,
  token_hash AS tokenHash, token_expires_at_ms AS tokenExpiresAtMs, spent, end_reason AS endReason, end_at_ms AS endAtMs,
  end_until_ms AS endUntilMs`
const Spent = z.array(z.object({ hash: z.string(), spentAtMs: int }))
const SessionRow = z.object({
  id: SessionId,
  userId: UserId,
  client: z.string(),
  createdAtMs: int,
  lastUsedAtMs: int,
  rev: int,
  tokenHash: z.string(),
  tokenExpiresAtMs: int,
  spent: z.string(),
  endReason: SessionEndReason.nullable(),
  endAtMs: int.nullable(),
  endUntilMs: int.nullable(),
})

export function parseSession(row: unknown): SessionRecord | null {
  if (row === undefined) return null
  const { endReason: reason, endAtMs: atMs, endUntilMs: untilMs, spent, ...session } = SessionRow.parse(row)
  const end = reason === null || atMs === null || untilMs === null ? null : { reason, atMs, untilMs }
  return { ...session, spent: Spent.parse(JSON.parse(spent)), end }
}

export function parseSessions(rows: readonly unknown[]): SessionRecord[] {
  return rows.flatMap((row) => parseSession(row) ?? [])
}

export const EndedRows = z.array(z.object({ sessionId: SessionId, untilMs: int, reason: SessionEndReason }))

export const KeyRows = z.array(
  z.object({ kid: z.string(), privateKeyPem: z.string(), createdAtMs: int, expiresAtMs: int }),
)
export const SecretRow = z.object({ bytes: z.instanceof(Uint8Array) })

export const edgeColumns = `kind, actor AS actorId, target AS targetId, is_on AS "on", rev, edge_id AS edgeId, at_ms AS atMs`
const EdgeRow = z.object({
  kind: z.enum(['follow', 'block', 'mute']),
  actorId: UserId,
  targetId: UserId,
  on: flag,
  rev: int,
  edgeId: EntryId,
  atMs: int,
})

export function parseEdge(row: unknown): EdgeRecord | null {
  return row === undefined ? null : EdgeRow.parse(row)
}

const RelationRow = z.object({
  id: UserId,
  following: flag,
  followedBy: flag,
  blocking: flag,
  blockedBy: flag,
  muting: flag,
})

export function parseRelations(rows: readonly unknown[]): Map<UserId, Relation> {
  return new Map(rows.map((row) => RelationRow.parse(row)).map(({ id, ...relation }) => [id, relation]))
}

const PersonRow = z.object({ edgeId: EntryId, ...userFields })

export function parsePeople(
  rows: readonly unknown[],
): { id: EntryId; user: Omit<z.infer<typeof PersonRow>, 'edgeId'> }[] {
  return rows.map((row) => PersonRow.parse(row)).map(({ edgeId, ...user }) => ({ id: edgeId, user }))
}

const Json = z.object({ json: z.string() })

/** Ids and revs that a statement gathered itself; not looked at one by one, as there may be millions. */
export function parseEdgeRevs(row: unknown): ViewerEdges['follows'] {
  return JSON.parse(Json.parse(row).json) as ViewerEdges['follows']
}

export const NoticeRows = z.array(z.object({ id: EntryId, actorId: UserId, atMs: int }))

const CandidateRow = z.object({ ...userFields, followers: int, paths: int, via: z.string() })
const Via = z.array(UserId)

export function parseCandidates(rows: readonly unknown[]) {
  return rows.map((row) => {
    const { followers, paths, via, ...user } = CandidateRow.parse(row)
    return { user, followers, paths, via: Via.parse(JSON.parse(via)) }
  })
}

export const UserIdRows = z.array(z.object({ id: UserId }))
export const CountRow = z.object({ n: int })

/** The ids that a statement gathered by json_group_array. */
export function parseIds<T extends z.ZodType>(id: T, row: unknown): z.infer<T>[] {
  return z.array(id).parse(JSON.parse(Json.parse(row).json))
}
