import type { Method, Methods } from './method.js'

export const endedSessions: Method<Methods['sessions']['ended']> = async ({ store, clock }) => {
  return { items: await store.endedSessions(clock.now()) }
}
