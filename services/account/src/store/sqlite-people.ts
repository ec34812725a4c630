import type { EntryId, UserId } from '@skein/contracts'
import type { Sqlite } from '@skein/platform'
import type { AccountStore, EdgeRange, ListedPerson } from './account-store.js'
import { parseCandidates, parsePeople, UserIdRows } from './sqlite-rows.js'

/** How far suggestions look: the newest follows of the viewer, and the newest follows of each of those. */
const friendsMax = 50
const followsOfFriendMax = 100
/** How many of the most followed, and of those that share a prefix, are looked at. */
const poolMax = 500

const unparted = (viewer: string, other: string): string =>
  `NOT EXISTS (SELECT 1 FROM account_edges WHERE kind = 'block' AND actor = ${viewer} AND target = ${other} AND is_on = 1)
    AND NOT EXISTS (SELECT 1 FROM account_edges WHERE kind = 'block' AND actor = ${other} AND target = ${viewer} AND is_on = 1)`
const list = (whose: 'actor' | 'target', other: 'actor' | 'target', range: string): string =>
  `SELECT e.edge_id AS edgeId, u.id, u.handle, u.name, u.bio FROM account_edges e JOIN account_users u ON u.id = e.${other}
    WHERE e.kind = 'follow' AND e.${whose} = ?1 AND e.is_on = 1 AND ${unparted('?2', `e.${other}`)} AND e.edge_id ${range} LIMIT ?4`
const older = '< ?3 ORDER BY e.edge_id DESC'
const newer = '> ?3 ORDER BY e.edge_id'
const mostFollowed = `SELECT id, handle FROM account_users ORDER BY followers DESC, handle LIMIT ${poolMax}`

const reads = {
  followersBefore: list('target', 'actor', older),
  followersAfter: list('target', 'actor', newer),
  followingBefore: list('actor', 'target', older),
  followingAfter: list('actor', 'target', newer),
  /** A handle has no character above `z`. */
  search: `SELECT u.id AS edgeId, u.id, u.handle, u.name, u.bio FROM account_users u WHERE u.id IN (
      SELECT id FROM (SELECT id FROM account_users WHERE handle >= ?1 AND handle < ?1 || '~' ORDER BY handle LIMIT ${poolMax})
      UNION SELECT id FROM (${mostFollowed}) WHERE handle >= ?1 AND handle < ?1 || '~')
    AND ${unparted('?2', 'u.id')} ORDER BY u.handle = ?1 DESC, u.followers DESC, u.handle LIMIT ?3`,
  friendsOfFriends: `WITH ${excluded()},
    friends AS MATERIALIZED (SELECT target AS id FROM account_edges
      WHERE kind = 'follow' AND actor = ?1 AND is_on = 1 ORDER BY edge_id DESC LIMIT ${friendsMax}),
    paths AS (SELECT f.id AS via, e.target AS id FROM friends f CROSS JOIN account_edges e
      ON e.kind = 'follow' AND e.actor = f.id AND e.is_on = 1 AND e.edge_id > coalesce((SELECT x.edge_id FROM account_edges x
        WHERE x.kind = 'follow' AND x.actor = f.id AND x.is_on = 1 ORDER BY x.edge_id DESC LIMIT 1 OFFSET ${followsOfFriendMax}), '')
      WHERE e.target NOT IN (SELECT id FROM excluded)),
    ranked AS (SELECT id, count(*) AS paths, json_group_array(via) AS via FROM paths GROUP BY id ORDER BY paths DESC LIMIT ?2)
    SELECT u.id, u.handle, u.name, u.bio, u.followers, r.paths, r.via FROM ranked r JOIN account_users u ON u.id = r.id WHERE u.suspended = 0`,
  popular: `WITH ${excluded()} SELECT u.id, u.handle, u.name, u.bio, u.followers, 0 AS paths, '[]' AS via
    FROM (${mostFollowed}) p CROSS JOIN account_users u ON u.id = p.id
    WHERE u.suspended = 0 AND u.id NOT IN (SELECT id FROM excluded) ORDER BY u.followers DESC, u.handle LIMIT ?2`,
  countDrift: `SELECT id FROM account_users u
    WHERE followers <> (SELECT count(*) FROM account_edges WHERE kind = 'follow' AND target = u.id AND is_on = 1)
    OR following <> (SELECT count(*) FROM account_edges WHERE kind = 'follow' AND actor = u.id AND is_on = 1)`,
}

/** Whom the viewer ?1 is not to be shown as a suggestion. */
function excluded(): string {
  return `excluded AS MATERIALIZED (SELECT ?1 AS id
    UNION ALL SELECT target FROM account_edges WHERE kind = 'follow' AND actor = ?1 AND is_on = 1
    UNION ALL SELECT target FROM account_edges WHERE kind = 'mute' AND actor = ?1 AND is_on = 1
    UNION ALL SELECT target FROM account_edges WHERE kind = 'block' AND actor = ?1 AND is_on = 1
    UNION ALL SELECT actor FROM account_edges WHERE kind = 'block' AND target = ?1 AND is_on = 1)`
}

type People = Pick<AccountStore, 'followers' | 'following' | 'search' | 'suggestionCandidates' | 'countDrift'>

export function createPeople(db: Sqlite): People {
  function page(
    sql: { before: string; after: string },
    key: readonly (UserId | null)[],
    range: EdgeRange,
  ): ListedPerson[] {
    const { limit, before, after } = range
    const from = (id: EntryId | string, text: string): ListedPerson[] =>
      parsePeople(db.read(text).all(key[0], key[1] ?? '', id, limit))
    return after === undefined ? from(before ?? '~', sql.before) : from(after, sql.after).reverse()
  }
  return {
    followers: async (userId, viewerId, range) =>
      page({ before: reads.followersBefore, after: reads.followersAfter }, [userId, viewerId], range),
    following: async (userId, viewerId, range) =>
      page({ before: reads.followingBefore, after: reads.followingAfter }, [userId, viewerId], range),
    search: async (prefix, viewerId, limit) => parsePeople(db.read(reads.search).all(prefix, viewerId ?? '', limit)),
    suggestionCandidates: async (viewerId, limit) => [
      ...parseCandidates(db.read(reads.friendsOfFriends).all(viewerId, limit)),
      ...parseCandidates(db.read(reads.popular).all(viewerId, limit)),
    ],
    countDrift: async () => UserIdRows.parse(db.read(reads.countDrift).all()).map(({ id }) => id),
  }
}
