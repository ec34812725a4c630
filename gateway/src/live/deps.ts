import type { accountContract, postContract } from '@skein/contracts'
import type { Window, WindowOptions } from '@skein/event-log'
import type { Clock, EndedSessions, Logger, Random, RpcClient, TokenVerifier } from '@skein/platform'
import type { ServerOptions } from 'socket.io'
import type { LiveMetrics } from './metrics.js'

export interface LiveConfig {
  /** Exact origins browsers may come from; same-origin always may. */
  readonly origins: readonly string[]
  readonly maxSockets: number
  readonly maxSocketsPerIp: number
  readonly maxSocketsPerUser: number
  /** Calls a socket may make, in a burst and then a second. */
  readonly callBurst: number
  readonly callsPerSecond: number
  /** Posts a second that public, tag and thread send one socket before they say `more`. */
  readonly openFeedPostsPerSecond: number
  readonly windowMaxEntries: number
  readonly windowMaxBytes: number
  /** The address of the peer stands in the last `x-forwarded-for` entry. */
  readonly trustProxy: boolean
  readonly drainGraceMs: number
  /**
   * Also long polling, for networks that break WebSockets; off when absent. Several gateways then need a balancer that
   * keeps a client at one of them: each poll is a request of its own.
   */
  readonly allowPolling?: boolean
}

export interface LiveDeps {
  readonly openWindow: (options: WindowOptions) => Promise<Window>
  readonly lanes: number
  readonly account: Pick<RpcClient<typeof accountContract>, 'edges' | 'users' | 'sessions'>
  readonly post: Pick<RpcClient<typeof postContract>, 'posts'>
  readonly verifier: TokenVerifier
  readonly ended: EndedSessions
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: LiveMetrics
  /** Carries what gateways tell each other and may lose. Absent: this is the only one. */
  readonly adapter?: ServerOptions['adapter']
}
