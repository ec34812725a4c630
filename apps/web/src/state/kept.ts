/** Small text kept on this device under `skein:`. Works, for as long as the page lives, where storage is refused or full. */
export interface Kept {
  get(key: string): string | null
  set(key: string, value: string | null): void
  keys(prefix: string): string[]
}

/** Never throws: what cannot be written is held in memory. */
export function createKept(storage: Storage | null): Kept {
  const memory = new Map<string, string>()
  const full = (key: string) => `skein:${key}`
  return {
    get(key) {
      const held = memory.get(key)
      return held ?? attempt(() => storage?.getItem(full(key)) ?? null)
    },
    set(key, value) {
      memory.delete(key)
      if (value === null) {
        attempt(() => storage?.removeItem(full(key)))
        return
      }
      const written = attempt(() => {
        storage?.setItem(full(key), value)
        return storage !== null
      })
      if (written !== true) memory.set(key, value)
    },
    keys(prefix) {
      const stored = attempt(() => (storage === null ? [] : Object.keys(storage))) ?? []
      const own = stored.filter((key) => key.startsWith(full(prefix))).map((key) => key.slice('skein:'.length))
      return [...new Set([...own, ...[...memory.keys()].filter((key) => key.startsWith(prefix))])]
    },
  }
}

/** The window's storage, or null where the browser refuses it. */
export function browserStore(kind: 'localStorage' | 'sessionStorage'): Storage | null {
  return attempt(() => window[kind])
}

function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
