import { effect, type Signal } from '@preact/signals'
import type { FeedSnapshot, FeedView, SkeinErrorShape } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../state/app.js'
import type { FeedHandle } from '../state/feeds.js'
import { lineById } from '../state/place.js'
import { countOf } from '../text/counts.js'
import { Anchored } from './anchored.js'
import { LoadFailed } from './empty.js'
import { Older } from './older.js'
import { Pill } from './pill.js'
import { Skeleton } from './skeleton.js'
import { useAutoShow } from './use-auto-show.js'
import { useNews } from './use-news.js'
import { Btn } from './btn.js'

export interface LiveFeedProps<T, V extends FeedView<T>> {
  handle: FeedHandle<T, V>
  /** What one new line is called: "new post". */
  noun?: string
  plural?: string
  what?: string
  label?: string
  labelledBy?: string
  /** Whether news may go in by itself at the top. */
  autoShow?: boolean
  /** The line that gets the focus when the waiting ones are shown; the newest unless said. */
  focusOf?: (pending: readonly T[]) => T | undefined
  /** What belongs to the feed but stands above its pill and lines. */
  above?: (snapshot: FeedSnapshot<T>) => ComponentChildren
  empty: ComponentChildren
  /** While true `empty` stays and what came waits in the pill; pressing it sets this to false. */
  held?: Signal<boolean> | undefined
  /** Takes the place of the usual words for a failure it knows. */
  failed?: ((error: SkeinErrorShape) => ComponentChildren) | undefined
  end?: ComponentChildren
  /** Older lines are asked for here instead of at the end of the list. */
  olderAbove?: boolean
  children: (snapshot: FeedSnapshot<T>) => ComponentChildren
}

/** A feed that is kept true: pill, lines, older ones, and what stands there while or when there are none. */
export function LiveFeed<T extends { id: string }, V extends FeedView<T>>(props: LiveFeedProps<T, V>) {
  const app = useApp()
  const { handle, noun = 'new post', plural = `${noun}s`, what = 'posts' } = props
  const snapshot = handle.snapshot.value
  const root = useRef<HTMLElement>(null)
  const wanted = useRef<string | null>(null)
  const showNew = () => {
    const { pending, items } = handle.snapshot.peek()
    if (props.held?.value) {
      props.held.value = false
      wanted.current = items[0]?.id ?? null
      return
    }
    wanted.current = (props.focusOf ?? firstOf)(pending)?.id ?? null
    handle.view.showPending()
  }
  const takeFocus = () => {
    const id = wanted.current
    if (id === null || lineById(id) === null) return null
    wanted.current = null
    return id
  }
  useAutoShow(handle, root, props.autoShow ?? false)
  useNews(app, handle, (n) => countOf(n, noun, plural), showNew)
  useVisit(handle, props.autoShow ?? false)
  useReload(handle)
  const isHeld = (props.held?.value ?? false) && snapshot.outgoing.length === 0
  const isShown = !isHeld && (snapshot.items.length > 0 || snapshot.outgoing.length > 0)
  const waiting = snapshot.pending.length + (isHeld ? snapshot.items.length : 0)
  useLayoutEffect(() => {
    if (isShown) app.router.restore()
  }, [isShown, handle])
  const older = () => void handle.view.loadOlder().catch(() => {})
  return (
    <Anchored lines={snapshot} takeFocus={takeFocus}>
      {props.above?.(snapshot)}
      <div class="float">
        <Pill words={countOf(waiting, noun, plural)} count={waiting} onShow={showNew} />
      </div>
      {props.olderAbove && snapshot.older !== 'end' && isShown ? (
        <Earlier state={snapshot.older} what={what} onMore={older} />
      ) : null}
      {isShown ? (
        <section
          class="feed"
          role="feed"
          aria-busy={isBusy(snapshot)}
          ref={root}
          {...(props.label === undefined ? { 'aria-labelledby': props.labelledBy } : { 'aria-label': props.label })}
        >
          {props.children(snapshot)}
        </section>
      ) : (
        <Nothing
          snapshot={snapshot}
          what={what}
          empty={props.empty}
          failed={props.failed}
          onRetry={() => void handle.view.reload().catch(() => {})}
        />
      )}
      {isShown && !props.olderAbove ? <Older state={snapshot.older} what={what} onMore={older} /> : null}
      {isShown && snapshot.older === 'end' ? props.end : null}
    </Anchored>
  )
}

function firstOf<T>(pending: readonly T[]): T | undefined {
  return pending[0]
}

function isBusy<T>({ status, older, gap }: FeedSnapshot<T>): boolean {
  return status === 'loading' || older === 'loading' || gap?.state === 'loading'
}

function Nothing<T>({
  snapshot,
  what,
  empty,
  failed,
  onRetry,
}: {
  snapshot: FeedSnapshot<T>
  what: string
  empty: ComponentChildren
  failed: ((error: SkeinErrorShape) => ComponentChildren) | undefined
  onRetry: () => void
}) {
  if (snapshot.status === 'loading') return <Skeleton what={what} />
  const known = snapshot.error === null ? null : failed?.(snapshot.error)
  if (snapshot.status === 'failed' && known) return <>{known}</>
  if (snapshot.status === 'failed') return <LoadFailed error={snapshot.error} what={what} onRetry={onRetry} />
  return <>{empty}</>
}

function Earlier({ state, what, onMore }: { state: FeedSnapshot['older']; what: string; onMore: () => void }) {
  const words = { more: `Show earlier ${what}`, loading: 'Loading', failed: 'Try again', end: '' }[state]
  return (
    <div class="older">
      <Btn look="small quiet" disabled={state === 'loading'} onPress={onMore}>
        {words}
      </Btn>
    </div>
  )
}

/** Arriving anew shows what waited; leaving counts everything shown as seen. */
function useVisit<T extends { id: string }, V extends FeedView<T>>(handle: FeedHandle<T, V>, isFresh: boolean): void {
  const { router } = useApp()
  useEffect(() => {
    if (isFresh && router.entry.peek().came === 'forth') handle.view.showPending()
    return () => handle.view.markSeen()
  }, [handle])
}

/** What failed to load is read again by itself when the connection is back. */
function useReload<T, V extends FeedView<T>>(handle: FeedHandle<T, V>): void {
  const { connection } = useApp()
  useEffect(() => {
    let wasLive = connection.state.peek().status === 'live'
    return effect(() => {
      const isLive = connection.state.value.status === 'live'
      if (isLive && !wasLive && handle.snapshot.peek().status === 'failed') handle.view.reload().catch(() => {})
      wasLive = isLive
    })
  }, [handle])
}
