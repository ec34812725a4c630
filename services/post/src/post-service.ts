import { limits, type StatsMessage } from '@skein/contracts'
import type { AccessRules, Clock, Logger } from '@skein/platform'
import { Recounter } from './recounter.js'
import type { AccountPort } from './rpc/post-rpc.js'
import { createPostRouter } from './rpc/router.js'
import type { PostStore } from './store/post-store.js'

export interface PostServiceConfig {
  /** The longest post, in graphemes; `limits.postMaxGraphemes` when absent. */
  readonly maxGraphemes?: number
  /** At least so long between two counts of one post: 1 s when absent. */
  readonly recountEveryMs?: number
}

export interface PostServiceDeps {
  /** Stays the caller's: closing the service does not close it. */
  readonly store: PostStore
  /** The client of accountContract, or the part of it that is asked. */
  readonly account: AccountPort
  readonly clock: Clock
  readonly log: Logger
  /** Hears of re-counted posts, to pass them on; what is lost here is lost. */
  readonly onStats: (stats: StatsMessage) => void
}

export interface PostService {
  /** For `createServiceHandler`, with `access`. */
  readonly router: ReturnType<typeof createPostRouter>
  readonly access: AccessRules
  /** Re-counts from now on. */
  start(): Promise<void>
  /** Ends re-counting; what is owed is found at the next start. May be called twice. */
  close(): Promise<void>
}

/** Methods that work without a user. */
export const postAccess = {
  anonymous: [
    'posts.byIds',
    'posts.history',
    'posts.countBy',
    'entries.byActors',
    'entries.public',
    'entries.byTag',
    'entries.below',
    'entries.search',
    'tags.trending',
    'tags.search',
  ],
} as const satisfies AccessRules

const recountMaxPosts = 1_000

export function createPostService(config: PostServiceConfig, deps: PostServiceDeps): PostService {
  const { maxGraphemes = limits.postMaxGraphemes, recountEveryMs = 1_000 } = config
  const recounter = new Recounter({ everyMs: recountEveryMs, maxPosts: recountMaxPosts }, deps)
  return {
    router: createPostRouter({ ...deps, maxGraphemes }),
    access: postAccess,
    start: async () => recounter.start(),
    close: () => recounter.close(),
  }
}
