import { actorOf, found, type Method, type Methods } from './method.js'

export const readNotifications: Method<Methods['me']['readNotifications']> = async ({ store }, { upTo }, context) => {
  return { upTo: found(await store.moveReadMarker(actorOf(context).userId, upTo)) }
}
