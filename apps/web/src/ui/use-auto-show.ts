import type { FeedView } from '@skein/client'
import { useEffect } from 'preact/hooks'
import type { FeedHandle } from '../state/feeds.js'
import { topPx } from './anchored.js'

/**
 * News goes straight into the feed only while the reader is at the very top, looks at the page, has not put the focus
 * into the feed, nothing waits in the pill and the connection lives. Else it waits in the pill.
 */
export function useAutoShow<T, V extends FeedView<T>>(
  handle: FeedHandle<T, V>,
  root: { current: HTMLElement | null },
  isWanted: boolean,
): void {
  useEffect(() => {
    const { view, snapshot } = handle
    if (!isWanted) {
      view.setAutoShow(false)
      return
    }
    let isOn: boolean | null = null
    const decide = (focused: Node | null = document.activeElement) => {
      const { pending, live } = snapshot.value
      const isInside = focused !== null && root.current !== null && root.current.contains(focused)
      const next =
        scrollY <= topPx && document.visibilityState === 'visible' && !isInside && pending.length === 0 && live
      if (next === isOn) return
      isOn = next
      view.setAutoShow(next)
    }
    const now = () => decide()
    const moved = (event: FocusEvent) =>
      decide(event.type === 'focusin' ? asNode(event.target) : asNode(event.relatedTarget))
    addEventListener('scroll', now, { passive: true })
    document.addEventListener('visibilitychange', now)
    document.addEventListener('focusin', moved)
    document.addEventListener('focusout', moved)
    const stop = snapshot.subscribe(now)
    return () => {
      stop()
      removeEventListener('scroll', now)
      document.removeEventListener('visibilitychange', now)
      document.removeEventListener('focusin', moved)
      document.removeEventListener('focusout', moved)
      view.setAutoShow(false)
    }
  }, [handle, isWanted])
}

function asNode(target: EventTarget | null): Node | null {
  return target instanceof Node ? target : null
}
