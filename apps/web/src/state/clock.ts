import { signal, type ReadonlySignal } from '@preact/signals'

const tickMs = 10_000

/** The one timer behind every time on the page: "now" in epoch ms, moved every 10 s while the page is seen. */
export function createClock(): { now: ReadonlySignal<number>; close(): void } {
  const now = signal(Date.now())
  const tick = () => {
    if (document.visibilityState === 'visible') now.value = Date.now()
  }
  const timer = setInterval(tick, tickMs)
  document.addEventListener('visibilitychange', tick)
  return {
    now,
    close() {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    },
  }
}
