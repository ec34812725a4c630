import type { FeedItem, Page, SkeinErrorShape } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { createPageList, type PageList } from '../state/pages.js'
import { applyChange } from '../state/post-changes.js'
import { LoadFailed } from './empty.js'
import { Older } from './older.js'
import { PostArticle } from './post-article.js'
import { Skeleton } from './skeleton.js'

/** A list read page by page for as long as `key` stays the same. */
export function usePageList<T, P extends Page<T>>(
  key: string,
  read: Parameters<typeof createPageList<T, P>>[0],
): PageList<T, P> {
  const list = useMemo(() => createPageList(read), [key])
  useEffect(() => {
    list.load()
    return () => list.close()
  }, [list])
  return list
}

export interface PageListViewProps<T, P extends Page<T>> {
  list: PageList<T, P>
  what: string
  empty: ComponentChildren
  failed?: (error: SkeinErrorShape) => ComponentChildren
  children: (items: readonly T[]) => ComponentChildren
}

/** The list's items, or what stands there while and when there are none. */
export function PageListView<T, P extends Page<T>>({ list, what, empty, failed, children }: PageListViewProps<T, P>) {
  const { router } = useApp()
  const items = list.items.value
  const state = list.state.value
  const isShown = items.length > 0
  useLayoutEffect(() => {
    if (isShown) router.restore()
  }, [isShown])
  if (isShown)
    return (
      <>
        {children(items)}
        <Older state={state} what={what} onMore={list.load} />
      </>
    )
  if (state === 'failed') {
    const error = list.error.value
    return <>{(error && failed?.(error)) ?? <LoadFailed error={error} what={what} onRetry={list.load} />}</>
  }
  return state === 'end' ? <>{empty}</> : <Skeleton what={what} />
}

/** Posts of such a list as a feed; marks, counts and deletes elsewhere show here too. */
export function PostPages<P extends Page<FeedItem>>({
  list,
  labelledBy,
  ...rest
}: Omit<PageListViewProps<FeedItem, P>, 'children' | 'what'> & { labelledBy: string }) {
  const { changes } = useApp()
  useEffect(
    () =>
      changes.listen((change) =>
        list.map((item) => {
          const post = applyChange(item.post, change)
          return post === null ? null : post === item.post ? item : { ...item, post }
        }),
      ),
    [list],
  )
  return (
    <PageListView list={list} what="posts" {...rest}>
      {(items) => (
        <section class="feed" role="feed" aria-labelledby={labelledBy} aria-busy={list.state.value === 'loading'}>
          {items.map((item, i) => (
            <PostArticle key={item.id} id={item.id} post={item.post} repostedBy={item.repostedBy} position={i + 1} />
          ))}
        </section>
      )}
    </PageListView>
  )
}
