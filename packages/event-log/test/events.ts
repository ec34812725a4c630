import { EntryId, UserId, type LogEvent, type Position } from '@skein/contracts'

function idText(n: number): string {
  return String(n).padStart(26, '0')
}

export function userIdOf(n: number): UserId {
  return UserId.parse(idText(n))
}

export interface EdgeSpec {
  readonly actor: number
  readonly target?: number
  readonly rev?: number
}

/** One state of the edge actor → target. */
export function edgeEvent(spec: EdgeSpec): LogEvent {
  const { actor, target = 1, rev = 1 } = spec
  const entity = `mute:${idText(actor)}:${idText(target)}`
  return {
    id: `${entity}@${rev}`,
    entity,
    subject: userIdOf(actor),
    rev,
    atMs: 1_000 + rev,
    kind: 'mute',
    on: rev % 2 === 1,
    edgeId: EntryId.parse(idText(target)),
    actorId: userIdOf(actor),
    targetId: userIdOf(target),
  }
}

/** `count` different edges, of as many actors. */
export function edgeEvents(count: number, firstActor = 1): LogEvent[] {
  return Array.from({ length: count }, (_, i) => edgeEvent({ actor: firstActor + i }))
}

/** Where an empty lane of this epoch begins. */
export function startsOf(positions: readonly Position[]): Position[] {
  return positions.map(({ epoch }) => ({ epoch, seq: 0 }))
}
