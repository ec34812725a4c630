/** Grows with every change of the wire. */
export const wireVersion = 1

/**
 * One line a version, the newest last. `hash` is of every exported schema and contract; a test computes it anew and fails,
 * with the new hash, when the wire changed and this list did not.
 */
export const wireHistory: readonly { readonly version: number; readonly hash: string; readonly change: string }[] = [
  { version: 1, hash: '78b24f6cace49f5e731617d53480466278d74ce47850d53b1dace5bd01ee47e8', change: 'The first.' },
]
