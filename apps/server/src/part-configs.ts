import { accountDefaults, type AccountConfig } from '@skein/account'
import { wireVersion } from '@skein/contracts'
import { httpApiDefaults, type GatewayConfig } from '@skein/gateway'
import type { ServerConfig } from './config.js'

/** What the account service is given of the settings. */
export function accountConfigOf(config: ServerConfig): AccountConfig {
  return {
    ...accountDefaults,
    accessTtlMs: config['auth.accessTtlMs'],
    passwords: {
      ...accountDefaults.passwords,
      memoryKiB: config['auth.passwordMemoryKiB'],
      passes: config['auth.passwordPasses'],
    },
  }
}

/** What a gateway is given of the settings. */
export function gatewayConfigOf(config: ServerConfig, version: string, webRoot: string | undefined): GatewayConfig {
  const { limits } = httpApiDefaults
  return {
    host: config.host,
    port: config.port,
    http: {
      ...httpApiDefaults,
      info: { name: config.name, version, wireVersion },
      postMaxGraphemes: config['post.maxGraphemes'],
      signUpOpen: config['http.signUpOpen'],
      origins: config['http.origins'],
      trustProxy: config['http.trustedProxies'] === 0 ? false : config['http.trustedProxies'],
      ...(webRoot === undefined ? {} : { webRoot }),
      limits: {
        ...limits,
        ip: { ...limits.ip, points: config['limits.ipPerMinute'] },
        user: { ...limits.user, points: config['limits.userPerMinute'] },
        post: { ...limits.post, points: config['limits.postsPerMinute'] },
        signIn: { ...limits.signIn, points: config['limits.signInsPer5Minutes'] },
        refresh: { ...limits.refresh, points: config['limits.refreshesPerMinute'] },
        signUp: { ...limits.signUp, points: config['limits.signUpsPerHour'] },
      },
    },
    live: {
      origins: config['http.origins'],
      maxSockets: config['live.maxSockets'],
      maxSocketsPerIp: config['live.maxSocketsPerIp'],
      maxSocketsPerUser: config['live.maxSocketsPerUser'],
      allowPolling: config['live.allowPolling'],
      callBurst: 100,
      callsPerSecond: 20,
      openFeedPostsPerSecond: 20,
      windowMaxEntries: config['live.windowEntries'],
      windowMaxBytes: config['live.windowBytes'],
      trustProxy: config['http.trustedProxies'] > 0,
      drainGraceMs: config['live.drainGraceMs'],
    },
  }
}
