import type { Positions } from '@skein/contracts'
import type { EventLog } from '@skein/event-log'

/**
 * Heads that outlive the log: while it does not answer, the last ones it gave. They are older than anything that is read
 * afterwards, so a page's cursor stays true. Before the first answer a failure is passed on.
 */
export function rememberHeads(log: Pick<EventLog, 'heads'>): Pick<EventLog, 'heads'> {
  let known: Positions | undefined
  return {
    async heads() {
      try {
        const heads = await log.heads()
        known = heads
        return heads
      } catch (error) {
        if (known === undefined) throw error
        return [...known]
      }
    },
  }
}
