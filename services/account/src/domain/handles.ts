import { Handle } from '@skein/contracts'

const reserved = new Set(
  `about account accounts admin administrator all anonymous api app auth blocks bookmarks bot contact deleted
  docs everyone explore feed feeds followers following help here home info legal live login logout me metrics
  moderator mutes notice notifications null official operator ops post posts privacy public register root
  search security sessions settings signin signout signup skein status suggestions support system tag tags
  terms thread threads trends undefined user users v1`.split(/\s+/),
)
const handleMaxChars = 24

/** Names that people would take for a part of the system. Nobody can sign up with them. */
export function isReservedHandle(handle: Handle): boolean {
  return reserved.has(handle)
}

/** What a person typed where a handle is asked for: `@Ada ` is `ada`. null when it cannot be a handle. */
export function readHandle(text: string): Handle | null {
  return Handle.safeParse(text.trim().replace(/^@/, '').toLowerCase()).data ?? null
}

/** What a person typed to search by handle, empty for everyone. null when no handle begins so. */
export function readHandlePrefix(text: string): string | null {
  const prefix = text.trim().replace(/^@/, '').toLowerCase()
  return /^[a-z0-9_]{0,24}$/.test(prefix) ? prefix : null
}

/** Handles like this one, none of them reserved; `numbers` (of 2 to 4 digits) make them differ. */
export function similarHandles(handle: Handle, numbers: readonly number[]): Handle[] {
  const endings = ['_', ...numbers.flatMap((number) => [`${number}`, `_${number}`])]
  const similar = endings.map((ending) => Handle.parse(handle.slice(0, handleMaxChars - ending.length) + ending))
  return similar.filter((name) => !isReservedHandle(name))
}
