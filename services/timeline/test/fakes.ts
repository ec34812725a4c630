import { accountContract, AppError, postContract, UserId, type Position } from '@skein/contracts'
import type { CallContext } from '@skein/platform'
import type { AccountReads, PostReads } from '../src/index.js'
import type { Model } from './model.js'

interface Options {
  readonly context: CallContext
}
interface Bounds {
  readonly limit: number
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** The two services and the log over a model. Inputs are checked by the contracts; every call is written down. */
export interface Fakes {
  readonly account: AccountReads
  readonly post: PostReads
  readonly log: { heads(): Promise<Position[]> }
  /** Names in the order of the calls, `log.heads` among them. */
  readonly calls: { readonly name: string; readonly accessToken: string | undefined }[]
  /** Called at the beginning of every call, before its data is read. */
  onCall: (name: string) => void
}

export function range<T extends { readonly id: string }>(all: readonly T[], { limit, before, after }: Bounds): T[] {
  if (after === undefined) return all.filter(({ id }) => before === undefined || id < before).slice(0, limit)
  return all.filter(({ id }) => id > after).slice(-limit)
}

export function createFakes(model: Model): Fakes {
  const calls: Fakes['calls'] = []
  function called(name: string, context?: CallContext): void {
    calls.push({ name, accessToken: context?.accessToken })
    fakes.onCall(name)
  }
  const fakes: Fakes = {
    account: createAccount(model, called),
    post: createPost(model, called),
    log: {
      async heads() {
        called('log.heads')
        await Promise.resolve()
        return [{ epoch: 'e', seq: model.posts.size }]
      },
    },
    calls,
    onCall: () => undefined,
  }
  return fakes
}

type Called = (name: string, context?: CallContext) => void

/** The test's access tokens are user ids. */
function actorOf({ accessToken }: CallContext): UserId {
  if (accessToken === undefined) throw new AppError('unauthenticated')
  return UserId.parse(accessToken)
}

interface Checked<T> {
  readonly '~orpc': { readonly inputSchema?: { parse(input: unknown): T } | undefined }
}
function parse<T>(method: Checked<T>, input: unknown): T {
  const schema = method['~orpc'].inputSchema
  if (schema === undefined) throw new Error('no schema')
  return schema.parse(input)
}

function createAccount(model: Model, called: Called): AccountReads {
  const { users, edges } = accountContract
  return {
    users: {
      async cards(input, { context }: Options) {
        called('users.cards', context)
        const { ids } = parse(users.cards, input)
        await Promise.resolve()
        return { items: ids.flatMap((id) => model.cards.get(id) ?? []) }
      },
      async byHandles(input, { context }: Options) {
        called('users.byHandles', context)
        const { handles } = parse(users.byHandles, input)
        await Promise.resolve()
        return { items: [...model.cards.values()].filter(({ handle }) => handles.includes(handle)) }
      },
    },
    edges: {
      async viewers(input, { context }: Options) {
        called('edges.viewers', context)
        const { userIds } = parse(edges.viewers, input)
        await Promise.resolve()
        return { items: userIds.filter((id) => model.cards.has(id)).map((id) => model.edgesOf(id)) }
      },
      async followNotices(input, { context }: Options) {
        called('edges.followNotices', context)
        const bounds = parse(edges.followNotices, input)
        await Promise.resolve()
        return { items: range(model.followNoticesOf(actorOf(context)), bounds) }
      },
    },
    me: {
      async readMarker(_input, { context }: Options) {
        called('me.readMarker', context)
        await Promise.resolve()
        return { upTo: model.markers.get(actorOf(context)) ?? null }
      },
    },
  }
}

function createPost(model: Model, called: Called): PostReads {
  const { entries, posts, tags } = postContract
  return {
    posts: {
      async byIds(input, { context }: Options) {
        called('posts.byIds', context)
        const { ids } = parse(posts.byIds, input)
        await Promise.resolve()
        const viewer = context.accessToken
        const has = (marks: Model['likes'], id: string): boolean =>
          marks.some(({ actorId, postId }) => actorId === viewer && postId === id)
        return {
          items: ids.flatMap((id) => {
            const record = model.posts.get(id)
            if (record === undefined || viewer === undefined) return record ?? []
            const flags = {
              liked: has(model.likes, id),
              reposted: has(model.reposts, id),
              bookmarked: has(model.bookmarks, id),
            }
            return { ...record, viewer: flags }
          }),
        }
      },
    },
    entries: {
      async byActors(input, { context }: Options) {
        called('entries.byActors', context)
        const { actorIds, replies, ...bounds } = parse(entries.byActors, input)
        await Promise.resolve()
        const wanted = new Set(actorIds)
        const kept = (isReply: boolean): boolean => replies === 'include' || isReply === (replies === 'only')
        const lines = model
          .lines(() => true, { reposts: true })
          .filter(({ actorId, postId }) => wanted.has(actorId) && kept(model.record(postId).replyTo !== undefined))
        return { items: range(lines, bounds) }
      },
      async public(input, { context }: Options) {
        called('entries.public', context)
        const bounds = parse(entries.public, input)
        await Promise.resolve()
        return {
          items: range(
            model.lines(({ replyTo }) => replyTo === undefined),
            bounds,
          ),
        }
      },
      async byTag(input, { context }: Options) {
        called('entries.byTag', context)
        const { tag, ...bounds } = parse(entries.byTag, input)
        await Promise.resolve()
        return {
          items: range(
            model.lines(({ tags: all }) => all.includes(tag)),
            bounds,
          ),
        }
      },
      async below(input, { context }: Options) {
        called('entries.below', context)
        const { postId, ...bounds } = parse(entries.below, input)
        await Promise.resolve()
        return {
          items: range(
            model.lines(({ path }) => path.includes(postId), { deleted: true }),
            bounds,
          ),
        }
      },
      async bookmarks(input, { context }: Options) {
        called('entries.bookmarks', context)
        const bounds = parse(entries.bookmarks, input)
        await Promise.resolve()
        return { items: range(model.bookmarksOf(actorOf(context)), bounds) }
      },
      async search(input, { context }: Options) {
        called('entries.search', context)
        const { q, ...bounds } = parse(entries.search, input)
        await Promise.resolve()
        return {
          items: range(
            model.lines(({ text }) => text.includes(q)),
            bounds,
          ),
        }
      },
      async notices(input, { context }: Options) {
        called('entries.notices', context)
        const { types, ...bounds } = parse(entries.notices, input)
        await Promise.resolve()
        const all = model.noticesOf(actorOf(context)).filter(({ type }) => types === undefined || types.includes(type))
        return {
          items: range(all, bounds).flatMap(({ postId, ...notice }) =>
            postId === undefined ? [] : [{ ...notice, postId }],
          ),
        }
      },
    },
    tags: {
      async trending(input, { context }: Options) {
        called('tags.trending', context)
        const { limit } = parse(tags.trending, input)
        await Promise.resolve()
        const all = [...new Set([...model.posts.values()].flatMap((post) => post.tags))]
        return { items: all.slice(0, limit).map((tag) => ({ tag, posts: 1, authors: 1, series: [1] })) }
      },
    },
  }
}
