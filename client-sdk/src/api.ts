import type { Http, Query, Request } from './http.js'
import { pagesOf } from './pages.js'
import type {
  CallOptions,
  Client,
  FeedItem,
  FeedName,
  FeedPage,
  Me,
  NotificationPage,
  Page,
  PageOptions,
  Pages,
  PersonItem,
  Post,
  Profile,
  Relation,
  ServerInfo,
  SessionInfo,
  Suggestion,
  ThreadPage,
  Trend,
} from './types.js'
import { hasId, hasItems, isSigned, type Signed } from './wire.js'

/** The calls of the public API, one line each. */
export type Api = ReturnType<typeof createApi>

type Where = Pick<PageOptions, 'limit' | 'before' | 'after'>
export type ReplyFilter = 'include' | 'exclude' | 'only'
export type Mark = 'like' | 'repost' | 'bookmark'
const keep = encodeURIComponent

export function createApi(http: Http) {
  function call<T>(request: Request, options?: CallOptions): Promise<T> {
    return http.call<T>(request, options)
  }
  function get<T>(path: string, query: Query = {}, options?: CallOptions, check?: Request['check']): Promise<T> {
    return call<T>({ method: 'GET', path, query, ...(check === undefined ? {} : { check }) }, options)
  }
  async function items<T>(path: string, query: Query, options?: CallOptions): Promise<T[]> {
    return (await get<{ items: T[] }>(path, query, options, hasItems)).items
  }
  function list<T, P extends Page<T>>(path: string, options: PageOptions, query: Query = {}): Pages<T, P> {
    return pagesOf<T, P>(options, (at) =>
      get<P>(path, { ...query, ...whereOf({ ...options, ...at }, at) }, options, hasItems),
    )
  }
  function signed(path: string, body: unknown, options?: CallOptions, retries = 0): Promise<Signed> {
    return call<Signed>({ method: 'POST', path, body, anonymous: true, check: isSigned, retries }, options)
  }
  function toggle<T>(path: string, on: boolean, options?: CallOptions): Promise<T> {
    return call<T>({ method: on ? 'PUT' : 'DELETE', path }, options)
  }

  return {
    info: (options?: CallOptions) => get<ServerInfo>('/info', {}, options),
    signUp: (body: object, options?: CallOptions) => signed('/accounts', body, options),
    signIn: (body: object, options?: CallOptions) => signed('/sessions', body, options),
    /** The token spent last gets a successor again, so a lost answer may be asked for again. */
    refresh: (refreshToken: string) => signed('/sessions/refresh', { refreshToken }, undefined, 2),
    sessions: (options?: CallOptions) => items<SessionInfo>('/sessions', {}, options),
    endSession: (id: string, options?: CallOptions) =>
      call<object>({ method: 'DELETE', path: `/sessions/${keep(id)}` }, options),
    endAllSessions: (options?: CallOptions) => call<object>({ method: 'DELETE', path: '/sessions' }, options),
    me: (options?: CallOptions) => get<Me>('/me', {}, options, hasId),
    updateMe: (body: object, options?: CallOptions) =>
      call<Me>({ method: 'PATCH', path: '/me', body, check: hasId }, options),
    changePassword: (body: object, options?: CallOptions) =>
      call<object>({ method: 'PUT', path: '/me/password', body, retries: 0 }, options),

    createPost: (body: object, key: string, options: CallOptions) =>
      call<Post>({ method: 'POST', path: '/posts', body, key, check: hasId }, options),
    getPost: (id: string, options?: CallOptions) => get<Post>(`/posts/${keep(id)}`, {}, options, hasId),
    posts: (ids: readonly string[], options?: CallOptions) => items<Post>('/posts', { ids: ids.join(',') }, options),
    editPost: (id: string, text: string, options?: CallOptions) =>
      call<Post>({ method: 'PATCH', path: `/posts/${keep(id)}`, body: { text }, check: hasId }, options),
    deletePost: (id: string, options?: CallOptions) =>
      call<object>({ method: 'DELETE', path: `/posts/${keep(id)}` }, options),
    history: (id: string, options?: CallOptions) =>
      items<{ rev: number; text: string; atMs: number }>(`/posts/${keep(id)}/history`, {}, options),
    mark: (kind: Mark, id: string, on: boolean, options?: CallOptions) =>
      toggle<Post>(`/posts/${keep(id)}/${kind}`, on, options),

    user: (handle: string, options?: CallOptions) => get<Profile>(`/users/${keep(handle)}`, {}, options, hasId),
    users: (prefix: string, options: Parameters<Client['users']['search']>[1] = {}) =>
      items<PersonItem>('/users', { prefix, limit: options.limit }, options),
    suggestions: (options: CallOptions & { limit?: number } = {}) =>
      items<Suggestion>('/suggestions', { limit: options.limit }, options),
    people: (kind: 'followers' | 'following', handle: string, options: PageOptions = {}) =>
      list<PersonItem, Page<PersonItem>>(`/users/${keep(handle)}/${kind}`, options),
    relate: (kind: 'follow' | 'block' | 'mute', handle: string, on: boolean, options?: CallOptions) =>
      toggle<Relation>(`/users/${keep(handle)}/${kind}`, on, options),

    trends: (options: CallOptions & { limit?: number } = {}) =>
      items<Trend>('/trends', { limit: options.limit }, options),
    /** A feed as a list, by its path: see pathOf. */
    list: <P extends FeedPage>(path: string, options: PageOptions = {}, query: Query = {}) =>
      list<FeedItem, P>(path, options, query),
    page: <P extends FeedPage | NotificationPage | ThreadPage>(
      path: string,
      at: Where & Query,
      options?: CallOptions,
    ) => get<P>(path, at, options, hasItems),
    readNotifications: (upTo: string, options?: CallOptions) =>
      call<{ upTo: string }>({ method: 'PUT', path: '/feeds/notifications/read', body: { upTo } }, options),
  }
}

/** Where a feed's pages are. */
export function pathOf(feed: FeedName): string {
  const at = feed.indexOf(':')
  if (at < 0) return `/feeds/${feed}`
  const kinds: Record<string, string> = { user: 'users', tag: 'tags', thread: 'threads' }
  return `/feeds/${kinds[feed.slice(0, at)] ?? 'unknown'}/${keep(feed.slice(at + 1))}`
}

/** The place asked for now, not the one the list was opened with. */
function whereOf(options: Where, at: Where): Query {
  return { limit: options.limit, before: at.before, after: at.after }
}
