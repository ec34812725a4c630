import { actorOf, type Method, type Methods } from './method.js'

export const listSessions: Method<Methods['sessions']['list']> = async ({ store, clock }, _input, context) => {
  const { userId, sessionId } = actorOf(context)
  const sessions = await store.sessionsOf(userId, clock.now())
  return {
    items: sessions.map(({ id, client, createdAtMs, lastUsedAtMs }) => {
      return { id, current: id === sessionId, client, createdAtMs, lastUsedAtMs }
    }),
  }
}
