import { LogEvent } from '@skein/contracts'
import { laneKeys } from '@skein/event-log/redis'
import { openMongo } from '@skein/platform/mongo'
import { openRedis, whenRedisReady } from '@skein/platform/redis'
import { openSqlite } from '@skein/platform'
import { silentLogger } from '@skein/platform/testing'
import { databaseFile } from '@skein/server'
import { z } from 'zod'
import type { ClusterStores } from './cluster-system.js'
import type { Spawned } from './system.js'

const PostRow = z.object({ id: z.string(), rev: z.int() })

/** What a system that has stopped left behind: its posts by id, and its log. */
export interface Stored {
  readonly posts: readonly z.infer<typeof PostRow>[]
  readonly events: readonly LogEvent[]
}

export function storedIn({ dataDir, stores }: Spawned): Promise<Stored> {
  return stores === undefined ? inFile(dataDir) : inServers(stores)
}

async function inFile(dataDir: string): Promise<Stored> {
  const db = await openSqlite({ file: databaseFile(dataDir), maxQueued: 10, log: silentLogger })
  const posts = z.array(PostRow).parse(db.read('SELECT id, rev FROM posts ORDER BY id').all())
  const rows = z.array(z.object({ event: z.string() })).parse(db.read('SELECT event FROM log_entries').all())
  await db.close()
  return { posts, events: rows.map(({ event }) => LogEvent.parse(JSON.parse(event))) }
}

async function inServers({ redisUrl, prefix, postsUrl }: ClusterStores): Promise<Stored> {
  const mongo = await openMongo({ url: postsUrl, name: 'test', log: silentLogger })
  const redis = openRedis({ url: redisUrl, name: 'test', log: silentLogger, whenAway: 'fail' })
  await whenRedisReady(redis, 2_000)
  const documents = await mongo
    .collection('posts')
    .find({}, { projection: { rev: 1 } })
    .toArray()
  const entries = await redis.xrange(laneKeys(prefix, 0).stream, '-', '+')
  redis.disconnect()
  await mongo.close()
  return {
    posts: documents
      .map(({ _id, rev }) => PostRow.parse({ id: _id, rev: rev as unknown }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    events: entries.map(([, fields]) => LogEvent.parse(JSON.parse(fields[fields.indexOf('event') + 1] ?? ''))),
  }
}
