import { Handle, StatsMessage } from '@skein/contracts'
import { createWindow, type EventLog } from '@skein/event-log'
import { statsChannel } from '@skein/event-log/redis'
import { createGateway, createHearingCheck, createHttpApiMetrics, type Gateway } from '@skein/gateway'
import { createClusterAdapter, type ClusterAdapter } from '../cluster-adapter.js'
import { declareLiveMetrics } from '../live-metrics.js'
import { watchLogLag } from '../log-lag.js'
import { gatewayConfigOf } from '../part-configs.js'
import { clock, ownCall, random, untilAnswers, type Ground } from './ground.js'
import { addLog } from './log-part.js'
import { hear } from './messages.js'

/** A question about one person costs the database a look into an index, whether or not there is such a person. */
const anyHandle = Handle.parse('skein')

/** What people reach: HTTP, sockets, the page. Owns no data. */
export function addGateway(ground: Ground, version: string, webRoot: string | undefined): { readonly port: number } {
  const { config, log, lifecycle, health, clients } = ground
  const logPart = addLog(ground)
  let gateway: Gateway | undefined
  let adapter: ClusterAdapter | undefined
  let stopWatching: (() => void) | undefined
  let port = 0
  lifecycle.add('gateway', {
    start: async () => {
      await untilAnswers('the event log', log, () => logPart.events.heads())
      adapter = await untilAnswers('redis', log, () => openAdapter(ground))
      const made = createGateway(gatewayConfigOf(config, version, webRoot), depsOf(ground, logPart.events, adapter))
      gateway = made
      await untilAnswers('account', log, () => clients.account().sessions.ended({}, ownCall()))
      port = (await made.start()).port
      stopWatching = watchLogLag(ground.metrics, logPart.events, made)
      // What is lost is counted again with the next change.
      await hear(ground, statsChannel(config['redis.prefix']), StatsMessage, (stats) => made.stats(stats))
    },
    close: async () => {
      health.markDraining()
      stopWatching?.()
      await gateway?.drain()
      await gateway?.close()
      await adapter?.close()
    },
  })
  addChecks(ground, () => gateway, logPart)
  return {
    get port() {
      return port
    },
  }
}

function depsOf(
  { config, clients, verifier, ended, log, metrics }: Ground,
  events: EventLog,
  { adapter }: ClusterAdapter,
): Parameters<typeof createGateway>[1] {
  const services = { account: clients.account(), post: clients.post(), timeline: clients.timeline() }
  return {
    http: { ...services, verifier, clock, random, log, metrics: createHttpApiMetrics(metrics) },
    live: {
      ...services,
      openWindow: (options) => createWindow(events, { ...options, clock }),
      adapter,
      lanes: config['log.lanes'],
      verifier,
      ended,
      clock,
      random,
      log,
      metrics: declareLiveMetrics(metrics, () => clock.now()),
    },
  }
}

function openAdapter({ config, log, metrics }: Ground): Promise<ClusterAdapter> {
  return createClusterAdapter({ redisUrl: config['redis.url'] ?? '', prefix: config['redis.prefix'], log, metrics })
}

/** A service or Redis that is away is told, and leaves the gateway ready: every replica would leave the balancer at once. */
function addChecks(
  { health, clients }: Ground,
  gateway: () => Gateway | undefined,
  logPart: { readonly events: EventLog },
): void {
  const check = createHearingCheck({
    isHearing: () => gateway()?.live.isHearing() ?? false,
    ping: () => logPart.events.heads(),
    clock,
  })
  health.add('log', { affectsReady: true, check })
  health.add('account', {
    affectsReady: false,
    check: async () => void (await clients.account().users.byHandles({ handles: [anyHandle] }, ownCall(900))),
  })
  health.add('post', {
    affectsReady: false,
    check: async () => void (await clients.post().tags.search({ prefix: 'a', limit: 1 }, ownCall(900))),
  })
  health.add('timeline', {
    affectsReady: false,
    check: async () => void (await clients.timeline().trends({ limit: 1 }, ownCall(900))),
  })
}
