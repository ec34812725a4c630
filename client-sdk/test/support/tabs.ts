import type { SessionStorage, StoredSession } from '../../src/types.js'

/** A storage that several clients share, as tabs share `localStorage`: others are told of a change, oneself is not. */
export class SharedStorage {
  held: StoredSession | null = null
  readonly #tabs = new Set<{ changed: () => void }>()
  constructor(held: StoredSession | null) {
    this.held = held
  }
  tab(): SessionStorage {
    const own = { changed: () => {} }
    return {
      key: 'test',
      load: () => this.held,
      save: (session) => {
        this.held = session
        for (const tab of this.#tabs) if (tab !== own) tab.changed()
      },
      watch: (changed) => {
        own.changed = changed
        this.#tabs.add(own)
        return () => void this.#tabs.delete(own)
      },
    }
  }
}

/** `navigator.locks`, as much as is used, until disposed. */
export function installLocks(): Disposable & { names: string[] } {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
  const names: string[] = []
  let tail: Promise<unknown> = Promise.resolve()
  const request = (name: string, run: () => Promise<unknown>) => {
    names.push(name)
    const own = tail.then(run)
    tail = own.catch(() => {})
    return own
  }
  Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true })
  return {
    names,
    [Symbol.dispose]() {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator')
      else Object.defineProperty(globalThis, 'navigator', before)
    },
  }
}
