export interface Swatch {
  /** Degrees. */
  hue: number
  weave: number
}

/** The woven swatch that stands for a person: the same handle, the same cloth, everywhere. */
export function swatchOf(handle: string): Swatch {
  let hash = 0x811c9dc5
  for (let i = 0; i < handle.length; i += 1) hash = Math.imul(hash ^ handle.charCodeAt(i), 0x01000193) >>> 0
  hash ^= hash >>> 15
  return { hue: (hash >>> 0) % 360, weave: (hash >>> 0) % 7 }
}
