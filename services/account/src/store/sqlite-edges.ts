import { EntryId, type UserId } from '@skein/contracts'
import type { AppendInTx } from '@skein/event-log'
import { sqlList, type Sqlite, type Tx } from '@skein/platform'
import { decideEdge, edgeEvent, noRelation, relationOf, type EdgeRecord, type Pair } from '../domain/edges.js'
import { ulidAbove } from '../domain/ids.js'
import type { AccountStore, EdgeOutcome } from './account-store.js'
import {
  edgeColumns,
  NoticeRows,
  parseEdge,
  parseEdgeRevs,
  parseRelations,
  parseUser,
  userColumns,
} from './sqlite-rows.js'

const sql = {
  edge: `SELECT ${edgeColumns} FROM account_edges WHERE kind = ? AND actor = ? AND target = ?`,
  write: `INSERT INTO account_edges (kind, actor, target, is_on, rev, edge_id, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET is_on = excluded.is_on, rev = excluded.rev, edge_id = excluded.edge_id, at_ms = excluded.at_ms`,
  newest: `SELECT ${edgeColumns} FROM account_edges WHERE kind = ? AND actor = ? AND is_on = 1 ORDER BY edge_id DESC LIMIT 1`,
  user: `SELECT ${userColumns} FROM account_users WHERE id = ?`,
  countFollowing: 'UPDATE account_users SET following = following + ? WHERE id = ?',
  countFollower: 'UPDATE account_users SET followers = followers + ? WHERE id = ?',
}

const isOn = (kind: string, actor: string, target: string): string =>
  `EXISTS (SELECT 1 FROM account_edges WHERE kind = '${kind}' AND actor = ${actor} AND target = ${target} AND is_on = 1)`
const gather = (kind: string, whose: 'actor' | 'target', other: 'actor' | 'target'): string =>
  `SELECT json_group_array(json_object('id', ${other}, 'rev', rev)) AS json FROM account_edges
    WHERE kind = '${kind}' AND ${whose} = ? AND is_on = 1`
const notices = (range: string): string =>
  `SELECT edge_id AS id, actor AS actorId, at_ms AS atMs FROM account_edges
    WHERE kind = 'follow' AND target = ? AND is_on = 1 AND edge_id ${range} LIMIT ?`
const reads = {
  relations: `SELECT value AS id, ${isOn('follow', '?1', 'value')} AS following, ${isOn('follow', 'value', '?1')} AS followedBy,
    ${isOn('block', '?1', 'value')} AS blocking, ${isOn('block', 'value', '?1')} AS blockedBy,
    ${isOn('mute', '?1', 'value')} AS muting FROM json_each(?2)`,
  follows: gather('follow', 'actor', 'target'),
  blocking: gather('block', 'actor', 'target'),
  blockedBy: gather('block', 'target', 'actor'),
  mutes: gather('mute', 'actor', 'target'),
  noticesBefore: notices('< ? ORDER BY edge_id DESC'),
  noticesAfter: notices('> ? ORDER BY edge_id'),
}

export const edgeStatements: readonly string[] = Object.values(sql)

type Edges = Pick<AccountStore, 'setEdge' | 'edge' | 'relations' | 'viewerEdges' | 'followNotices'>

export function createEdges(db: Sqlite, append: AppendInTx): Edges {
  return {
    setEdge: (wish, followsMax) =>
      db.write((tx): EdgeOutcome => {
        const actor = parseUser(tx(sql.user).get(wish.actorId))
        if (actor === null || tx(sql.user).get(wish.targetId) === undefined)
          return { kind: 'refused', why: 'not_found' }
        const newest = parseEdge(tx(sql.newest).get(wish.kind, wish.actorId))
        const edgeId = EntryId.parse(ulidAbove(wish.edgeId, newest?.edgeId ?? null))
        const pair = pairInTx(tx, wish.actorId, wish.targetId)
        const decision = decideEdge({ ...wish, edgeId }, pair, { following: actor.following, followsMax })
        if (decision.kind === 'refused') return decision
        for (const edge of decision.edges) writeInTx(tx, edge)
        if (decision.edges.length > 0) append(tx, decision.edges.map(edgeEvent))
        const relation = relationOf(pairInTx(tx, wish.actorId, wish.targetId))
        return { kind: 'set', relation, changed: decision.edges.length }
      }),
    edge: async (kind, actorId, targetId) => parseEdge(db.read(sql.edge).get(kind, actorId, targetId)),
    relations: async (viewerId, ids) => {
      const known = parseRelations(db.read(reads.relations).all(viewerId, sqlList(ids)))
      return new Map(ids.map((id) => [id, known.get(id) ?? noRelation]))
    },
    viewerEdges: async (userIds) =>
      userIds.map((userId) => ({
        userId,
        follows: parseEdgeRevs(db.read(reads.follows).get(userId)),
        blocking: parseEdgeRevs(db.read(reads.blocking).get(userId)),
        blockedBy: parseEdgeRevs(db.read(reads.blockedBy).get(userId)),
        mutes: parseEdgeRevs(db.read(reads.mutes).get(userId)),
      })),
    followNotices: async (userId, { limit, before, after }) =>
      after === undefined
        ? NoticeRows.parse(db.read(reads.noticesBefore).all(userId, before ?? '~', limit))
        : NoticeRows.parse(db.read(reads.noticesAfter).all(userId, after, limit)).reverse(),
  }
}

function pairInTx(tx: Tx, actorId: UserId, targetId: UserId): Pair {
  const edge = (kind: EdgeRecord['kind'], actor: UserId, target: UserId): EdgeRecord | null =>
    parseEdge(tx(sql.edge).get(kind, actor, target))
  return {
    following: edge('follow', actorId, targetId),
    followedBy: edge('follow', targetId, actorId),
    blocking: edge('block', actorId, targetId),
    blockedBy: edge('block', targetId, actorId),
    muting: edge('mute', actorId, targetId),
  }
}

/** Also keeps the counts of both people. */
function writeInTx(tx: Tx, { kind, actorId, targetId, on, rev, edgeId, atMs }: EdgeRecord): void {
  tx(sql.write).run(kind, actorId, targetId, on ? 1 : 0, rev, edgeId, atMs)
  if (kind !== 'follow') return
  tx(sql.countFollowing).run(on ? 1 : -1, actorId)
  tx(sql.countFollower).run(on ? 1 : -1, targetId)
}
