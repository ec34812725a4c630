import { useComputed } from '@preact/signals'
import { useApp } from '../state/app.js'
import { agoWords, fullTime, timeWords } from '../text/times.js'

/** How long ago, kept true by the page's one timer; the full date is in `title`. */
export function TimeAt({ atMs, inSentence = false }: { atMs: number; inSentence?: boolean }) {
  const { now } = useApp()
  const words = useComputed(() => (inSentence ? agoWords : timeWords)(atMs, now.value))
  return (
    <time dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
      {words.value}
    </time>
  )
}
