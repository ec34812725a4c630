import type { FeedItem, FeedPage } from '@skein/client'
import { useApp } from '../state/app.js'
import { Bar, BarBrand } from '../ui/bar.js'
import { Empty } from '../ui/empty.js'
import { PostPages, usePageList } from '../ui/page-list.js'

/** What the reader kept, the newest kept first. */
export function Bookmarks() {
  const { client } = useApp()
  const list = usePageList<FeedItem, FeedPage>('bookmarks', (before, signal) =>
    client.bookmarks({ signal, ...(before === undefined ? {} : { before }) }),
  )
  return (
    <>
      <Bar>
        <BarBrand />
        <h1 id="kept-h">Bookmarks</h1>
      </Bar>
      <PostPages
        list={list}
        labelledBy="kept-h"
        empty={
          <Empty title="No bookmarks" art>
            <p>Bookmark a post to find it again. Only you can see them.</p>
          </Empty>
        }
      />
    </>
  )
}
