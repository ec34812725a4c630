import type { Trend } from '@skein/contracts'
import { anonymousMethods } from './access.js'
import { timelineDefaults, type TimelineConfig } from './config.js'
import { createParts, type Parts, type TimelineDeps } from './parts.js'
import { bookmarksMethod } from './rpc/bookmarks.js'
import { homeMethod } from './rpc/home.js'
import { notificationsMethod } from './rpc/notifications.js'
import { os } from './rpc/os.js'
import { postsMethod } from './rpc/posts.js'
import { publicMethod } from './rpc/public.js'
import { searchMethod } from './rpc/search.js'
import { tagMethod } from './rpc/tag.js'
import { threadMethod } from './rpc/thread.js'
import { trendsMethod } from './rpc/trends.js'
import { userMethod } from './rpc/user.js'

export interface TimelineService {
  /** Implements `timelineContract`; for `createServiceHandler`, with `anonymous`. */
  readonly router: ReturnType<typeof createRouter>
  /** The methods that answer without a user. */
  readonly anonymous: readonly string[]
  /** Trends that another replica read just now. */
  hearTrends(trends: readonly Trend[]): void
  /** Resolves when calls can be answered. */
  start(): Promise<void>
  /** Forgets what was kept. Calls in flight end by themselves. May be called twice. */
  close(): Promise<void>
}

/** Reads of feeds, made of the account and post services' data. Owns no data; keeps names and trends for seconds. */
export function createTimelineService(config: Partial<TimelineConfig>, deps: TimelineDeps): TimelineService {
  const parts = createParts({ ...timelineDefaults, ...config }, deps)
  return {
    router: createRouter(parts),
    anonymous: anonymousMethods,
    hearTrends: (trends) => parts.trends.hear(trends),
    start: () => Promise.resolve(),
    close() {
      parts.people.clear()
      parts.trends.clear()
      return Promise.resolve()
    },
  }
}

function createRouter(parts: Parts) {
  return os.router({
    feeds: {
      home: homeMethod(parts),
      public: publicMethod(parts),
      user: userMethod(parts),
      tag: tagMethod(parts),
      thread: threadMethod(parts),
      bookmarks: bookmarksMethod(parts),
      notifications: notificationsMethod(parts),
      search: searchMethod(parts),
    },
    posts: postsMethod(parts),
    trends: trendsMethod(parts),
  })
}
