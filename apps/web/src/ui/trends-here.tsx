import { useSignal } from '@preact/signals'
import type { Trend } from '@skein/client'
import { useEffect } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { Trends } from './aside.js'

/** What is talked about, in the column: for screens too narrow to have it at the side. */
export function TrendsHere() {
  const { client } = useApp()
  const trends = useSignal<readonly Trend[]>([])
  useEffect(() => {
    client.trends({ limit: 8 }).then(
      (found) => {
        trends.value = found
      },
      () => {},
    )
  }, [])
  return trends.value.length === 0 ? null : (
    <div class="narrow-only">
      <Trends trends={trends.value} id="trends-here-h" />
    </div>
  )
}
