import { Trend } from '@skein/contracts'
import { trendsChannel } from '@skein/event-log/redis'
import type { Metrics } from '@skein/platform'
import { createTimelineService, type TimelineService } from '@skein/timeline'
import { createRedisHomes, type HomeMetrics, type RedisHomes } from '@skein/timeline/redis'
import { z } from 'zod'
import { clock, random, untilAnswers, type Ground } from './ground.js'
import { addLog } from './log-part.js'
import { hear, tell } from './messages.js'
import { addService } from './serve-service.js'

/** Feeds, from the account and post services' data; homes of active people stored in Redis, filled by fan-out. */
export function addTimeline(ground: Ground): { readonly port: number } {
  const { log, lifecycle, clients, verifier, config } = ground
  const logPart = addLog(ground)
  const channel = trendsChannel(config['redis.prefix'])
  let homes: RedisHomes | undefined
  let service: TimelineService | undefined
  lifecycle.add('homes', {
    start: () => {
      homes = openHomes(ground)
      homes.start()
    },
    close: () => homes?.close(),
  })
  lifecycle.add('timeline', {
    start: async () => {
      await untilAnswers('the event log', log, () => logPart.events.heads())
      const made = createTimelineService(
        {},
        {
          account: clients.account(),
          post: clients.post(),
          log: logPart.events,
          clock,
          logger: log,
          ...(homes === undefined ? {} : { homes }),
          onTrends: (trends) => tell(ground, channel, trends),
        },
      )
      service = made
      await made.start()
      await hear(ground, channel, z.array(Trend), (trends) => made.hearTrends(trends))
    },
    close: () => service?.close(),
  })
  return addService(ground, () => {
    if (service === undefined) throw new Error('timeline has not started')
    return { router: service.router, access: { anonymous: service.anonymous }, verifier }
  })
}

function openHomes(ground: Ground): RedisHomes {
  const { redis, config, clients, log, metrics } = ground
  let blocking = 0
  return createRedisHomes({
    redis,
    openBlocking: () => ground.openBlocking(`group-${++blocking}`),
    prefix: config['redis.prefix'],
    lanes: config['log.lanes'],
    post: clients.post(),
    log,
    clock,
    random,
    metrics: declareHomeMetrics(metrics),
    maxLagEntries: Math.floor(config['live.windowEntries'] / 2),
  })
}

function declareHomeMetrics(metrics: Metrics): HomeMetrics {
  const pushed = metrics.counter({ name: 'home_pushes_total', help: 'Lines pushed to stored homes.' })
  const built = metrics.counter({
    name: 'home_builds_total',
    help: 'Homes built from the database, by outcome.',
    labels: { outcome: ['built', 'failed'] },
  })
  const reads = metrics.counter({
    name: 'home_reads_total',
    help: 'Home pages, by where they were read.',
    labels: { source: ['home', 'database'] },
  })
  const dead = metrics.counter({
    name: 'fanout_dead_letters_total',
    help: 'Entries put aside after failing again and again.',
  })
  const lag = metrics.gauge({ name: 'fanout_lag_entries', help: 'Entries of the log that are not yet in every home.' })
  const building = metrics.gauge({ name: 'homes_building', help: 'Homes that this process is building.' })
  return {
    pushed: (homes) => pushed.add(homes),
    built: (ok) => built.add({ outcome: ok ? 'built' : 'failed' }),
    read: (source) => reads.add({ source }),
    dead: () => dead.add(),
    behind(entries, now) {
      lag.set(entries)
      building.set(now)
    },
  }
}
