import { loadConfig } from '@skein/platform'
import { serverConfig, type ServerConfig } from '@skein/server'

const most = 10_000_000

/** The server as it comes, but on a free port, with limits that no load reaches and tokens that last. */
export function benchConfig(dataDir: string): ServerConfig {
  const settings: Partial<ServerConfig> = {
    dataDir,
    port: 0,
    'ops.port': 0,
    'log.level': 'error',
    'limits.ipPerMinute': most,
    'limits.userPerMinute': most,
    'limits.postsPerMinute': most,
    'live.maxSockets': 100_000,
    'live.maxSocketsPerIp': 100_000,
    'live.drainGraceMs': 100,
    'auth.accessTtlMs': 86_400_000,
  }
  const flags = new Map(serverConfig.items.map((item) => [item.key, item.flag]))
  const argv = Object.entries(settings).map(([key, value]) => `${flags.get(key) ?? ''}=${String(value)}`)
  return loadConfig(serverConfig, { env: {}, argv }).values
}
