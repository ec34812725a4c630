import { join } from 'node:path'
import { createLogger } from '@skein/platform'
import type { ServerConfig } from '../config.js'
import { databaseFile } from '../embedded.js'
import { version } from '../version.js'
import type { BackupEngine } from './backup-engine.js'
import { BackupError } from './backup-error.js'
import { createSqliteEngine } from './sqlite-engine.js'

/** Where backups are kept. */
export function backupDirOf(config: ServerConfig): string {
  return config['backup.dir'] ?? join(config.dataDir, 'backups')
}

/** The databases that the settings name: MongoDB when both are given, else the one file. @throws BackupError for one alone */
export async function openEngine(config: ServerConfig): Promise<BackupEngine> {
  const [accountsUrl, postsUrl] = [config['mongo.accountsUrl'], config['mongo.postsUrl']]
  if (accountsUrl === undefined && postsUrl === undefined) return createSqliteEngine(databaseFile(config.dataDir))
  if (accountsUrl === undefined || postsUrl === undefined)
    throw new BackupError(
      'Only one of the two databases is given: set SKEIN_MONGO_ACCOUNTS_URL and SKEIN_MONGO_POSTS_URL',
    )
  const { createMongoEngine } = await import('./mongo-engine.js')
  const scratchUrl = config['backup.scratchUrl'] ?? postsUrl
  return createMongoEngine({ accountsUrl, postsUrl, scratchUrl, emptyRedis: emptyRedisOf(config) })
}

function emptyRedisOf(config: ServerConfig): (() => Promise<number>) | undefined {
  const url = config['redis.url']
  if (url === undefined) return undefined
  const log = createLogger({ level: config['log.level'], service: 'restore', version, pretty: config['log.pretty'] })
  return async () => {
    const { emptyRedis } = await import('./empty-redis.js')
    return emptyRedis({ url, prefix: config['redis.prefix'], log })
  }
}
