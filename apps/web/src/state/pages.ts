import { signal, type ReadonlySignal } from '@preact/signals'
import type { Page, Pages, SkeinErrorShape } from '@skein/client'
import { errorShape } from './errors.js'

export interface PageList<T, P extends Page<T>> {
  readonly items: ReadonlySignal<readonly T[]>
  readonly first: ReadonlySignal<P | null>
  readonly state: ReadonlySignal<'loading' | 'more' | 'end' | 'failed'>
  readonly error: ReadonlySignal<SkeinErrorShape | null>
  /** The next page; does nothing while one is on its way or at the end. After a failure it tries again. */
  readonly load: () => void
  /** Changes or (null) removes items. */
  map(change: (item: T) => T | null): void
  close(): void
}

/** A list read page by page. `read` is called with the cursor to read before, and a signal that ends with `close`. */
export function createPageList<T, P extends Page<T>>(
  read: (before: string | undefined, signal: AbortSignal) => Pages<T, P>,
): PageList<T, P> {
  const items = signal<readonly T[]>([])
  const first = signal<P | null>(null)
  const state = signal<'loading' | 'more' | 'end' | 'failed'>('more')
  const error = signal<SkeinErrorShape | null>(null)
  const ending = new AbortController()
  let next: string | undefined
  const take = (page: P) => {
    first.value ??= page
    items.value = [...items.value, ...page.items]
    next = page.next ?? undefined
    state.value = page.next === null ? 'end' : 'more'
  }
  const fail = (thrown: unknown) => {
    if (ending.signal.aborted) return
    error.value = errorShape(thrown)
    state.value = 'failed'
  }
  return {
    items,
    first,
    state,
    error,
    load() {
      if (state.value === 'loading' || state.value === 'end' || ending.signal.aborted) return
      state.value = 'loading'
      Promise.resolve(read(next, ending.signal)).then(take, fail)
    },
    map(change) {
      items.value = items.value.flatMap((item) => change(item) ?? [])
    },
    close: () => ending.abort(),
  }
}
