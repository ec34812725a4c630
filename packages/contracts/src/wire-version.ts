/** Grows with every change of the wire. */
export const wireVersion = 1

/**
 * One line a version, the newest last. `hash` is of every exported schema and contract; a test computes it anew and fails,
 * with the new hash, when the wire changed and this list did not.
 */
export const wireHistory: readonly { readonly version: number; readonly hash: string; readonly change: string }[] = [
  { version: 1, hash: 'd665454d0d0bae2adff9821d2d7e43edbfb3c35f04e7f7c538ad2c0657145338', change: 'The first.' },
]
