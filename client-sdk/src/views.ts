import { pathOf, type Api } from './api.js'
import type { Channels } from './channels.js'
import { openView } from './feed-view.js'
import { openNotifications, openThread, type OpenNotifications } from './other-views.js'
import type { Outbox } from './outbox.js'
import type { Env } from './timing.js'
import type {
  FeedItem,
  FeedName,
  FeedPage,
  FeedView,
  FeedViewOptions,
  Me,
  Notification,
  NotificationPage,
  NotificationsView,
  Post,
  ThreadPage,
  ThreadView,
} from './types.js'
import type { OpenView, ViewDeps } from './view-port.js'
import { notificationKind, postKind } from './view-kind.js'
import type { Marks } from './view-snapshot.js'
import type { FeedLiveEvent } from './wire.js'

/** Every open view of a client. */
export interface Views {
  readonly open: (feed: FeedName, options?: FeedViewOptions) => FeedView
  readonly openThread: (postId: string, options?: FeedViewOptions) => ThreadView
  readonly openNotifications: (options?: FeedViewOptions & { only?: 'all' | 'mentions' }) => NotificationsView
  each(run: (view: AnyView) => void): void
  /** A post as the server answered it. */
  learn(post: Post): void
  /** A post of one's own was acknowledged. */
  created(post: Post): void
  /** An edit or a delete holds for every view, not only for those whose feed it moved. */
  overhear(event: FeedLiveEvent): void
  setRead(upTo: string): void
  end(error?: Error): void
}

export interface ViewsDeps {
  env: Env
  channels: Channels
  api: Api
  outbox: Outbox
  marks: Marks
  me(): Me | null
}

type AnyView = Pick<OpenView<FeedItem>, 'feed' | 'changed' | 'refresh' | 'wake' | 'end'> & {
  apply(event: Parameters<OpenView<FeedItem>['apply']>[0] & { type: 'posts' | 'delete' | 'stats' }): void
}

export function createViews(deps: ViewsDeps): Views {
  const { env, channels, api, outbox, marks } = deps
  const all = new Set<AnyView>()
  const posts = new Set<{ view: OpenView<FeedItem>; kind: ViewDeps<FeedItem>['kind'] }>()
  const notifications = new Set<OpenNotifications>()

  function each(run: (view: AnyView) => void): void {
    for (const view of Array.from(all)) run(view)
  }

  const shared = {
    env,
    channels,
    hydrate: (ids: readonly string[]) => api.posts(ids),
    isOwn: (post: Post) => outbox.isOwn(post, deps.me()?.id),
    isSignedIn: () => deps.me() !== null,
    outgoing: () => outbox.list(),
    marks,
  }

  function openPosts<V extends OpenView<FeedItem>>(
    open: (viewDeps: ViewDeps<FeedItem>, options: FeedViewOptions) => V,
    feed: FeedName,
    options: FeedViewOptions,
  ): V {
    const kind = postKind(feed, options.replies)
    const query = feed.startsWith('user:') ? { replies: options.replies } : {}
    const view: V = open(
      {
        ...shared,
        kind,
        fetchPage: (at, call) => api.page<FeedPage | ThreadPage>(pathOf(feed), { ...at, ...query }, call),
        lineOf: (event) => (event.type === 'post' ? event.item : null),
        onClose() {
          all.delete(view)
          posts.delete(entry)
        },
      },
      options,
    )
    const entry = { view, kind }
    all.add(view)
    posts.add(entry)
    return view
  }

  return {
    open: (feed, options = {}) => openPosts(openView<FeedItem>, feed, options),
    openThread: (postId, options = {}) => openPosts(openThread, `thread:${postId}`, options),
    openNotifications(options = {}) {
      const only = options.only ?? 'all'
      const view: OpenNotifications = openNotifications(
        {
          ...shared,
          kind: notificationKind(only),
          fetchPage: (at, call) => api.page<NotificationPage>('/feeds/notifications', { ...at, only }, call),
          lineOf: (event): Notification | null => (event.type === 'notification' ? event.notification : null),
          tellRead: api.readNotifications,
          onClose() {
            all.delete(view)
            notifications.delete(view)
          },
        },
        options,
      )
      all.add(view)
      notifications.add(view)
      return view
    },
    each,
    learn: (post) => each((view) => view.apply({ type: 'posts', posts: [post], from: 'read' })),
    created(post) {
      for (const { view, kind } of posts) {
        const line = kind.ownLine(post, deps.me()?.handle)
        if (line !== null) view.apply({ type: 'line', line, isOwn: true })
      }
    },
    overhear(event) {
      const isElsewhere = (view: AnyView) => !event.feeds.includes(view.feed)
      if (event.type === 'edit')
        each((view) => isElsewhere(view) && view.apply({ type: 'posts', posts: [event.post], from: 'live' }))
      else if (event.type === 'delete' && event.postId !== undefined) {
        const { postId } = event
        each((view) => isElsewhere(view) && view.apply({ type: 'delete', postId, nowMs: env.now() }))
      }
    },
    setRead(upTo) {
      for (const view of notifications) view.setRead(upTo)
    },
    end: (error) => each((view) => view.end(error)),
  }
}
