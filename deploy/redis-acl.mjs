// Who may do what in Redis: one user a role, each with the commands and keys it uses and no others. What a user may do
// inside a script is checked in the same way. Brackets are selectors: a command must be allowed by one of them whole.
import { createHash } from 'node:crypto'

/** @typedef {'account' | 'post' | 'timeline' | 'gateway'} RedisRole */

/** @type {readonly RedisRole[]} */
export const redisRoles = ['account', 'post', 'timeline', 'gateway']

const connect = '+hello +auth +ping +info +select +quit +reset +client|setname +client|setinfo +client|id +command|docs'
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
  const appends = `(~${log} +xadd +xtrim +xdel +hset +hdel +hincrby +del +unlink +expire +publish &${live})`
  return {
    account: [connect, readsLog, runsScripts, hearsLog, appends].join(' '),
    post: [connect, readsLog, runsScripts, hearsLog, appends, `(+publish &${stats})`].join(' '),
    timeline: [connect, readsLog, runsScripts, hearsLog].join(' '),
    gateway: [connect, readsLog, runsScripts, hearsLog, `(${hear} &${stats})`].join(' '),
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
