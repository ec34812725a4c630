import { toMe } from '../domain/users.js'
import { actorOf, found, type Method, type Methods } from './method.js'

export const updateMe: Method<Methods['me']['update']> = async ({ store, clock }, input, context) => {
  return toMe(found(await store.updateProfile(actorOf(context).userId, input, clock.now())))
}
