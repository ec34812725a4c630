import { Tag, type EntryId, type UserId } from '@skein/contracts'
import type { Logger } from '@skein/platform'
import { actorOf, api, passing, type CallOptions, type Services } from '../api-context.js'

export type NotificationsRead = (userId: UserId, upTo: EntryId) => void

const besideMax = 5

/** Feeds, trends and search. */
export function feedRoutes(
  services: Services,
  { onNotificationsRead, log }: { onNotificationsRead: NotificationsRead; log: Logger },
) {
  const { account, timeline } = services
  const { feeds } = api
  return {
    feeds: feeds.router({
      home: feeds.home.handler(({ input, ...call }) => timeline.feeds.home(input, passing(call))),
      public: feeds.public.handler(({ input, ...call }) => timeline.feeds.public(input, passing(call))),
      notifications: feeds.notifications.handler(({ input, ...call }) =>
        timeline.feeds.notifications(input, passing(call)),
      ),
      readNotifications: feeds.readNotifications.handler(async ({ input, ...call }) => {
        const { userId } = actorOf(call.context)
        const read = await account.me.readNotifications(input, passing(call))
        try {
          onNotificationsRead(userId, read.upTo)
        } catch (error) {
          log.warn({ requestId: call.context.call.requestId, error }, 'the read marker was not told to other devices')
        }
        return read
      }),
      bookmarks: feeds.bookmarks.handler(({ input, ...call }) => timeline.feeds.bookmarks(input, passing(call))),
      user: feeds.user.handler(({ input, ...call }) => timeline.feeds.user(input, passing(call))),
      tag: feeds.tag.handler(({ input, ...call }) => timeline.feeds.tag(input, passing(call))),
      thread: feeds.thread.handler(({ input, ...call }) => timeline.feeds.thread(input, passing(call))),
    }),
    trends: api.trends.handler(({ input, ...call }) => timeline.trends(input, passing(call))),
    search: api.search.handler(async ({ input, ...call }) => {
      const isFirstPage = input.before === undefined && input.after === undefined
      const beside = isFirstPage ? findBeside(input.q, services, passing(call)) : { people: [], tags: [] }
      const [page, found] = await Promise.all([timeline.feeds.search(input, passing(call)), beside])
      return { ...page, ...found }
    }),
  }
}

/** People and tags that begin with the words, when they are one word. Only shown above the first page. */
async function findBeside(q: string, { account, post }: Services, options: CallOptions) {
  const word = q.trim().toLowerCase()
  const handle = /^@?([a-z0-9_]{1,24})$/.exec(word)?.[1]
  const tag = Tag.safeParse(word.replace(/^#/, '')).data
  const [people, tags] = await Promise.all([
    handle === undefined ? { items: [] } : account.users.search({ prefix: handle, limit: besideMax }, options),
    tag === undefined ? { items: [] } : post.tags.search({ prefix: tag, limit: besideMax }, options),
  ])
  return { people: people.items, tags: tags.items }
}
