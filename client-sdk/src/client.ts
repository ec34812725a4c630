import { pathOf, type ReplyFilter } from './api.js'
import { createCore } from './core.js'
import type { Env } from './timing.js'
import type { Client, ClientOptions, FeedPage, Me, PageOptions, SearchPage } from './types.js'
import type { Signed } from './wire.js'

/** The public face of the parts; with time and chance of the caller's. */
export function createClientIn(env: Env, options: ClientOptions): Client {
  const core = createCore(env, options)
  const { api, sessions, outbox } = core

  async function signedIn(answer: Promise<Signed>): Promise<Me> {
    return (await sessions.adopt(await answer)).me
  }
  /** The person's wish comes first: the session is forgotten here even if the server could not be told. */
  async function signOut(tell: Promise<unknown>): Promise<void> {
    await tell.catch(() => {})
    await sessions.end(null)
  }

  return {
    get me() {
      return sessions.me
    },
    get connection() {
      return core.connection.state
    },
    ready: () => sessions.ready(),
    info: api.info,
    auth: {
      signUp: (input, options) => signedIn(api.signUp(input, options)),
      signIn: (input, options) => signedIn(api.signIn(input, options)),
      useRefreshToken: async (refreshToken) => (await sessions.useRefreshToken(refreshToken)).me,
      signOut: (options) => signOut(api.endSession('current', { timeoutMs: 3_000, ...options })),
      async signOutEverywhere(options) {
        await api.endAllSessions(options)
        await sessions.end(null)
      },
      sessions: api.sessions,
      endSession: done(api.endSession),
      changePassword: done(api.changePassword),
      async updateMe(change, options) {
        const me = await api.updateMe(change, options)
        await sessions.changeMe(me)
        return me
      },
    },
    posts: {
      create: outbox.create,
      retry: outbox.retry,
      discard: outbox.discard,
      get: api.getPost,
      many: core.posts,
      edit: (id, text, options) => core.learn(api.editPost(id, text, options)),
      async delete(id, options) {
        await api.deletePost(id, options)
        core.forget(id)
      },
      history: api.history,
      like: (id, on, options) => core.mark('like', id, on, options),
      repost: (id, on, options) => core.mark('repost', id, on, options),
      bookmark: (id, on, options) => core.mark('bookmark', id, on, options),
    },
    users: {
      get: api.user,
      search: api.users,
      suggestions: api.suggestions,
      followers: (handle, options) => api.people('followers', handle, options),
      following: (handle, options) => api.people('following', handle, options),
      follow: (handle, on, options) => api.relate('follow', handle, on, options),
      block: (handle, on, options) => api.relate('block', handle, on, options),
      mute: (handle, on, options) => api.relate('mute', handle, on, options),
    },
    trends: api.trends,
    search: (q, options) => api.list<SearchPage>('/search', options, { q }),
    bookmarks: (options) => api.list<FeedPage>('/feeds/bookmarks', options),
    timeline: (feed, options: PageOptions & { replies?: ReplyFilter } = {}) =>
      api.list<FeedPage>(pathOf(feed), options, { replies: options.replies }),
    subscribe: core.subscribe,
    view: core.views.open,
    viewThread: core.views.openThread,
    viewNotifications: core.views.openNotifications,
    on: core.on,
    reconnectNow: () => core.reconnectNow(),
    close: core.close,
    [Symbol.asyncDispose]: core.close,
  }
}

function done<A extends unknown[]>(call: (...args: A) => Promise<unknown>): (...args: A) => Promise<void> {
  return async (...args) => void (await call(...args))
}
