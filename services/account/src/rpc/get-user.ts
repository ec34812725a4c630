import { noRelation } from '../domain/edges.js'
import { found, viewerIdOf, type Method, type Methods } from './method.js'

export const getUser: Method<Methods['users']['get']> = async ({ store }, input, context) => {
  const user = found(await store.userByHandle(input.handle))
  const { id, handle, name, bio, createdAtMs, followers, following } = user
  const profile = { id, handle, name, bio, createdAtMs, counts: { followers, following, posts: 0 } }
  const viewerId = viewerIdOf(context)
  if (viewerId === null) return profile
  return { ...profile, viewer: (await store.relations(viewerId, [id])).get(id) ?? noRelation }
}
