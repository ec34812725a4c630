export interface Emitter<M> {
  readonly on: <E extends keyof M>(
    event: E,
    handler: (value: M[E]) => void,
    options?: { signal?: AbortSignal },
  ) => () => void
  readonly emit: <E extends keyof M>(event: E, value: M[E]) => void
}

/** Handlers are called in the order they were added; one that throws is reported like any uncaught error and stops no other. */
export function createEmitter<M>(): Emitter<M> {
  const handlers: { [E in keyof M]?: Set<(value: M[E]) => void> } = {}
  return {
    on(event, handler, options) {
      const set = (handlers[event] ??= new Set())
      const own: typeof handler = (value) => handler(value)
      if (options?.signal?.aborted === true) return () => {}
      set.add(own)
      const off = () => {
        set.delete(own)
        options?.signal?.removeEventListener('abort', off)
      }
      options?.signal?.addEventListener('abort', off, { once: true })
      return off
    },
    emit(event, value) {
      for (const handler of handlers[event] ?? []) guarded(() => handler(value))
    },
  }
}

/** Runs a caller's function; what it throws surfaces as an uncaught error, outside of our own work. */
export function guarded(run: () => void): void {
  try {
    run()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

export interface Listeners {
  readonly add: (listener: () => void) => () => void
  /** Calls all of them in a microtask; what is announced until then is announced with it. */
  readonly announce: () => void
  readonly clear: () => void
}

export function createListeners(): Listeners {
  const listeners = new Set<() => void>()
  let isAnnounced = false
  return {
    add(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    announce() {
      if (isAnnounced) return
      isAnnounced = true
      queueMicrotask(() => {
        isAnnounced = false
        for (const listener of listeners) guarded(listener)
      })
    },
    clear: () => listeners.clear(),
  }
}
