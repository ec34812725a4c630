import { actorOf, type Method, type Methods } from './method.js'

export const viewerEdges: Method<Methods['edges']['viewers']> = async ({ store }, { userIds }) => {
  return { items: await store.viewerEdges(userIds) }
}

export const followerIds: Method<Methods['edges']['followerIds']> = async ({ store }, input) => {
  const { userId, limit, before } = input
  const edges = await store.followNotices(userId, { limit: limit + 1, before })
  const page = edges.slice(0, limit)
  return { ids: page.map(({ actorId }) => actorId), next: edges.length > limit ? (page.at(-1)?.id ?? null) : null }
}

export const followNotices: Method<Methods['edges']['followNotices']> = async ({ store }, input, context) => {
  return { items: await store.followNotices(actorOf(context).userId, input) }
}
