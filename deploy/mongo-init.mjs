/*
 * Makes a MongoDB what an installation needs: the first member of a replica set, with its users and their passwords. Changes
 * nothing when it is so, and is run at every start.
 *
 *   MONGO_HOST                host:port, as clients name it
 *   MONGO_REPLICA_SET         its name; empty: a server of its own without a set
 *   MONGO_ROOT_PASSWORD_FILE  of the user `root`
 *   MONGO_USERS               role=FILE, separated by commas: FILE holds the URL of a user with password and database
 */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'

const need = (name) => {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}
const host = need('MONGO_HOST')
const setName = process.env.MONGO_REPLICA_SET ?? ''
const rootPassword = readFileSync(need('MONGO_ROOT_PASSWORD_FILE'), 'utf8').trim()
const users = need('MONGO_USERS')
  .split(',')
  .map((word) => {
    const at = word.indexOf('=')
    const url = new URL(readFileSync(word.slice(at + 1), 'utf8').trim())
    const user = { name: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
    return { ...user, role: word.slice(0, at), db: url.pathname.slice(1) }
  })

/** While a server starts for the first time it listens only to itself, so asking goes on for two minutes. */
async function untilAnswers(what, ask) {
  for (let left = 120; ; left--) {
    try {
      return await ask()
    } catch (thrown) {
      if (left === 0) throw new Error(`${what} did not come about in two minutes`, { cause: thrown })
      if (left % 10 === 0) console.log(`waiting for ${what}: ${thrown.message}`)
    }
    await wait(1_000)
  }
}

async function open() {
  const client = new mongoose.mongo.MongoClient(`mongodb://${host}/admin`, {
    auth: { username: 'root', password: rootPassword },
    authSource: 'admin',
    directConnection: true,
    serverSelectionTimeoutMS: 2_000,
    appName: 'skein-init',
  })
  try {
    await client.connect()
    await client.db('admin').command({ ping: 1 })
    return client
  } catch (thrown) {
    await client.close()
    throw thrown
  }
}

const alreadyInitialized = 23

async function beginSet(admin) {
  const hello = await admin.command({ hello: 1 })
  if (hello.setName === setName) return
  const config = { _id: setName, members: [{ _id: 0, host }] }
  await admin.command({ replSetInitiate: config }).catch((thrown) => {
    if (thrown.code === alreadyInitialized) return
    throw new Error(
      `${host} cannot be a member of a replica set. Where that is meant, set MONGO_REPLICA_SET to nothing.`,
      {
        cause: thrown,
      },
    )
  })
  console.log(`replica set ${setName}: ${host} is its first member`)
}

async function hasPrimary(admin) {
  const { isWritablePrimary } = await admin.command({ hello: 1 })
  if (isWritablePrimary !== true) throw new Error('no primary yet')
}

async function setUser(admin, { name, password, role, db }) {
  const roles = [{ role, db }]
  const { users: found } = await admin.command({ usersInfo: { user: name, db: 'admin' } })
  const command = found.length === 0 ? 'createUser' : 'updateUser'
  await admin.command({ [command]: name, pwd: password, roles })
  console.log(`user ${name}: ${role} on ${db}`)
}

async function main() {
  const client = await untilAnswers(host, open)
  try {
    const admin = client.db('admin')
    if (setName !== '') await beginSet(admin)
    await untilAnswers('a primary', () => hasPrimary(admin))
    for (const user of users) await setUser(admin, user)
  } finally {
    await client.close()
  }
}

try {
  await main()
} catch (thrown) {
  console.error(`${thrown.message}${thrown.cause === undefined ? '' : ` (${thrown.cause.message})`}`)
  process.exitCode = 1
}
