import type { Scenario } from '../scenario.js'
import { kill } from './kill.js'

export const scenarios: readonly Scenario[] = [kill]

/** What every change has to pass. */
export const shortSelection: readonly string[] = ['kill']
