import { trusted } from 'mongoose'
import type { Relation, UserId } from '@skein/contracts'
import { relationOf, type EdgeKind } from '../../domain/edges.js'
import type { SessionRecord } from '../../domain/sessions.js'
import type { UserRecord } from '../../domain/users.js'
import type { EdgeRange } from '../account-store.js'
import { PairDoc, SessionDoc, UserDoc } from './documents.js'
import type { Row, Rows } from './models.js'
import { ends, pairOf, placeOf, type ListedEdge } from './pairs.js'

/** An operator of ours in a filter: those in a value that came from outside are refused. */
export const op = (operators: Record<string, unknown>): Record<string, unknown> => trusted(operators)
export const among = (values: readonly unknown[]): Record<string, unknown> => op({ $in: values })

export async function readUser(users: Rows, filter: Row): Promise<UserDoc | null> {
  const row = await users.findOne(filter).lean()
  return row === null ? null : UserDoc.parse(row)
}

export async function readSession(sessions: Rows, id: string): Promise<SessionDoc | null> {
  const row = await sessions.findById(id).lean()
  return row === null ? null : SessionDoc.parse(row)
}

export async function readPair(pairs: Rows, id: string): Promise<PairDoc | null> {
  const row = await pairs.findById(id).lean()
  return row === null ? null : PairDoc.parse(row)
}

export function userOf(doc: UserDoc): UserRecord {
  const { _id: id, handle, name, bio, role, suspended, createdAtMs, rev, followers, following, readUpTo } = doc
  return { id, handle, name, bio, role, suspended, createdAtMs, rev, followers, following, readUpTo }
}

export function sessionOf(doc: SessionDoc): SessionRecord {
  const { _id: id, userId, client, createdAtMs, lastUsedAtMs, rev, tokenHash, tokenExpiresAtMs, spent, end } = doc
  return { id, userId, client, createdAtMs, lastUsedAtMs, rev, tokenHash, tokenExpiresAtMs, spent, end }
}

/** How the viewer stands to each. */
export async function readRelations(
  pairs: Rows,
  viewerId: UserId,
  ids: readonly UserId[],
): Promise<Map<UserId, Relation>> {
  const rows = await pairs.find({ _id: among(ids.map((id) => placeOf(viewerId, id).id)) }).lean()
  const known = new Map(rows.map((row) => PairDoc.parse(row)).map((pair) => [pair._id, pair]))
  return new Map(ids.map((id) => [id, relationOf(pairOf(known.get(placeOf(viewerId, id).id) ?? null, viewerId, id))]))
}

export interface EdgeQuery {
  readonly kind: EdgeKind
  /** Which end the people stand at. */
  readonly whose: 'actor' | 'target'
  readonly range?: EdgeRange
}

/**
 * Edges that are on: with a range by edge id, the newest first; without, all of them in no order. Two queries, one for each
 * way a pair can lie, each over its own index.
 */
export async function listEdges(pairs: Rows, people: readonly UserId[], query: EdgeQuery): Promise<ListedEdge[]> {
  const { kind, whose, range } = query
  const person = people.length === 1 ? people[0] : among(people)
  const found = ends[whose].map(async (end) => {
    const edge = `${end.side}.${kind}`
    const filter = { [end.person]: person, [`${edge}.on`]: true, ...between(`${edge}.edgeId`, range) }
    const find = pairs.find(filter).select({ lo: 1, hi: 1, v: 1, [edge]: 1 })
    if (range !== undefined) find.sort({ [`${edge}.edgeId`]: range.after === undefined ? -1 : 1 }).limit(range.limit)
    return (await find.lean()).flatMap((row): ListedEdge[] => {
      const pair = PairDoc.parse(row)
      const held = pair[end.side]?.[kind]
      return held === undefined ? [] : [{ personId: pair[end.person], otherId: pair[end.other], ...held }]
    })
  })
  const edges = (await Promise.all(found)).flat()
  if (range === undefined) return edges
  const newestFirst = edges.sort((a, b) => (a.edgeId < b.edgeId ? 1 : -1))
  return range.after === undefined ? newestFirst.slice(0, range.limit) : newestFirst.slice(-range.limit)
}

function between(field: string, range: EdgeRange | undefined): Row {
  if (range?.after !== undefined) return { [field]: op({ $gt: range.after }) }
  return range?.before === undefined ? {} : { [field]: op({ $lt: range.before }) }
}
