import { type LogEvent, Position } from '@skein/contracts'
import type { Tx } from '@skein/platform'
import { laneOf, type Entry } from '../event-log.js'
import { sql } from './log-schema.js'

/**
 * Appends inside a job of the writer, so that a change and its event are one transaction. Gives the positions the events
 * have once it commits; tails hear of them after COMMIT and before the job's promise resolves, in the order of the log.
 * Idempotent on `event.id` over the kept entries: a repeat gets the first position and is not published. About 15 µs an event.
 */
export type AppendInTx = (tx: Tx, events: readonly LogEvent[]) => Position[]

export function createAppender(lanes: number, publish: (entries: readonly Entry[]) => void): AppendInTx {
  return (tx, events) => {
    const added: Entry[] = []
    const positions = events.map((event) => {
      const known = tx(sql.find).get(event.id)
      if (known !== undefined) return Position.parse(known)
      const entry = appendOne(tx, event, laneOf(event.subject, lanes))
      added.push(entry)
      return entry.position
    })
    if (added.length > 0) tx.afterCommit(() => publish(added))
    return positions
  }
}

function appendOne(tx: Tx, event: LogEvent, lane: number): Entry {
  const position = Position.parse(tx(sql.advance).get(lane))
  tx(sql.insert).run(lane, position.seq, event.id, JSON.stringify(event))
  return { lane, position, event }
}
