import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { FeedItem, FeedSnapshot, FeedView } from '@skein/client'
import type { LeftOff } from './left-off.js'

/** A feed view as signals. `V` is the view's own kind, so that a thread's or the notices' extras stay reachable. */
export interface FeedHandle<T, V extends FeedView<T>> {
  readonly key: string
  readonly view: V
  readonly snapshot: ReadonlySignal<FeedSnapshot<T>>
  /** Where the reader left off before this visit; null when nothing is to be marked. Fixed for the visit. */
  readonly leftOff: Signal<LeftOff | null>
}

export interface FeedRegistry {
  /** The feed of this key: opened once, then held (and kept live) while it is among the newest used. */
  open<T, V extends FeedView<T>>(key: string, make: () => V, leftOff?: LeftOff | null): FeedHandle<T, V>
  /** Closes every view, for example when another account signs in. */
  clear(): void
}

const heldMax = 8

/** Holds the feeds one goes back to, so that going back shows the same lines at once. */
export function createFeedRegistry(): FeedRegistry {
  const held = new Map<string, { handle: unknown; close: () => void }>()
  const drop = (key: string) => {
    held.get(key)?.close()
    held.delete(key)
  }
  return {
    open<T, V extends FeedView<T>>(key: string, make: () => V, leftOff: LeftOff | null = null) {
      const known = held.get(key)
      if (known !== undefined) {
        held.delete(key)
        held.set(key, known)
        return known.handle as FeedHandle<T, V>
      }
      const { handle, close } = createHandle<T, V>(key, make(), leftOff)
      held.set(key, { handle, close })
      for (const oldest of [...held.keys()].slice(0, -heldMax)) drop(oldest)
      return handle
    },
    clear() {
      for (const key of held.keys()) drop(key)
    },
  }
}

/** Makes signals of one view; `close` ends the view too. */
export function createHandle<T, V extends FeedView<T>>(
  key: string,
  view: V,
  leftOff: LeftOff | null,
): { handle: FeedHandle<T, V>; close: () => void } {
  const snapshot = signal(view.getSnapshot())
  const stop = view.subscribe(() => {
    snapshot.value = view.getSnapshot()
  })
  return {
    handle: { key, view, snapshot, leftOff: signal(leftOff) },
    close() {
      stop()
      view.close().catch(() => {})
    },
  }
}

export type PostFeed = FeedHandle<FeedItem, FeedView>
