// Who may do what in Redis: one user a role, each with the commands and keys it uses and no others. What a user may do
// inside a script is checked in the same way. Brackets are selectors: a command must be allowed by one of them whole.
import { createHash } from 'node:crypto'

/** @typedef {'account' | 'post' | 'timeline' | 'gateway'} RedisRole */

/** @type {readonly RedisRole[]} */
export const redisRoles = ['account', 'post', 'timeline', 'gateway']

const connect = [
  '+hello +auth +ping +info +select +quit +reset +command|docs',
  '+client -client|kill -client|list -client|pause -client|unpause -client|unblock -client|no-evict -client|tracking',
].join(' ')
const hear = '+subscribe +unsubscribe +psubscribe +punsubscribe'

/**
 * The rules of each role, for installations whose keys begin with `prefix`.
 * @param {string} [prefix]
 * @returns {Record<RedisRole, string>}
 */
export function redisRules(prefix = 'skein') {
  const log = `${prefix}:{log*}:*`
  const live = `${prefix}:{log*}:live`
  const stats = `${prefix}:stats`
  const readsLog = `%R~${log} +xrange +xrevrange +xlen +xinfo|stream +exists +type +hget +hmget +hgetall +time`
  const runsScripts = `(~${log} +eval +evalsha +eval_ro +evalsha_ro +script|load +script|exists)`
  const hearsLog = `(${hear} &${live})`
  const written = ['meta', 'stream', 'ids', 'live'].map((key) => `~${prefix}:{log*}:${key}`).join(' ')
  const appends = `(${written} +xadd +xtrim +xdel +hset +hdel +hincrby +del +unlink +expire +publish &${live})`
  const lane = `${prefix}:{log*}:stream`
  const adapter = `${prefix}:adapter`
  // Of a lane's stream a group takes entries and ticks them off: it adds none and takes none away.
  const worksOffLog = `(~${lane} +xreadgroup +xgroup +xack +xclaim +xautoclaim +xpending +xinfo|groups +xinfo|consumers)`
  // Its own: what a group remembers, dead letters, stored homes and the work owed to them, trends.
  const owned = [`${lane}:*`, `${prefix}:home:*`, `${prefix}:{fanout}:*`, `${prefix}:trends*`]
  const kinds =
    '+@read +@write +@string +@hash +@set +@sortedset +@stream +@scripting +@keyspace -@dangerous -scan -randomkey'
  const owns = `(${owned.map((key) => `~${key}`).join(' ')} ${kinds})`
  // The pattern that a gateway subscribes to is compared as it is written.
  const adapts = `(${hear} +publish &${adapter}* &${adapter}#/#*) +pubsub|numsub`
  return {
    account: [connect, readsLog, runsScripts, hearsLog, appends].join(' '),
    post: [connect, readsLog, runsScripts, hearsLog, appends, `(+publish &${stats})`].join(' '),
    timeline: [connect, readsLog, runsScripts, hearsLog, worksOffLog, owns].join(' '),
    gateway: [connect, readsLog, runsScripts, hearsLog, `(${hear} &${stats})`, adapts].join(' '),
  }
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex')

/**
 * An ACL file with a user for each role, an operator who may do everything, and one who can only be asked whether Redis is
 * there. Passwords stand in it as hashes. Without a name nobody gets in.
 * @param {ReadonlyMap<string, string>} passwords by role, and of `operator`
 * @param {string} [prefix]
 */
export function redisAclFile(passwords, prefix = 'skein') {
  const rules = redisRules(prefix)
  const passwordOf = (user) => {
    const password = passwords.get(user)
    if (password === undefined) throw new Error(`${user} has no password`)
    return `#${sha256(password)}`
  }
  return [
    'user default off resetpass resetkeys resetchannels -@all',
    'user health on nopass resetkeys resetchannels -@all +ping',
    `user operator on ${passwordOf('operator')} ~* &* +@all`,
    ...redisRoles.map((role) => `user ${role} on ${passwordOf(role)} resetkeys resetchannels -@all ${rules[role]}`),
    '',
  ].join('\n')
}
