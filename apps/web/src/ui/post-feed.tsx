import type { FeedItem, FeedSnapshot } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp, type App } from '../state/app.js'
import type { PostFeed as Handle } from '../state/feeds.js'
import type { LeftOff } from '../state/left-off.js'
import { agoWords } from '../text/times.js'
import { GapArticle } from './gap-article.js'
import { LiveFeed, type LiveFeedProps } from './live-feed.js'
import { OutgoingArticle } from './outgoing-article.js'
import { PostArticle } from './post-article.js'

export interface PostFeedProps extends Omit<LiveFeedProps<FeedItem, Handle['view']>, 'handle' | 'children'> {
  handle: Handle
  /** Shows no actions: the door's feed is for looking. */
  quiet?: boolean
  /** Remembers on this device where the reader left off. */
  remembers?: boolean
}

/** A live feed of posts, newest first, with what is on its way above and the gap where it is. */
export function PostFeed({ quiet = false, remembers = false, ...props }: PostFeedProps) {
  const app = useApp()
  useLeftOff(app, props.handle, remembers)
  const leftOff = props.handle.leftOff.value
  return <LiveFeed {...props}>{(snapshot) => linesOf(app, props.handle, snapshot, leftOff, quiet)}</LiveFeed>
}

function linesOf(
  app: App,
  handle: Handle,
  snapshot: FeedSnapshot,
  leftOff: LeftOff | null,
  quiet: boolean,
): ComponentChildren[] {
  const { items, outgoing, gap, fresh } = snapshot
  const meId = app.me.value?.id
  const markAt = leftOff === null ? -1 : items.findIndex((item) => item.id <= leftOff.id)
  const lines: ComponentChildren[] = []
  const position = () => lines.length + 1
  const gapHere = () => {
    if (gap === null) return
    const fill = () => void handle.view.fillGap().catch(() => {})
    lines.push(<GapArticle key="gap" state={gap.state} position={position()} onFill={fill} />)
  }
  for (const post of outgoing) lines.push(<OutgoingArticle key={post.key} post={post} position={position()} />)
  if (gap !== null && gap.belowId === null) gapHere()
  items.forEach((item, i) => {
    const isOwn = item.post.author.id === meId && item.repostedBy === undefined
    const isNew = !isOwn && (fresh.has(item.id) || (leftOff !== null && item.id > leftOff.id))
    lines.push(
      <PostArticle
        key={item.id}
        id={item.id}
        post={item.post}
        repostedBy={item.repostedBy}
        position={position()}
        isNew={isNew}
        kind={quiet ? 'quiet' : 'plain'}
        mark={
          i > 0 && i === markAt && leftOff !== null
            ? `You left off here, ${agoWords(leftOff.atMs, app.now.value)}`
            : null
        }
      />,
    )
    if (gap?.belowId === item.id) gapHere()
  })
  return lines
}

const newVisitAfterMs = 10 * 60_000

/** Writes down the newest line shown whenever the reader leaves; coming back after ten minutes begins a new visit. */
function useLeftOff(app: App, handle: Handle, isOn: boolean): void {
  useEffect(() => {
    const account = app.me.peek()?.id
    if (!isOn || account === undefined) return
    let hiddenAtMs = 0
    const write = () => {
      const newest = handle.snapshot.peek().items[0]?.id
      if (newest !== undefined) app.leftOff.write(account, handle.key, { id: newest, atMs: Date.now() })
    }
    const change = () => {
      if (document.visibilityState === 'hidden') {
        hiddenAtMs = Date.now()
        write()
      } else if (hiddenAtMs > 0 && Date.now() - hiddenAtMs > newVisitAfterMs) {
        handle.leftOff.value = app.leftOff.read(account, handle.key)
        handle.view.markSeen()
      }
    }
    document.addEventListener('visibilitychange', change)
    addEventListener('pagehide', write)
    return () => {
      document.removeEventListener('visibilitychange', change)
      removeEventListener('pagehide', write)
      write()
    }
  }, [handle, isOn])
}
