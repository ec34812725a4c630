import type { FeedSnapshot } from '@skein/client'
import { useEffect, useRef } from 'preact/hooks'
import { Btn } from './btn.js'

/** The end of a list: reads on when it comes near, says so when that failed. Its height does not change. */
export function Older({
  state,
  what = 'posts',
  onMore,
}: {
  state: FeedSnapshot['older']
  what?: string
  onMore: () => void
}) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (end.current === null || state !== 'more') return
    const near = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onMore()
      },
      { rootMargin: '0px 0px 1200px' },
    )
    near.observe(end.current)
    return () => near.disconnect()
  })
  if (state === 'end') return null
  return (
    <div class="older" ref={end}>
      {state === 'failed' ? (
        <p class="row quiet">
          The older {what} did not load.
          <Btn look="small quiet" onPress={onMore}>
            Try again
          </Btn>
        </p>
      ) : (
        <p class="quiet">{state === 'loading' ? `Loading older ${what}` : ''}</p>
      )}
    </div>
  )
}
