import { EntryId } from '@skein/contracts'

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The id just above, so that "older than it" takes in the given one; null for the greatest id. */
export function idAbove(id: EntryId): EntryId | null {
  return neighbour(id, 'Z', '0', 1)
}

/** The id just below, so that "newer than it" takes in the given one; null for the least id. */
export function idBelow(id: EntryId): EntryId | null {
  return neighbour(id, '0', 'Z', -1)
}

/** Adds or takes one at the last digit, carrying over the digits that are full. */
function neighbour(id: EntryId, full: string, emptied: string, step: 1 | -1): EntryId | null {
  let at = id.length - 1
  while (at >= 0 && id[at] === full) at--
  const digit = digits[digits.indexOf(id[at] ?? full) + step]
  if (at < 0 || digit === undefined) return null
  return EntryId.safeParse(id.slice(0, at) + digit + emptied.repeat(id.length - at - 1)).data ?? null
}
