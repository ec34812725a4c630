import type { ComponentChildren } from 'preact'
import type { SkeinErrorShape } from '@skein/client'
import { useApp } from '../state/app.js'
import { isUnreachable } from '../state/errors.js'
import { Btn } from './btn.js'

function Art() {
  return (
    <svg class="empty__art" viewBox="0 0 176 96" aria-hidden="true">
      <use href="#flight" />
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
        <Btn look="quiet" onPress={again}>
          Try now
        </Btn>
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
      <Btn look="quiet" onPress={onRetry}>
        Try again
      </Btn>
    </Empty>
  )
}
