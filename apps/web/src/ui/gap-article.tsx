import type { FeedSnapshot } from '@skein/client'
import { positionOf } from './post-article.js'
import { Btn } from './btn.js'

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
      <svg class="gap__ends" viewBox="0 0 21 64" preserveAspectRatio="none" aria-hidden="true">
        <use href="#frayed" />
      </svg>
      <span>Some posts are missing here</span>
      <Btn
        look="small quiet"
        disabled={state === 'loading'}
        onPress={() => {
          if (state !== 'loading') onFill()
        }}
      >
        {words}
      </Btn>
    </article>
  )
}
