/** Grows with every change of the wire. */
export const wireVersion = 1
