import { expect } from 'chai'
import type { Positions } from '@skein/contracts'
import type { Entry, EventLog, Tail, TailMessage } from '@skein/event-log'

/** A tail that remembers what it heard and fails on a hole, a repeat or a step back. */
export interface Recorder {
  readonly tail: Tail
  readonly entries: Entry[]
  readonly resets: Extract<TailMessage, { kind: 'reset' }>[]
  /** What broke, or undefined. */
  readonly fault: () => string | undefined
  /** Since the last reset of the lane. */
  seen(lane: number): { from: Positions[number]; ids: string[] }
}

export async function record(log: EventLog, from: Positions): Promise<Recorder> {
  const entries: Entry[] = []
  const resets: Recorder['resets'] = []
  const lanes = from.map((position) => ({ from: position, ids: [] as string[] }))
  let fault: string | undefined

  function take(entry: Entry): void {
    const lane = lanes[entry.lane]
    if (lane === undefined) throw new Error('no such lane')
    const expected = { epoch: lane.from.epoch, seq: lane.from.seq + lane.ids.length + 1 }
    const { epoch, seq } = entry.position
    if (epoch !== expected.epoch || seq !== expected.seq) {
      fault ??= `lane ${entry.lane}: expected ${expected.epoch}/${expected.seq}, got ${epoch}/${seq}`
    }
    lane.ids.push(entry.event.id)
    entries.push(entry)
  }

  function onMessage(message: TailMessage): void {
    if (message.kind === 'entries') return message.entries.forEach(take)
    resets.push(message)
    lanes[message.lane] = { from: message.position, ids: [] }
  }

  const tail = await log.tail({ from, onMessage })
  const seen: Recorder['seen'] = (lane) => lanes[lane] ?? expect.fail('no such lane')
  return { tail, entries, resets, fault: () => fault, seen }
}
