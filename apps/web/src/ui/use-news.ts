import { effect } from '@preact/signals'
import type { FeedView } from '@skein/client'
import { useEffect } from 'preact/hooks'
import type { App } from '../state/app.js'
import type { FeedHandle } from '../state/feeds.js'
import { countOf } from '../text/counts.js'

interface Line {
  id: string
}

/** Says what arrived: to screen readers, in the page's title, and, after an outage, in a toast. */
export function useNews<T extends Line, V extends FeedView<T>>(
  app: App,
  handle: FeedHandle<T, V>,
  words: (n: number) => string,
  onShow: () => void,
): void {
  useEffect(() => {
    let waiting = handle.snapshot.peek().pending.length
    let newest = handle.snapshot.peek().items[0]?.id
    let caughtUpAtMs = handle.snapshot.peek().caughtUp?.atMs ?? 0
    const stop = effect(() => {
      const { pending, items, caughtUp, status } = handle.snapshot.value
      app.waiting.value = pending.length
      if (pending.length > waiting) app.announcer.say(words(pending.length))
      else if (waiting === 0 && pending.length === 0 && newest !== undefined) {
        const arrived = countAbove(items, newest)
        if (arrived > 0 && arrived < items.length) app.announcer.say(words(arrived))
      }
      waiting = pending.length
      if (status === 'ready') newest = items[0]?.id ?? ''
      if (caughtUp === null || caughtUp.atMs === caughtUpAtMs) return
      caughtUpAtMs = caughtUp.atMs
      if (caughtUp.posts === 0) return
      const text = `Back online, ${countOf(caughtUp.posts, 'post')} caught up`
      app.toasts.show({
        icon: 'check',
        text,
        ...(pending.length > 0 ? { action: { label: 'Show', run: onShow } } : {}),
      })
    })
    return () => {
      stop()
      app.waiting.value = 0
    }
  }, [handle])
}

function countAbove(items: readonly Line[], newest: string): number {
  const at = items.findIndex((item) => item.id <= newest)
  return at === -1 ? items.length : at
}
