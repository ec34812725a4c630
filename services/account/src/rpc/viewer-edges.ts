import { actorOf, type Method, type Methods } from './method.js'

export const viewerEdges: Method<Methods['edges']['viewers']> = async ({ store }, { userIds }) => {
  return { items: await store.viewerEdges(userIds) }
}

export const followNotices: Method<Methods['edges']['followNotices']> = async ({ store }, input, context) => {
  return { items: await store.followNotices(actorOf(context).userId, input) }
}
