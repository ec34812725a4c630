import type { Notification, NotificationsView } from '@skein/client'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp, type NoticesHandle } from '../state/app.js'
import { groupNotices, type NoticeLine } from '../text/notice-groups.js'
import { Bar, BarBrand, Tabs } from '../ui/bar.js'
import { Empty } from '../ui/empty.js'
import { LiveFeed } from '../ui/live-feed.js'
import { NoticeArticle } from '../ui/notice-article.js'

/** What others did that concerns the reader. Seeing it marks it as seen, here and on every device. */
export function Notices({ only }: { only: 'all' | 'mentions' }) {
  const app = useApp()
  const all = app.notices.value
  const mentions = useMemo(
    () =>
      only === 'all'
        ? null
        : app.feeds.open<Notification, NotificationsView>('notices:mentions', () =>
            app.client.viewNotifications({ only: 'mentions' }),
          ),
    [only],
  )
  const handle = mentions ?? all
  return (
    <>
      <Bar>
        <BarBrand />
        <h1 class="bar__title" id="notes-h">
          Notices
        </h1>
        <Tabs
          label="Which notices"
          tabs={[
            { href: '/notices', label: 'All', current: only === 'all' },
            { href: '/notices/mentions', label: 'Mentions', current: only === 'mentions' },
          ]}
        />
      </Bar>
      {handle === null ? null : <NoticeFeed key={handle.key} handle={handle} marks={all ?? handle} />}
    </>
  )
}

function NoticeFeed({ handle, marks }: { handle: NoticesHandle; marks: NoticesHandle }) {
  const readUpTo = useReadMark(handle, marks)
  return (
    <LiveFeed
      handle={handle}
      noun="new notice"
      what="notices"
      labelledBy="notes-h"
      autoShow
      empty={
        <Empty title="Nothing yet" art>
          <p>When someone follows you, likes, reposts or answers you, it shows up here.</p>
        </Empty>
      }
    >
      {({ items }) => {
        const lines = groupNotices(items, readUpTo)
        const seenAt = lines.findIndex((line) => !line.isNew)
        return lines.map((line, i) => (
          <NoticeArticle key={keyOf(line)} line={line} position={i + 1} isFirstSeen={i > 0 && i === seenAt} />
        ))
      }}
    </LiveFeed>
  )
}

/** A group keeps its element while it grows at its newer end. */
function keyOf(line: NoticeLine): string {
  return line.kind === 'post' ? line.id : `${line.type}:${line.notification.post?.id ?? ''}:${line.id}`
}

/**
 * The mark as it stood when the reader came: it does not move under their eyes. What is shown while the page is seen is
 * marked as read.
 */
function useReadMark(handle: NoticesHandle, marks: NoticesHandle): string | null {
  const { status, items } = handle.snapshot.value
  const isReady = status === 'ready'
  const held = useRef<{ upTo: string | null } | null>(null)
  if (held.current === null && isReady) held.current = { upTo: handle.view.getRead().upTo }
  const newest = items[0]?.id
  useEffect(() => {
    if (!isReady || newest === undefined) return
    const read = () => {
      if (document.visibilityState === 'visible') marks.view.markRead().catch(() => {})
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [isReady, newest])
  return held.current?.upTo ?? null
}
