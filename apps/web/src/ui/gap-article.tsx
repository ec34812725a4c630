import type { FeedSnapshot } from '@skein/client'
import { positionOf } from './post-article.js'

/** The place in a feed where posts are missing; an article of the feed like any other. */
export function GapArticle({
  state,
  position,
  onFill,
}: {
  state: NonNullable<FeedSnapshot['gap']>['state']
  position: number
  onFill: () => void
}) {
  const words = { offered: 'Load them', loading: 'Loading', failed: 'Try again' }[state]
  return (
    <article class="gap" tabIndex={0} aria-label="Some posts are missing here" {...positionOf(position)}>
      <svg class="gap__ends" viewBox="0 0 21 64" preserveAspectRatio="none" fill="none" aria-hidden="true">
        <path stroke-width="3" d="M10.5 0v7M10.5 64v-7" />
        <path
          stroke-width="1.25"
          stroke-linecap="round"
          d="M9.6 6c.4 5-3.8 6.5-3.2 11.5.3 2.5-2 2.8-2.4 5M10.5 6c-.2 6 2 8.5.8 13-.6 2.3.9 3.2.4 5.5M11.4 6c.2 4 4.6 4.8 4.4 9.2-.1 2 1.8 2.3 2 4.3M9.6 58c.3-4-4-4.5-4-9 0-2.2-1.9-2.5-2.2-4.3M10.5 58c-.2-5.5-1.5-7.5-.5-12 .5-2.2-.7-3.2-.3-5.2M11.4 58c.1-5 3.6-5.5 3.3-10.3-.1-2.2 2-2.6 2.3-4.5"
        />
      </svg>
      <span>Some posts are missing here</span>
      <button
        class="btn btn--small btn--quiet"
        type="button"
        aria-disabled={state === 'loading'}
        onClick={() => {
          if (state !== 'loading') onFill()
        }}
      >
        {words}
      </button>
    </article>
  )
}
