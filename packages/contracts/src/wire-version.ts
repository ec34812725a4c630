/** Grows with every change of the wire. */
export const wireVersion = 1

/**
 * One line a version, the newest last. `hash` is of every exported schema and contract; a test computes it anew and fails,
 * with the new hash, when the wire changed and this list did not.
 */
export const wireHistory: readonly { readonly version: number; readonly hash: string; readonly change: string }[] = [
  { version: 1, hash: '54a7b76262cadb50dd1c1938664b8fb9127fc0dae28d9d4cc1a9f4f6202ae9fc', change: 'The first.' },
]
