import { AppError, PostId, limits } from '@skein/contracts'
import { api, passing, type Services } from '../api-context.js'
import type { ShownPosts } from '../shown-post.js'

type Mark = 'like' | 'repost' | 'bookmark'

/** Posts and what people do with them. */
export function postRoutes(services: Services, shown: ShownPosts) {
  const { post, timeline } = services
  const { posts } = api

  return posts.router({
    create: posts.create.handler(async ({ input, ...call }) => {
      const { idempotencyKey, reply } = call.context
      const key = idempotencyKey === undefined ? {} : { idempotencyKey }
      const made = await post.posts.create({ ...input, ...key }, passing(call))
      if (made.created) return shown.afterCreate(made.post, passing(call))
      reply.status = 200
      return shown.afterChange(made.post, passing(call))
    }),
    list: posts.list.handler(({ input, ...call }) => timeline.posts({ ids: parseIds(input.ids) }, passing(call))),
    get: posts.get.handler(({ input, ...call }) => shown.get(input.id, passing(call))),
    edit: posts.edit.handler(async ({ input, ...call }) => {
      const changed = await post.posts.edit(input, passing(call))
      return shown.afterChange(changed.post, passing(call))
    }),
    delete: posts.delete.handler(async ({ input, ...call }) => {
      await post.posts.delete(input, passing(call))
      return { done: true as const }
    }),
    history: posts.history.handler(async ({ input, ...call }) => {
      await shown.get(input.id, passing(call))
      return post.posts.history(input, passing(call))
    }),
    like: markRoutes('like', services, shown),
    repost: markRoutes('repost', services, shown),
    bookmark: markRoutes('bookmark', services, shown),
  })
}

function markRoutes(mark: Mark, { post }: Services, shown: ShownPosts) {
  const routes = api.posts[mark]
  return routes.router({
    on: routes.on.handler(async ({ input, ...call }) => {
      const changed = await post.posts[mark]({ ...input, on: true }, passing(call))
      return shown.afterChange(changed.post, passing(call))
    }),
    off: routes.off.handler(async ({ input, ...call }) => {
      const changed = await post.posts[mark]({ ...input, on: false }, passing(call))
      return shown.afterChange(changed.post, passing(call))
    }),
  })
}

/** @throws AppError invalid */
function parseIds(list: string): PostId[] {
  const ids = [...new Set(list.split(',').filter((id) => id !== ''))]
  const parsed = ids.map((id) => PostId.safeParse(id).data)
  const known = parsed.filter((id) => id !== undefined)
  if (known.length !== ids.length)
    throw new AppError('invalid', { fields: { ids: 'must be post ids, separated by commas' } })
  if (known.length > limits.batchMaxIds)
    throw new AppError('invalid', { fields: { ids: `at most ${limits.batchMaxIds} at once` } })
  return known
}
