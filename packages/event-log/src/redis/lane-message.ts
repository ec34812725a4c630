import { LogEvent, Position } from '@skein/contracts'
import type { Entry } from '../event-log.js'

/** What a lane's channel carries. `head`: the last position it tells of. */
export interface LaneMessage {
  readonly head: Position
  /** In order. Events that this version does not know are left out, and found again by reading up to `head`. */
  readonly entries: readonly Entry[]
}

/** `{epoch, seq, events}` for events from `seq` on, or `{epoch, head}`. undefined for anything else. */
export function parseLaneMessage(lane: number, text: string): LaneMessage | undefined {
  const message = parseObject(text)
  if (message === undefined) return undefined
  const { epoch, head, seq, events } = message
  if (!Array.isArray(events)) {
    const position = Position.safeParse({ epoch, seq: head }).data
    return position === undefined ? undefined : { head: position, entries: [] }
  }
  const first = Position.safeParse({ epoch, seq }).data
  if (first === undefined || events.length === 0) return undefined
  const at = (i: number): Position => ({ epoch: first.epoch, seq: first.seq + i })
  const entries = events.flatMap((each: unknown, i): Entry[] => {
    const event = LogEvent.safeParse(each).data
    return event === undefined ? [] : [{ lane, position: at(i), event }]
  })
  return { head: at(events.length - 1), entries }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
