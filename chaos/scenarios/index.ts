import type { Scenario } from '../scenario.js'
import { clock } from './clock.js'
import { duplicates } from './duplicates.js'
import { gateway } from './gateway.js'
import { graph } from './graph.js'
import { kill } from './kill.js'
import { network } from './network.js'
import { pause } from './pause.js'
import { rebuild } from './rebuild.js'
import { redisAway } from './redis-away.js'
import { redisEmpty, redisLost, redisOld } from './redis-loss.js'
import { relay } from './relay.js'
import { slow } from './slow.js'

/** Those over the shared cluster first. */
export const scenarios: readonly Scenario[] = [
  kill,
  redisEmpty,
  redisLost,
  redisAway,
  pause,
  gateway,
  relay,
  duplicates,
  slow,
  rebuild,
  graph,
  redisOld,
  network,
  clock,
]

/** What every change has to pass. */
export const shortSelection: readonly string[] = ['kill', 'redis-empty', 'relay', 'gateway']
