import type { Trend } from '@skein/contracts'
import type { EventLog } from '@skein/event-log'
import type { Clock, Logger } from '@skein/platform'
import type { TimelineConfig } from './config.js'
import { rememberHeads } from './homes/known-heads.js'
import type { HomeStore } from './homes/home-store.js'
import type { AccountReads, PostReads } from './ports.js'
import { createPeople, type People } from './reads/people.js'
import { createTrends, type Trends } from './reads/trends.js'

export interface TimelineDeps {
  readonly account: AccountReads
  readonly post: PostReads
  readonly log: Pick<EventLog, 'heads'>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
  /** Told of trends that were read here, to pass them on to the other replicas. Must not throw. */
  readonly onTrends?: (trends: readonly Trend[]) => void
  /** Stored homes; without them home is read from the database. */
  readonly homes?: HomeStore | undefined
}

/** What every method is made of. */
export interface Parts extends TimelineDeps {
  readonly config: TimelineConfig
  readonly people: People
  readonly trends: Trends
}

export function createParts(config: TimelineConfig, deps: TimelineDeps): Parts {
  const { account, post, clock } = deps
  return {
    ...deps,
    log: deps.homes === undefined ? deps.log : rememberHeads(deps.log),
    config,
    people: createPeople({ account, clock, ttlMs: config.cardTtlMs, max: config.cardsMax }),
    trends: createTrends({ post, clock, ttlMs: config.trendsTtlMs, onRead: deps.onTrends }),
  }
}
