import type { EntryId, NotificationPage } from '@skein/contracts'
import { readLines, type Walk } from '../domain/read-lines.js'
import { placeOf, readPage } from '../domain/read-page.js'
import type { Parts } from '../parts.js'
import { beginOwnRead, callOf, type OwnRead, type Request } from '../reads/begin-read.js'
import { countedNotices, noticeFeed } from '../reads/notice-feed.js'
import { os } from './os.js'

const unreadMax = 100

/** What others did that concerns the reader, how far they have seen it, and how much is new of all of it. */
export function notificationsMethod(parts: Parts) {
  return os.feeds.notifications.handler(
    async ({ input: { only, ...page }, context, signal }): Promise<NotificationPage> => {
      const place = placeOf(page)
      const request = { context, signal }
      const read = await beginOwnRead(parts, request)
      const [notices, marker] = await Promise.all([
        readPage(noticeFeed(parts, read, only), place, read.budget),
        readMarker(parts, read, request),
      ])
      return { ...notices, ...marker, cursor: read.cursor }
    },
  )
}

async function readMarker(
  parts: Parts,
  read: OwnRead,
  request: Request,
): Promise<{ readonly readUpTo: EntryId | null; readonly unread: number }> {
  const { upTo } = await parts.account.me.readMarker({}, read.call)
  const walk: Walk =
    upTo === null
      ? { going: 'older', from: undefined, want: unreadMax }
      : { going: 'newer', from: upTo, want: unreadMax }
  const { shown } = await readLines(countedNotices(parts, read), walk, callOf(parts, request).budget)
  return { readUpTo: upTo, unread: shown.length }
}
