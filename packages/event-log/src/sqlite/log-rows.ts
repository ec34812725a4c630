import { LogEvent, Position } from '@skein/contracts'

export interface LaneRow {
  readonly head: Position
  readonly floor: Position
}

/** @throws when the row is not what the statement gives. */
export function parseLane(row: unknown): LaneRow {
  const epoch = column(row, 'epoch')
  return {
    head: Position.parse({ epoch, seq: column(row, 'head') }),
    floor: Position.parse({ epoch, seq: column(row, 'floor') }),
  }
}

/** undefined for a lane without entries after the asked one; `event` undefined when this version does not know its kind. */
export function parseEntry(row: unknown): { position: Position; event: LogEvent | undefined } | undefined {
  const text = column(row, 'event')
  if (typeof text !== 'string') return undefined
  const position = Position.parse({ epoch: column(row, 'epoch'), seq: column(row, 'seq') })
  return { position, event: LogEvent.safeParse(JSON.parse(text)).data }
}

export function column(row: unknown, name: string): unknown {
  if (typeof row !== 'object' || row === null || !Object.hasOwn(row, name))
    throw new Error(`a row of the log has no ${name}`)
  const value: unknown = Reflect.get(row, name)
  return value
}
