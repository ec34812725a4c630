import type { Logger } from '@skein/platform'
import type { BackupEngine } from './backup-engine.js'
export interface MongoEngineConfig {
  readonly accountsUrl: string
  readonly postsUrl: string
  readonly scratchUrl: string
  readonly log: Logger
}
export async function createMongoEngine(_config: MongoEngineConfig): Promise<BackupEngine> {
  throw new Error('not yet')
}
