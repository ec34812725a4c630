import type { Scenario } from '../scenario.js'
import { gateway } from './gateway.js'
import { kill } from './kill.js'
import { pause } from './pause.js'
import { redisAway } from './redis-away.js'
import { redisEmpty, redisLost, redisOld } from './redis-loss.js'

export const scenarios: readonly Scenario[] = [kill, redisEmpty, redisLost, redisOld, redisAway, pause, gateway]

/** What every change has to pass. */
export const shortSelection: readonly string[] = ['kill', 'redis-empty', 'gateway']
