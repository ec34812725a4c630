// node scripts/secrets.mjs [FOLDER] [--rotate]: every secret of a production installation, as files for docker-production.yml.
// Never writes over a file. --rotate: new values for all but the databases' root passwords and keys, which the databases keep.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { redisAclFile, redisRoles } from '../deploy/redis-acl.mjs'

const databases = ['accounts', 'posts']
const random = (bytes = 32) => randomBytes(bytes).toString('base64url')

/**
 * The files by name, with fresh values.
 * @param {string} prefix of keys in Redis
 * @returns {Map<string, string>}
 */
export function makeSecrets(prefix = 'skein') {
  const files = new Map([['service_secret', random(48)]])
  const passwords = new Map([...redisRoles, 'operator'].map((user) => [user, random()]))
  files.set('redis_users', redisAclFile(passwords, prefix))
  for (const [user, password] of passwords) files.set(`redis_url_${user}`, `redis://${user}:${password}@redis:6379`)
  for (const name of databases) {
    const url = (user) => `mongodb://${user}:${random()}@${name}-db:27017/${name}?authSource=admin`
    files.set(`${name}_db_url`, url(name))
    files.set(`${name}_db_backup_url`, url('backup'))
    files.set(`${name}_db_root`, random())
    files.set(`${name}_db_key`, randomBytes(756).toString('base64'))
  }
  const scratch = random()
  files.set('scratch_db_root', scratch)
  files.set('scratch_db_url', `mongodb://root:${scratch}@scratch-db:27017/admin?authSource=admin`)
  return files
}

const isKept = (name) => name.endsWith('_db_root') || name.endsWith('_db_key') || name === 'scratch_db_url'

/**
 * Writes them into the folder (mode 0700), each readable by every user of its container (0444), whole or not at all.
 * @param {string} folder
 * @param {{ rotate?: boolean }} options
 * @returns {string[]} the names of what was written
 * @throws Error when a file is there, naming all of them
 */
export function writeSecrets(folder, { rotate = false } = {}) {
  const files = makeSecrets()
  const there = [...files.keys()].filter((name) => existsSync(join(folder, name)))
  if (!rotate && there.length > 0)
    throw new Error(
      `${folder} holds secrets already, and nothing was changed: ${there.join(', ')}. For new ones: --rotate`,
    )
  if (rotate && there.length < files.size)
    throw new Error(`${folder} does not hold a whole set of secrets to rotate: make one without --rotate`)
  const wanted = [...files].filter(([name]) => !rotate || !isKept(name))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  for (const [name, value] of wanted) {
    const aside = join(folder, `.${name}.new`)
    writeFileSync(aside, value, { mode: 0o444, flag: 'w' })
    chmodSync(aside, 0o444)
    renameSync(aside, join(folder, name))
  }
  return wanted.map(([name]) => name)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const words = process.argv.slice(2)
  const folder = resolve(words.find((word) => !word.startsWith('-')) ?? 'secrets')
  try {
    const names = writeSecrets(folder, { rotate: words.includes('--rotate') })
    console.log(`${names.length} secrets in ${folder}. Keep a copy where the backups are not.`)
  } catch (thrown) {
    console.error(thrown.message)
    process.exitCode = 1
  }
}
