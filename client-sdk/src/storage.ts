import { isRecord } from './errors.js'
import type { SessionStorage, StoredSession } from './types.js'

/** Forgets with the process. The default. */
export function memoryStorage(): SessionStorage {
  let held: StoredSession | null = null
  return {
    load: () => held,
    save: (session) => {
      held = session
    },
  }
}

/**
 * Keeps the session in `localStorage`, shared by the tabs of one origin: they refresh one at a time, and signing out in
 * one signs out all. Where `localStorage` is missing or forbidden it forgets with the page.
 */
export function browserStorage(key = 'skein.session'): SessionStorage {
  const fallback = memoryStorage()
  const store = localStore()
  if (store === null) return fallback
  return {
    key,
    load: () => parseSession(store.getItem(key)),
    save(session) {
      if (session === null) store.removeItem(key)
      else store.setItem(key, JSON.stringify(session))
    },
    watch(changed) {
      const listener = (event: StorageEvent) => {
        if (event.storageArea === store && (event.key === key || event.key === null)) changed()
      }
      globalThis.addEventListener('storage', listener)
      return () => globalThis.removeEventListener('storage', listener)
    },
  }
}

/** null for anything that is not a session. */
export function parseSession(text: string | null): StoredSession | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return isSession(value) ? value : null
  } catch {
    return null
  }
}

function isSession(value: unknown): value is StoredSession {
  return (
    isRecord(value) &&
    isRecord(value['me']) &&
    ['sessionId', 'accessToken', 'refreshToken'].every((name) => typeof value[name] === 'string') &&
    typeof value['accessExpiresAtMs'] === 'number'
  )
}

function localStore(): Storage | null {
  try {
    const store = globalThis.localStorage
    store.setItem('skein.probe', '1')
    store.removeItem('skein.probe')
    return store
  } catch {
    return null
  }
}
