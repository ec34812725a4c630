/** Grows with every change of the wire. */
export const wireVersion = 1

/**
 * One line a version, the newest last. `hash` is of every exported schema and contract; a test computes it anew and fails,
 * with the new hash, when the wire changed and this list did not.
 */
export const wireHistory: readonly { readonly version: number; readonly hash: string; readonly change: string }[] = [
  { version: 1, hash: 'aa659851c97ca650fa303f017096cf18161fce883090b38e979eb8b29202bd7e', change: 'The first.' },
]
