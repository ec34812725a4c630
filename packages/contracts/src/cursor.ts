import { z } from 'zod'
import { EntryId } from './ids.js'
import { AppError } from './errors.js'
import type { LogCursor, PageCursor } from './models.js'

/** A place in one lane of the event log: `seq` grows by exactly one per event; another `epoch` is another count. */
export const Position = z.object({ epoch: z.string().regex(/^[a-z0-9]{1,40}$/), seq: z.int().nonnegative() })
export type Position = z.infer<typeof Position>

/** A position in every lane, the index being the lane. */
export type Positions = readonly Position[]

/** `s1.<epoch>-<seq>[.<epoch>-<seq>…]`: opaque to clients, versioned by its prefix. */
export function encodeLogCursor(positions: Positions): LogCursor {
  return `s1.${positions.map((p) => `${p.epoch}-${p.seq.toString(36)}`).join('.')}`
}

/** @throws AppError bad_cursor */
export function decodeLogCursor(cursor: string, lanes: number): Position[] {
  const [version, ...parts] = cursor.split('.')
  const positions = parts.map((part) => {
    const [epoch, seq] = part.split('-')
    return Position.safeParse({ epoch, seq: /^[0-9a-z]{1,11}$/.test(seq ?? '') ? Number.parseInt(seq ?? '', 36) : -1 })
      .data
  })
  const known = positions.filter((p) => p !== undefined)
  if (version !== 's1' || known.length !== lanes || parts.length !== lanes) throw new AppError('bad_cursor')
  return known
}

/** `p1.<entry id>` */
export function encodePageCursor(id: EntryId): PageCursor {
  return `p1.${id}`
}

/** @throws AppError bad_cursor */
export function decodePageCursor(cursor: PageCursor): EntryId {
  const id = EntryId.safeParse(cursor.startsWith('p1.') ? cursor.slice(3) : '')
  if (!id.success) throw new AppError('bad_cursor')
  return id.data
}
