import type { ComponentChildren } from 'preact'
import type { SkeinErrorShape } from '@skein/client'
import { useApp } from '../state/app.js'
import { isUnreachable } from '../state/errors.js'

function Art() {
  return (
    <svg
      class="empty__art"
      viewBox="0 0 176 96"
      fill="none"
      stroke="currentColor"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <path stroke="var(--spark)" stroke-width="7" d="M139 20l10-3.5" />
      <path stroke-width="6.4" d="M116 27.5l8.5-3.2M141 35l-3.2 8.5" />
      <path stroke-width="5.6" d="M95 37l7.5-3.6M132 57l-4 7.5" />
      <path stroke-width="4.6" d="M77 48.5l6-4M120.5 77l-4 5.5" />
      <path stroke-width="3.6" d="M63 61l4.5-4" />
      <path stroke-width="2.6" d="M59 66c-8 8.5-14 16-25 16-9 0-14-5-14-11s5-9.5 10-9.5 9 3.5 9 9c0 10-13 17-31 17" />
    </svg>
  )
}

export interface EmptyProps {
  title: string
  /** Draws the thread that starts. */
  art?: boolean
  level?: 1 | 2
  children?: ComponentChildren
}

/** What stands where nothing is to be shown: what is so, then what to do. */
export function Empty({ title, art = false, level = 2, children }: EmptyProps) {
  return (
    <section class="empty">
      {art ? <Art /> : null}
      {level === 1 ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </section>
  )
}

/** Why something did not load, and a way to try again. */
export function LoadFailed({
  error,
  what = 'posts',
  onRetry,
}: {
  error: SkeinErrorShape | null
  what?: string
  onRetry: () => void
}) {
  const { client } = useApp()
  if (error !== null && isUnreachable(error)) {
    const again = () => {
      client.reconnectNow()
      onRetry()
    }
    return (
      <Empty title="You are offline" art>
        <p>Posts load by themselves when the connection is back.</p>
        <button class="btn btn--quiet" type="button" onClick={again}>
          Try now
        </button>
      </Empty>
    )
  }
  return (
    <Empty title={`The ${what} did not load`}>
      <p>
        The server answered with an error. It is not something you did.
        {error?.requestId === undefined ? null : (
          <>
            {' '}
            Request <span class="num">{error.requestId}</span>.
          </>
        )}
      </p>
      <button class="btn btn--quiet" type="button" onClick={onRetry}>
        Try again
      </button>
    </Empty>
  )
}
