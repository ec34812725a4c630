import type { EventLog } from '@skein/event-log'
import type { Ground } from './ground.js'

/** The event log of this role. */
export function addLog(ground: Ground): { readonly events: EventLog } {
  let events: EventLog | undefined
  ground.lifecycle.add('log', {
    start: async () => {
      events = await ground.openLog()
    },
    close: () => events?.close(),
  })
  return {
    get events() {
      if (events === undefined) throw new Error('the log was not opened yet')
      return events
    },
  }
}
